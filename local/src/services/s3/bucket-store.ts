import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { uploadsFolder } from '../../assembly/buckets';
import { joinInside } from '../../assembly/safe-path';
import { replaceFile } from '../../replace-file';
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
      .filter(({ key }) => key.startsWith(prefix))
      .sort((left, right) => Buffer.compare(Buffer.from(left.key), Buffer.from(right.key)))
      .flatMap(({ key, file }) => objectOf(key, file) ?? []);
  }

  /** One object; undefined when there is none of this key. */
  public find(bucket: string, key: string): StoredObject | undefined {
    const file = this.fileOf(bucket, key);
    return objectOf(key, file);
  }

  /** Writes an object; readers see the old one or the new one, nothing in between. */
  public put(bucket: string, key: string, body: Buffer): StoredObject {
    const file = this.fileOf(bucket, key);
    try {
      replaceFile(file, body, uploadsFolder(this.folder));
    } catch (error) {
      throw new AwsError(
        'InvalidRequest',
        `local mode keeps objects as files: "${key}" is, or lies below, the name of another one (${(error as Error).message})`,
      );
    }
    return describe(key, file, fs.statSync(file));
  }

  /** Removes an object, if there is one. */
  public delete(bucket: string, key: string): void {
    const object = this.find(bucket, key);
    if (object !== undefined) {
      fs.rmSync(object.file, { force: true });
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

/** The object that a file is; undefined for a folder, and where there is nothing (any more, or behind a link). */
function objectOf(key: string, file: string): StoredObject | undefined {
  const state = fs.statSync(file, { throwIfNoEntry: false });
  return state === undefined || state.isDirectory() ? undefined : describe(key, file, state);
}

function describe(key: string, file: string, { size, mtimeMs }: fs.Stats): StoredObject {
  // Not the content's MD5: listing would have to read every file. S3 promises no MD5 either.
  const etag = createHash('md5').update(`${key}:${size}:${mtimeMs}`).digest('hex');
  return { key, file, size, etag: `"${etag}-1"`, lastModified: Math.floor(mtimeMs / 1000) };
}
