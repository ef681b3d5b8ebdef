import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { locationOf, type S3Location } from './s3-location';

/** An object that is not empty. */
export interface S3Object extends S3Location {
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
  const location = locationOf(uri);
  const { bucket } = location;
  const objects: S3Object[] = [];
  let pages = 0;
  for await (const { Contents = [], NextContinuationToken: next } of pagesOf(client, location)) {
    for (const { Key: key, Size: size = 0 } of Contents) {
      if (key && size > 0) objects.push({ bucket, key, uri: `s3://${bucket}/${key}`, size });
    }
    pages += 1;
    if (pages === maxPages) return { objects, truncated: Boolean(next) };
  }
  return { objects, truncated: false };
}

/**
 * Lists the objects whose keys begin with the key of the location, one page of up to 1,000 objects at a time.
 *
 * @param delimiter if given, such as `/`, lists only the objects and folders directly at the location. @default - lists
 * all objects
 */
export async function* pagesOf(
  client: S3Client,
  { bucket, key: prefix }: S3Location,
  delimiter?: string,
): AsyncGenerator<ListObjectsV2CommandOutput> {
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        Delimiter: delimiter,
        ContinuationToken: token,
      }),
    );
    yield page;
    token = page.NextContinuationToken;
  } while (token);
}

/** Whether a folder contains an object that is not empty. The object of the folder itself can be empty. */
export async function hasData(client: S3Client, folder: string): Promise<boolean> {
  for await (const { Contents = [] } of pagesOf(client, locationOf(folder))) {
    if (Contents.some(({ Size: size = 0 }) => size > 0)) return true;
  }
  return false;
}

/** An object that is being read. */
export interface OpenObject {
  readonly content: Readable;
  readonly size: number;
}

/** The content of an object, as a stream. All functions read objects with `openObject` or `openSizedObject`. */
export async function openObject(
  client: Pick<S3Client, 'send'>,
  location: S3Location,
  signal?: AbortSignal,
): Promise<Readable> {
  return (await openSizedObject(client, location, signal)).content;
}

/**
 * The content of an object and its size.
 *
 * The AWS SDK repeats a request only until the response begins. If the connection breaks later, the stream ends with
 * an error whose name is `Error`, which the state machine does not retry. The stream therefore gives this error the
 * name that the SDK gives to a connection that breaks before the response.
 *
 * @see https://github.com/smithy-lang/smithy-typescript/blob/main/packages/node-http-handler/src/node-http-handler.ts
 */
export async function openSizedObject(
  client: Pick<S3Client, 'send'>,
  { bucket, key }: S3Location,
  signal?: AbortSignal,
): Promise<OpenObject> {
  const { Body, ContentLength: size = 0 } = await client.send(
    new GetObjectCommand({ Bucket: bucket, Key: key }),
    signal && { abortSignal: signal },
  );
  const content = Body as Readable;
  // Every reader gets the same error object, and gets it after this listener.
  content.on('error', (error) => {
    if (isOfConnection(error)) error.name = 'TimeoutError';
  });
  return { content, size };
}

/** Messages of the SDK if an object that has a checksum was not received as a whole. */
const INCOMPLETE = /^(Connection lost or stream closed|Checksum mismatch)/;

/** Whether the network caused an error, rather than a reader that stopped. */
function isOfConnection(error: NodeJS.ErrnoException): boolean {
  return (error.code !== undefined && error.code in constants.errno) || INCOMPLETE.test(error.message);
}

/**
 * Whether an object exists. Lists objects instead of reading the object, because S3 can respond with Access Denied if
 * an object is missing.
 */
export async function hasObject(client: S3Client, { bucket, key }: S3Location): Promise<boolean> {
  // Keys are listed in order, so if an object's key is exactly the prefix, that object is the first.
  const { Contents: [first] = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }),
  );
  return first?.Key === key;
}
