import { json } from 'node:stream/consumers';
import type { S3Client } from '@aws-sdk/client-s3';
import { type ItemSuccess, successName } from '../shared/fleet-success';
import { locationOf, type S3Location } from '../shared/s3-location';
import { openObject, pagesOf } from '../shared/s3-objects';

/** The records of the items' last successes. */
export class LastSuccesses {
  /**
   * Lists the records first, so that only existing records are read. If the function read a missing record, S3 would
   * respond with Access Denied, because the role may list only some prefixes of the bucket.
   *
   * @param folder S3 URI of the folder with the records
   */
  static async in(client: S3Client, folder: string): Promise<LastSuccesses> {
    const location = locationOf(folder);
    const names = new Set<string>();
    for await (const { Contents = [] } of pagesOf(client, location)) {
      for (const { Key: key = '' } of Contents) names.add(key.slice(location.key.length));
    }
    return new LastSuccesses(client, location, names);
  }

  private constructor(
    private readonly client: S3Client,
    private readonly folder: S3Location,
    private readonly names: ReadonlySet<string>,
  ) {}

  /** The last success of the item with this folder, if there is one. */
  async of(itemFolder: string): Promise<ItemSuccess | undefined> {
    const name = successName(itemFolder);
    if (!this.names.has(name)) return undefined;
    const { bucket, key } = this.folder;
    return (await json(await openObject(this.client, { bucket, key: `${key}${name}` }))) as ItemSuccess;
  }
}
