import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { joinInside } from '../../assembly/safe-path';
import { AwsError } from '../aws-error';

/** An object of a bucket. */
export interface StoredObject {
  readonly key: string;
  readonly file: string;
  readonly size: number;
  readonly etag: string;
  /** Epoch seconds. */
  readonly lastModified: number;
}

/**
 * Buckets as folders of plain files: a key is a relative path. Every folder in the folder of buckets is
 * a bucket, so that a bucket the template only refers to can be put there by hand.
 */
export class BucketStore {
  constructor(private readonly folder: string) {}

  /** Names of all buckets. */
  public buckets(): string[] {
    return fs.existsSync(this.folder)
      ? fs.readdirSync(this.folder).filter((name) => !name.startsWith('.') && this.has(name))
      : [];
  }

  /** Whether a bucket exists. */
  public has(bucket: string): boolean {
    return /^[a-z0-9][a-z0-9.-]+$/.test(bucket) && isFolder(path.join(this.folder, bucket));
  }

  /** Objects whose key starts with a prefix, in the order of their keys' UTF-8 bytes, as S3 lists them. */
  public list(bucket: string, prefix = ''): StoredObject[] {
    const folder = this.bucketFolder(bucket);
    const start = path.join(folder, prefix.slice(0, prefix.lastIndexOf('/') + 1));
    if (prefix.split('/').includes('..') || !isFolder(start)) {
      return [];
    }
    return fs
      .readdirSync(start, { recursive: true, withFileTypes: true })
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => ({ file, key: path.relative(folder, file).split(path.sep).join('/') }))
      .filter(({ key, file }) => key.startsWith(prefix) && !isFolder(file))
      .sort((left, right) => Buffer.compare(Buffer.from(left.key), Buffer.from(right.key)))
      .map(({ key, file }) => describe(key, file));
  }

  /** One object; undefined when there is none of this key. */
  public find(bucket: string, key: string): StoredObject | undefined {
    const file = this.fileOf(bucket, key);
    return fs.existsSync(file) && !isFolder(file) ? describe(key, file) : undefined;
  }

  /** Writes an object; readers see the old one or the new one, nothing in between. */
  public put(bucket: string, key: string, body: Buffer): StoredObject {
    const file = this.fileOf(bucket, key);
    const uploads = path.join(this.folder, '.uploads');
    const temporary = path.join(uploads, randomUUID());
    fs.mkdirSync(uploads, { recursive: true });
    fs.writeFileSync(temporary, body);
    try {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.renameSync(temporary, file);
    } catch (error) {
      fs.rmSync(temporary, { force: true });
      throw new AwsError(
        'InvalidRequest',
        `local mode keeps objects as files: "${key}" is, or lies below, the name of another one (${(error as Error).message})`,
      );
    }
    return describe(key, file);
  }

  /** Removes an object, if there is one. */
  public delete(bucket: string, key: string): void {
    const file = this.fileOf(bucket, key);
    if (fs.existsSync(file) && !isFolder(file)) {
      fs.rmSync(file);
    }
  }

  /** Path of the file that holds, or would hold, an object. */
  public fileOf(bucket: string, key: string): string {
    const folder = this.bucketFolder(bucket);
    const segments = key.split('/');
    if (key === '' || segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
      throw new AwsError(
        'InvalidRequest',
        `local mode keeps objects as files: the key "${key}" is not the path of one (no empty parts, no "..")`,
      );
    }
    try {
      return joinInside(folder, key);
    } catch (error) {
      throw new AwsError('InvalidRequest', (error as Error).message);
    }
  }

  private bucketFolder(bucket: string): string {
    if (!this.has(bucket)) {
      throw new AwsError(
        'NoSuchBucket',
        `The specified bucket does not exist: ${bucket} (local mode looks for the folder ${path.join(this.folder, bucket)})`,
        404,
      );
    }
    return path.join(this.folder, bucket);
  }
}

function isFolder(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}

function describe(key: string, file: string): StoredObject {
  const { size, mtimeMs } = fs.statSync(file);
  // Not the content's MD5: listing would have to read every file. S3 promises no MD5 either.
  const etag = createHash('md5').update(`${key}:${size}:${mtimeMs}`).digest('hex');
  return { key, file, size, etag: `"${etag}-1"`, lastModified: Math.floor(mtimeMs / 1000) };
}
