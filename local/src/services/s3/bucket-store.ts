import * as fs from 'node:fs';
import * as path from 'node:path';
import { uploadsFolder } from '../../assembly/buckets';
import { joinInside } from '../../assembly/safe-path';
import { removeStaleFiles, temporaryFile } from '../../local-folder/temporary-file';
import { AwsError } from '../aws-error';
import { FolderMarkers, isMarker } from './folder-markers';
import { AttributeStore, type ObjectAttributes } from './object-attributes';
import type { DefaultEncryption } from './object-encryption';
import {
  describe,
  etagOfFile,
  hasFiles,
  isFolder,
  isPath,
  type ObjectName,
  objectOf,
  type StoredObject,
} from './object-files';
import type { S3Location } from './s3-uri';

/** A new object, with the details for S3's event. */
export interface CreatedObject extends Pick<StoredObject, 'key' | 'size'> {
  readonly bucket: string;
  readonly etag: string;
  readonly reason: 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload';
}

/**
 * Stores each bucket as a folder of plain files. An object's key is the relative path of its file. If the template uses
 * a bucket but does not define it, users can create the bucket by creating its folder. Attributes of objects (ETag,
 * Content-Type, metadata) are stored outside the buckets.
 */
export class BucketStore {
  private readonly attributeStore: AttributeStore;
  private readonly markers: FolderMarkers;

  /** @param onCreated called for each object that is written through this store */
  constructor(
    private readonly folder: string,
    /** The encryption that responses report for objects. */
    public readonly encryption: DefaultEncryption,
    private readonly onCreated: (created: CreatedObject) => void = () => undefined,
  ) {
    this.attributeStore = new AttributeStore(folder);
    this.markers = new FolderMarkers(folder);
    removeStaleFiles(this.uploads);
  }

  /** Folder for incomplete uploads, on the same disk as the objects. */
  public get uploads(): string {
    return uploadsFolder(this.folder);
  }

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

  /** @throws AwsError NoSuchBucket */
  public require(bucket: string): void {
    this.bucketFolder(bucket);
  }

  /** Creation time of a bucket in epoch seconds. */
  public createdAt(bucket: string): number {
    const { birthtimeMs, mtimeMs } = fs.statSync(this.bucketFolder(bucket));
    return Math.floor((birthtimeMs || mtimeMs) / 1000);
  }

  /** Creates a bucket. @throws AwsError InvalidBucketName, BucketAlreadyOwnedByYou */
  public create(bucket: string): void {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || bucket.includes('..')) {
      throw new AwsError('InvalidBucketName', `The specified bucket is not valid: ${bucket}`, 400, {
        BucketName: bucket,
      });
    }
    if (this.has(bucket)) {
      throw new AwsError(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        409,
        { BucketName: bucket },
      );
    }
    fs.mkdirSync(path.join(this.folder, bucket), { recursive: true });
  }

  /** Deletes an empty bucket. */
  public deleteBucket(bucket: string): void {
    const folder = this.bucketFolder(bucket);
    if (hasFiles(folder) || this.names(bucket).length > 0) {
      throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409, {
        BucketName: bucket,
      });
    }
    fs.rmSync(folder, { recursive: true });
    this.attributeStore.deleteBucket(bucket);
    this.markers.deleteBucket(bucket);
  }

  /** Objects whose keys begin with a prefix, ordered by the UTF-8 bytes of their keys, as S3 lists them. */
  public list(bucket: string, prefix = ''): StoredObject[] {
    return this.names(bucket, prefix).flatMap(({ key, file }) => objectOf(key, file) ?? []);
  }

  /** Like `list`, without reading file attributes. */
  public names(bucket: string, prefix = ''): ObjectName[] {
    const folder = this.bucketFolder(bucket);
    const start = path.join(folder, prefix.slice(0, prefix.lastIndexOf('/') + 1));
    if (prefix.split('/').includes('..') || prefix.includes('\0') || !isFolder(start)) {
      return [];
    }
    const entries = fs.readdirSync(start, { recursive: true, withFileTypes: true }).map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return { entry, file, key: path.relative(folder, file).split(path.sep).join('/') };
    });
    const folders = entries.filter(({ entry }) => entry.isDirectory()).map(({ key }) => key);
    const above = prefix.slice(0, prefix.lastIndexOf('/'));
    const markers = this.markers.keys(bucket, above === '' ? folders : [above, ...folders]);
    const files = entries
      .filter(({ entry, key }) => !entry.isDirectory() && key.startsWith(prefix))
      .filter(({ entry, key, file }) => !entry.isSymbolicLink() || objectOf(key, file) !== undefined);
    const marked = markers
      .filter((key) => key.startsWith(prefix))
      .map((key) => ({ key, file: this.markers.fileOf(bucket, key) }));
    return [...files, ...marked]
      .map(({ key, file }) => ({ key, file, bytes: Buffer.from(key) }))
      .sort((left, right) => Buffer.compare(left.bytes, right.bytes))
      .map(({ key, file }) => ({ key, file }));
  }

  /** Finds an object; undefined if it does not exist or the key is not a valid file path. */
  public find(bucket: string, key: string): StoredObject | undefined {
    const folder = this.bucketFolder(bucket);
    if (!isPath(folder, key)) {
      return undefined;
    }
    if (!isMarker(key)) {
      return objectOf(key, path.join(folder, key));
    }
    return isFolder(path.join(folder, key)) ? objectOf(key, this.markers.fileOf(bucket, key)) : undefined;
  }

  /** The stored attributes of an object. */
  public attributes(bucket: string, object: StoredObject): ObjectAttributes {
    return (
      this.attributeStore.read(bucket, object.key, object) ?? {
        etag: etagOfFile(object),
        system: { ...this.encryption.of(bucket, {}) },
        metadata: {},
      }
    );
  }

  /** Path for a new file that will become an object, on the same disk and outside the buckets. */
  public stagingFile(): string {
    fs.mkdirSync(this.uploads, { recursive: true });
    return temporaryFile(this.uploads);
  }

  /** Moves a file to an object's path. On failure, deletes the file. */
  public replace(
    { bucket, key }: S3Location,
    staged: string,
    attributes: ObjectAttributes,
    reason: CreatedObject['reason'],
  ): StoredObject {
    try {
      const file = this.fileOf(bucket, key);
      if (isMarker(key)) {
        this.makeMarked(bucket, key, staged);
      }
      fs.mkdirSync(path.dirname(file), { recursive: true });
      // S3 has no folders, so an empty folder must not block an object.
      if (isFolder(file) && !hasFiles(file) && this.names(bucket, `${key}/`).length === 0) {
        fs.rmSync(file, { recursive: true });
      }
      fs.renameSync(staged, file);
      const object = describe(key, file, fs.statSync(file));
      this.attributeStore.write(bucket, key, object, attributes);
      this.onCreated({ bucket, key, size: object.size, etag: attributes.etag, reason });
      return object;
    } catch (error) {
      if (error instanceof AwsError) {
        throw error;
      }
      throw new AwsError(
        'InvalidRequest',
        `local mode stores objects as files, but "${key}" conflicts with the path of another object (${(error as Error).message})`,
      );
    } finally {
      fs.rmSync(staged, { force: true });
    }
  }

  /** Deletes an object. Does nothing if it does not exist. */
  public delete(bucket: string, key: string): void {
    const object = this.find(bucket, key);
    if (object !== undefined) {
      fs.rmSync(object.file, { force: true });
      this.attributeStore.delete(bucket, key);
    }
  }

  /** Creates the folder that a folder marker represents. */
  private makeMarked(bucket: string, key: string, staged: string): void {
    if (fs.statSync(staged).size > 0) {
      throw new AwsError(
        'InvalidRequest',
        `local mode stores objects as files: "${key}" ends with a slash, so the object must be empty`,
      );
    }
    fs.mkdirSync(joinInside(this.bucketFolder(bucket), key), { recursive: true });
  }

  /** Path of an object's file, whether or not it exists. */
  public fileOf(bucket: string, key: string): string {
    const folder = this.bucketFolder(bucket);
    if (!isPath(folder, key)) {
      throw new AwsError(
        'InvalidRequest',
        `local mode stores objects as files: the key "${key}" is not a valid file path (no empty parts, no "..", no "\\")`,
      );
    }
    return isMarker(key) ? this.markers.fileOf(bucket, key) : joinInside(folder, key);
  }

  private bucketFolder(bucket: string): string {
    if (!this.has(bucket)) {
      throw new AwsError(
        'NoSuchBucket',
        `The specified bucket does not exist: ${bucket} (local mode looks for the folder ${path.join(this.folder, bucket)})`,
        404,
        { BucketName: bucket },
      );
    }
    return path.join(this.folder, bucket);
  }
}
