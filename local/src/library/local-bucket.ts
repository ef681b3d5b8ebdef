import { readFile } from 'node:fs/promises';
import { AwsError } from '../services/aws-error';
import type { BucketStore } from '../services/s3/bucket-store';
import { contentOf } from '../services/s3/object-content';
import { writeObject } from '../services/s3/stored-objects';

/**
 * A bucket on this machine, stored as a folder of plain files. The methods of this class need no permissions. AWS
 * clients, roles and jobs see the same objects.
 */
export class LocalBucket {
  /** @internal */
  constructor(
    private readonly store: BucketStore,
    /** Name of the bucket, as in `s3://<name>/`. */
    readonly name: string,
    /** Absolute path of the folder with the bucket's objects. An object's key is the relative path of its file. */
    readonly folder: string,
  ) {}

  /**
   * Writes an object.
   *
   * @param body a string is written as UTF-8
   * @returns the object's URI, `s3://<bucket>/<key>`
   * @throws AwsError `InvalidRequest` when the key is not a valid file path
   */
  async put(key: string, body: string | Uint8Array): Promise<string> {
    const content = contentOf(typeof body === 'string' ? body : Buffer.from(body));
    await writeObject(this.store, { bucket: this.name, key }, content, {});
    return `s3://${this.name}/${key}`;
  }

  /**
   * Reads an object.
   *
   * @param key the object's key or URI (`s3://<bucket>/<key>`)
   * @throws AwsError `NoSuchKey` when there is no such object
   */
  async get(key: string): Promise<Buffer> {
    const object = this.store.find(this.name, this.keyOf(key));
    if (object === undefined) {
      throw new AwsError('NoSuchKey', `The specified key does not exist: s3://${this.name}/${key}`, 404);
    }
    return readFile(object.file);
  }

  /**
   * Lists the keys of the objects, in the order of S3.
   *
   * @param prefix the beginning of the keys to return. Default: all keys
   */
  async list(prefix?: string): Promise<string[]> {
    return this.store.names(this.name, prefix).map(({ key }) => key);
  }

  /**
   * Deletes an object. Does nothing if the object does not exist.
   *
   * @param key the object's key or URI
   */
  async delete(key: string): Promise<void> {
    this.store.delete(this.name, this.keyOf(key));
  }

  /** The key of an object. Also accepts a URI, because jobs return the URIs of their artifacts. */
  private keyOf(keyOrUri: string): string {
    const start = `s3://${this.name}/`;
    return keyOrUri.startsWith(start) ? keyOrUri.slice(start.length) : keyOrUri;
  }
}
