import { readFile } from 'node:fs/promises';
import { AwsError } from '../services/aws-error';
import type { BucketStore } from '../services/s3/bucket-store';
import { contentOf } from '../services/s3/object-content';
import { writeObject } from '../services/s3/stored-objects';

/**
 * A bucket on this machine: a folder of plain files. What is done here needs no permission; AWS clients, roles and jobs
 * see the same objects.
 */
export class LocalBucket {
  /** @internal */
  constructor(
    private readonly store: BucketStore,
    /** The bucket's name, as in `s3://<name>/`. */
    readonly name: string,
    /** The folder with its objects: a key is a relative path. Absolute. */
    readonly folder: string,
  ) {}

  /**
   * Writes an object.
   *
   * @param body text is written as UTF-8
   * @returns the object's URI, `s3://<bucket>/<key>`
   * @throws AwsError `InvalidRequest` when the key is not the path of a file
   */
  async put(key: string, body: string | Uint8Array): Promise<string> {
    const content = contentOf(typeof body === 'string' ? body : Buffer.from(body));
    await writeObject(this.store, { bucket: this.name, key }, content, {});
    return `s3://${this.name}/${key}`;
  }

  /**
   * Reads an object.
   *
   * @param key its key, or its URI, `s3://<bucket>/<key>`
   * @throws AwsError `NoSuchKey`
   */
  async get(key: string): Promise<Buffer> {
    const object = this.store.find(this.name, this.keyOf(key));
    if (object === undefined) {
      throw new AwsError('NoSuchKey', `The specified key does not exist: s3://${this.name}/${key}`, 404);
    }
    return readFile(object.file);
  }

  /**
   * Keys of the objects whose keys begin with a prefix, in the order of S3.
   *
   * @param prefix what the keys begin with. Default: all objects
   */
  async list(prefix?: string): Promise<string[]> {
    return this.store.names(this.name, prefix).map(({ key }) => key);
  }

  /**
   * Removes an object, if there is one.
   *
   * @param key its key, or its URI
   */
  async delete(key: string): Promise<void> {
    this.store.delete(this.name, this.keyOf(key));
  }

  /** Jobs tell where their artifacts are as URIs. */
  private keyOf(keyOrUri: string): string {
    const start = `s3://${this.name}/`;
    return keyOrUri.startsWith(start) ? keyOrUri.slice(start.length) : keyOrUri;
  }
}
