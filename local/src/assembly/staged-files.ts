import * as fs from 'node:fs';
import * as path from 'node:path';
import { replaceFile } from '../local-folder/replace-file';
import { makeBucket } from './buckets';
import type { Environment, ImageBuild } from './deployment';
import { joinInside } from './safe-path';
import type { StackContext } from './stack-context';

/**
 * Copies the build contexts of container images, because the assembly may be deleted before an image is built.
 *
 * @returns how to build each image, indexed by `repository:tag`
 */
export function stageImages({ assembly, environment, root }: StackContext): ReadonlyMap<string, ImageBuild> {
  return new Map(
    assembly.imageAssets.flatMap(({ directory, buildArguments, destinations }) =>
      destinations.map(({ repositoryName, imageTag }) => {
        const copy = copyOnce(directory, joinInside(path.join(root, 'images'), imageTag));
        const args = buildArguments.map((text) => text.replace(directory, () => copy));
        return [
          `${fillIn(repositoryName, environment)}:${imageTag}`,
          { directory: copy, buildArguments: args },
        ];
      }),
    ),
  );
}

/**
 * Copies a folder, unless the copy exists. The name of the copy contains the hash of its content, so an existing copy
 * is up to date. Another process may make the same copy at the same time.
 */
function copyOnce(folder: string, copy: string): string {
  if (fs.existsSync(copy)) return copy;
  fs.mkdirSync(path.dirname(copy), { recursive: true });
  const staging = fs.mkdtempSync(path.join(path.dirname(copy), '.new-'));
  try {
    // Copies links verbatim, so that links inside the folder lead to the same files in the image.
    fs.cpSync(folder, staging, { recursive: true, verbatimSymlinks: true });
    fs.renameSync(staging, copy);
  } catch (error) {
    fs.rmSync(staging, { recursive: true, force: true });
    if (!fs.existsSync(copy)) throw error;
  }
  return copy;
}

/** Replaces the placeholders for account, region and partition in the name of a bucket or repository. */
function fillIn(name: string, environment: Environment): string {
  return name
    .replaceAll('${AWS::AccountId}', environment.accountId)
    .replaceAll('${AWS::Region}', environment.region)
    .replaceAll('${AWS::Partition}', environment.partition);
}

/**
 * Copies single-file assets to the staging bucket, as `cdk deploy` does, because training jobs read scripts from this
 * bucket. Templates and zipped folders are read from the assembly instead.
 */
export function stageFiles({ assembly, environment, root }: StackContext): void {
  for (const { source, packaging, destinations } of assembly.fileAssets) {
    if (packaging !== 'file' || source.endsWith('.template.json')) continue;
    for (const { bucketName, objectKey } of destinations) {
      const name = fillIn(bucketName, environment);
      const file = joinInside(makeBucket(root, name, `assets/${objectKey}`), objectKey);
      // The key contains a hash of the content, so an existing file has the same content.
      if (fs.existsSync(file)) continue;
      fs.mkdirSync(path.dirname(file), { recursive: true });
      replaceFile(file, { copyOf: source });
    }
  }
}
