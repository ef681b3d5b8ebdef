import type { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { locationOf } from './s3-location';

/** An object that is not empty. */
export interface S3Object {
  readonly bucket: string;
  readonly key: string;
  readonly uri: string;
  readonly size: number;
}

/** The objects of a data set. */
export interface S3Listing {
  readonly objects: readonly S3Object[];
  /** Whether there are more objects than were listed. */
  readonly truncated: boolean;
}

/**
 * Lists the objects whose URIs begin with a prefix, in the order of their keys. Empty objects are left out.
 *
 * @param maxPages maximum number of pages to list, with 1,000 objects each
 */
export async function listObjects(client: S3Client, uri: string, maxPages: number): Promise<S3Listing> {
  const { bucket, key: prefix } = locationOf(uri);
  const objects: S3Object[] = [];
  let token: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const response = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
    );
    for (const { Key: key, Size: size = 0 } of response.Contents ?? []) {
      if (key && size > 0) objects.push({ bucket, key, uri: `s3://${bucket}/${key}`, size });
    }
    token = response.NextContinuationToken;
    if (!token) return { objects, truncated: false };
  }
  return { objects, truncated: true };
}

/** The content of an object, as a stream. */
export async function openObject(client: S3Client, { bucket, key }: S3Object): Promise<Readable> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return Body as Readable;
}
