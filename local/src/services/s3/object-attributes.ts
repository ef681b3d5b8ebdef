import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { replaceFile } from '../../local-folder/replace-file';

/** The attributes that S3 stores with an object. */
export interface ObjectAttributes {
  /** Including quotes. */
  readonly etag: string;
  /**
   * Members returned with the object: `ContentType`, `StorageClass`, `ServerSideEncryption`, `ChecksumCRC32`
   * and so on.
   */
  readonly system: Readonly<Record<string, string>>;
  /** User-defined metadata, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** For a multipart upload: its ID and its parts in order. */
  readonly upload?: { readonly id: string; readonly parts: readonly ObjectPart[] };
}

/** A part of an object from a multipart upload. */
export interface ObjectPart {
  /** Part number in the upload. Numbers can have gaps. */
  readonly number: number;
  /** Including quotes. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  /** The checksum in a member such as `ChecksumCRC32`; empty if there is none. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** Identifies the content that attributes belong to, so that changes by other programs are noticed. */
interface Version {
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * Attributes of objects, stored in separate files outside the buckets, so that buckets contain only objects.
 * Attributes apply only to the content that they were stored with: if another program changes an object's
 * file, the object has no attributes.
 */
export class AttributeStore {
  /** @param buckets the folder that contains the buckets */
  constructor(private readonly buckets: string) {}

  /** The attributes of an object; undefined if it was not written through S3. */
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
    // The key is hashed, because the keys "a" and "a.json/b" would need a file and a folder with the same name.
    const name = createHash('sha256').update(key).digest('hex');
    return path.join(this.buckets, '.attributes', bucket, `${name}.json`);
  }
}
