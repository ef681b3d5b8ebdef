import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { locationOf } from '../shared/s3-location';
import { pagesOf } from '../shared/s3-objects';
import { rethrowTransient } from '../shared/transient-errors';

/** Maximum number of pages to list for a location. A page has up to 1,000 objects. */
const MAX_PAGES = 100;

/** Lists the objects in data locations. Each location is listed once, even if many items use it. */
export class DataListing {
  private readonly hashes = new Map<string, Promise<string | undefined>>();

  constructor(private readonly client: S3Client) {}

  /**
   * Hash of the keys, ETags and sizes of the objects in a location. Undefined if there are too many objects. Empty objects
   * do not count, because they have no data.
   *
   * @throws Error if the location cannot be listed; the message names the location
   */
  hashOf(uri: string): Promise<string | undefined> {
    const known =
      this.hashes.get(uri) ??
      this.list(uri).catch((error) => {
        rethrowTransient(error);
        throw new Error(`${uri} cannot be listed: ${(error as Error).message}`, { cause: error });
      });
    this.hashes.set(uri, known);
    return known;
  }

  private async list(uri: string): Promise<string | undefined> {
    const location = locationOf(uri);
    const hash = createHash('sha256').update(location.bucket);
    let pages = 0;
    for await (const { Contents = [], NextContinuationToken: next } of pagesOf(this.client, location)) {
      for (const { Key: key, ETag: etag, Size: size = 0 } of Contents) {
        if (size > 0) hash.update(JSON.stringify([key, etag, size]));
      }
      pages += 1;
      if (pages === MAX_PAGES && next) {
        console.warn(`${uri} has more than ${MAX_PAGES * 1000} objects: items with this location always run`);
        return undefined;
      }
    }
    return hash.digest('base64url');
  }
}
