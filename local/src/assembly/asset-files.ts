import * as fs from 'node:fs';
import * as path from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { UserError } from '../user-error';
import type { FileAsset, StackAssembly } from './cloud-assembly';

/**
 * Finds the asset that `cdk deploy` would upload to the staging bucket under a key; undefined if there is
 * none.
 */
export function findAsset(assembly: StackAssembly, objectKey: string): FileAsset | undefined {
  return assembly.fileAssets.find(({ destinations }) =>
    destinations.some((destination) => destination.objectKey === objectKey),
  );
}

/**
 * Calls a function for each file of an asset, with the file's path in the archive (separated by `/`) and, if the
 * asset is not packed, the file's path on disk.
 */
export function readAssetFiles(
  asset: FileAsset,
  onFile: (name: string, content: () => Buffer, file?: string) => void,
): void {
  if (!fs.existsSync(asset.source)) {
    throw new UserError(`the asset ${asset.source} does not exist: run "cdk synth" again`);
  }
  if (asset.packaging === 'zip') {
    for (const entry of fs.readdirSync(asset.source, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      // statSync follows symbolic links. The CDK follows them, too, when it creates the archive.
      if (fs.statSync(file).isFile()) {
        const name = path.relative(asset.source, file).split(path.sep).join('/');
        onFile(name, () => fs.readFileSync(file), file);
      }
    }
    return;
  }
  for (const [name, content] of Object.entries(unzip(asset.source))) {
    if (!name.endsWith('/')) {
      onFile(name, () => Buffer.from(content));
    }
  }
}

function unzip(file: string): Record<string, Uint8Array> {
  const content = fs.readFileSync(file);
  if (strFromU8(content.subarray(0, 2)) !== 'PK') {
    throw new UserError(`the asset ${file} is not a zip archive`);
  }
  return unzipSync(content);
}
