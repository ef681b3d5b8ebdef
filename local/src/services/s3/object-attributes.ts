import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { replaceFile } from '../../local-folder/replace-file';

/** What S3 keeps of an object beside its content. */
export interface ObjectAttributes {
  /** In quotes. */
  readonly etag: string;
  /** Members that come back with the object: `ContentType`, `StorageClass`, `ServerSideEncryption`, `ChecksumCRC32`, … */
  readonly system: Readonly<Record<string, string>>;
  /** The user's own metadata, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Of an object that was uploaded in parts: the upload, and its parts in their order. */
  readonly upload?: { readonly id: string; readonly parts: readonly ObjectPart[] };
}

/** A part of an object that was uploaded in parts. */
export interface ObjectPart {
  /** As the upload had it: the numbers may have gaps. */
  readonly number: number;
  /** In quotes. */
  readonly etag: string;
  /** In bytes. */
  readonly size: number;
  /** The checksum, as the member `ChecksumCRC32` or another; empty without one. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** Tells the content that attributes belong to from what was written over it without S3. */
interface Version {
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * Attributes of objects, in files of their own beside the buckets, so that buckets hold nothing but the objects. They
 * hold for the content that they were written with: a file that something else has changed since has none.
 */
export class AttributeStore {
  /** @param buckets folder of the buckets */
  constructor(private readonly buckets: string) {}

  /** The attributes of an object; undefined when it was not written through S3. */
  public read(bucket: string, key: string, { size, mtimeMs }: Version): ObjectAttributes | undefined {
    let record: { version: Version; attributes: ObjectAttributes };
    try {
      record = JSON.parse(fs.readFileSync(this.fileOf(bucket, key), 'utf8'));
    } catch {
      return undefined;
    }
    const { version, attributes } = record;
    return version.size === size && version.mtimeMs === mtimeMs ? attributes : undefined;
  }

  public write(bucket: string, key: string, version: Version, attributes: ObjectAttributes): void {
    const { size, mtimeMs } = version;
    replaceFile(this.fileOf(bucket, key), JSON.stringify({ key, version: { size, mtimeMs }, attributes }));
  }

  public delete(bucket: string, key: string): void {
    fs.rmSync(this.fileOf(bucket, key), { force: true });
  }

  public deleteBucket(bucket: string): void {
    fs.rmSync(path.join(this.buckets, '.attributes', bucket), { recursive: true, force: true });
  }

  private fileOf(bucket: string, key: string): string {
    // A hash: the keys "a" and "a.json/b" must not need a file and a folder of the same name.
    const name = createHash('sha256').update(key).digest('hex');
    return path.join(this.buckets, '.attributes', bucket, `${name}.json`);
  }
}
