import * as fs from 'node:fs';
import * as path from 'node:path';
import { zipSync } from 'fflate';
import { type CopyOf, replaceFile } from '../local-folder/replace-file';
import { haveSameContent } from '../local-folder/same-content';
import { findAsset, readAssetFiles } from './asset-files';
import { bucketsFolder, makeBucket, uploadsFolder } from './buckets';
import type { FileAsset } from './cloud-assembly';
import { joinInside } from './safe-path';
import type { StackContext } from './stack-context';
import { isRecord, TemplateError } from './template';

/** Copies assets into buckets, as the custom resource of the CDK's `BucketDeployment` does. */
export function deployBucketContents(context: StackContext): void {
  for (const logicalId of context.evaluator.resourcesOfType('Custom::CDKBucketDeployment')) {
    new BucketDeployment(context, logicalId).deploy();
  }
}

class BucketDeployment {
  private readonly templatePath: string;

  constructor(
    private readonly context: StackContext,
    private readonly logicalId: string,
  ) {
    this.templatePath = `Resources/${logicalId}/Properties`;
  }

  public deploy(): void {
    const bucket = this.context.evaluator.stringProperty(this.logicalId, 'DestinationBucketName');
    const folder = makeBucket(this.context.root, bucket, `${this.templatePath}/DestinationBucketName`);
    const prefix = this.property('DestinationBucketKeyPrefix');
    const target = joinInside(folder, typeof prefix === 'string' ? prefix.replace(/^\/+/, '') : '');

    const written = new Set<string>();
    this.list('SourceObjectKeys').forEach((objectKey, index) => {
      for (const [name, content] of this.filesOfSource(String(objectKey), index)) {
        const file = joinInside(target, name);
        this.write(file, content);
        written.add(path.relative(folder, file));
      }
    });
    this.prune(folder, bucket, written);
  }

  /** Does not rewrite unchanged data, because another process may be training on it. */
  private write(file: string, content: Buffer | CopyOf): void {
    const isFile = fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;
    const isSame = () =>
      'copyOf' in content ? haveSameContent(file, content.copyOf) : fs.readFileSync(file).equals(content);
    if (!isFile || !isSame()) {
      replaceFile(file, content, uploadsFolder(bucketsFolder(this.context.root)));
    }
  }

  private filesOfSource(objectKey: string, index: number): Map<string, Buffer | CopyOf> {
    const asset = findAsset(this.context.assembly, objectKey);
    if (asset === undefined) {
      throw new TemplateError(
        `${this.templatePath}/SourceObjectKeys/${index}`,
        `"${objectKey}" is not an asset of this assembly: local mode can only deploy assets (Source.asset, Source.data)`,
      );
    }
    const files = new Map<string, Buffer | CopyOf>();
    if (!isTrue(this.property('Extract') ?? true)) {
      files.set(path.posix.basename(objectKey), archiveOf(asset));
      return files;
    }
    const given = this.list('SourceMarkers')[index];
    const markers = isRecord(given) ? given : {};
    const hasMarkers = Object.keys(markers).length > 0;
    const markersConfig = this.list('SourceMarkersConfig')[index];
    const jsonEscape = isRecord(markersConfig) && isTrue(markersConfig['jsonEscape']);
    readAssetFiles(asset, (name, content, file) => {
      if (!this.isIncluded(name)) return;
      // If the asset has no markers to replace, its files are not read into memory, because they can be large.
      const isCopied = file !== undefined && !hasMarkers;
      files.set(name, isCopied ? this.copyOf(file) : replaceMarkers(content(), markers, jsonEscape));
    });
    return files;
  }

  /**
   * Allows hard links only to files in the temporary folder. An asset can also contain symbolic links to the user's
   * own files, which are copied.
   */
  private copyOf(file: string): CopyOf {
    const { temporaryFolder } = this.context;
    if (temporaryFolder === undefined) return { copyOf: file };
    const real = fs.realpathSync(file);
    const isInside = real.startsWith(fs.realpathSync(temporaryFolder) + path.sep);
    // A file gets at most one hard link. If two objects shared a file, a training script that changes its input would
    // change both objects.
    return { copyOf: real, isLinked: isInside && fs.statSync(real).nlink === 1 };
  }

  /** Applies the filters of `aws s3 sync`: includes come after excludes, and the last match wins. */
  private isIncluded(name: string): boolean {
    const matches = (patterns: unknown[]): boolean =>
      patterns.some((each) => globToRegExp(String(each)).test(name));
    return !matches(this.list('Exclude')) || matches(this.list('Include'));
  }

  /**
   * Deletes files that an earlier deployment of this resource wrote and this deployment did not. On AWS, `Prune`
   * deletes every other object under the prefix, which would include the results of earlier runs.
   */
  private prune(folder: string, bucket: string, written: ReadonlySet<string>): void {
    const recordFile = joinInside(path.join(this.context.root, 'deployments'), `${this.logicalId}.json`);
    const earlier = fs.existsSync(recordFile)
      ? (JSON.parse(fs.readFileSync(recordFile, 'utf8')) as { bucket: string; files: string[] })
      : { bucket, files: [] };
    if (isTrue(this.property('Prune') ?? true) && earlier.bucket === bucket) {
      for (const file of earlier.files.filter((each) => !written.has(each))) {
        fs.rmSync(joinInside(folder, file), { force: true });
      }
    }
    replaceFile(recordFile, JSON.stringify({ bucket, files: [...written] }, undefined, 2));
  }

  private property(name: string): unknown {
    return this.context.evaluator.property(this.logicalId, name);
  }

  private list(name: string): unknown[] {
    const value = this.property(name) ?? [];
    if (!Array.isArray(value)) {
      throw new TemplateError(
        `${this.templatePath}/${name}`,
        `expected a list, got ${JSON.stringify(value)}`,
      );
    }
    return value;
  }
}

/**
 * Whether a property is true. It can be a boolean or a string: on AWS, custom resources receive all properties as
 * strings.
 */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** The archive that `cdk deploy` would upload for an asset. */
function archiveOf(asset: FileAsset): Buffer {
  if (asset.packaging === 'file') {
    return fs.readFileSync(asset.source);
  }
  const files: Record<string, Uint8Array> = {};
  readAssetFiles(asset, (name, content) => {
    files[name] = content();
  });
  return Buffer.from(zipSync(files));
}

/** Replaces the markers from `Source.data`. Each marker stands for a value that is known only at deployment. */
function replaceMarkers(content: Buffer, markers: Record<string, unknown>, jsonEscape: boolean): Buffer {
  let text = content.toString('latin1');
  for (const [marker, value] of Object.entries(markers)) {
    const plain = String(value);
    const escaped = jsonEscape ? JSON.stringify(plain).slice(1, -1) : plain;
    // In `text`, each character stands for one byte of the file (latin1). Encodes the value in the same way.
    text = text.split(marker).join(Buffer.from(escaped).toString('latin1'));
  }
  return Buffer.from(text, 'latin1');
}

function globToRegExp(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^');
  return new RegExp(`^${source}$`, 's');
}
