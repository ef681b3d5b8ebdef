import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { ResultsMissingError } from './errors';

/** A child execution in the files of a Map's ResultWriter. Its data is JSON in strings. */
export interface ChildExecution {
  readonly Status?: string;
  readonly Input?: string;
  readonly Output?: string;
  readonly Error?: string;
  readonly Cause?: string;
  readonly StartDate?: string;
  readonly StopDate?: string;
}

interface Manifest {
  readonly ResultFiles?: Readonly<Record<string, readonly { readonly Key?: string }[]>>;
}

/** Reads an object of JSON Lines, one at a time, so that memory does not depend on its size. */
export async function* readLines<Line>(client: S3Client, bucket: string, key: string): AsyncGenerator<Line> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const lines = createInterface({ input: Body as Readable, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
}

/** The child executions of a Map, read one at a time. */
export async function* readResults(
  client: S3Client,
  bucket: string,
  manifestKey: string,
): AsyncGenerator<ChildExecution> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: manifestKey }));
  const { ResultFiles: files = {} }: Manifest = JSON.parse(await text(Body as Readable));
  for (const { Key: key } of Object.values(files).flat()) {
    if (key !== undefined) yield* readLines<ChildExecution>(client, bucket, key);
  }
}

/** The file of a summary that is written last. */
export const LAST_FILE = 'fleet.html';

/**
 * The key of the newest manifest in the folder of an execution that did not succeed. Undefined if the execution had no list
 * of items. A manifest that is older than the summary is of the time before a redrive.
 *
 * @throws ResultsMissingError if there is no manifest (yet) that has not been summarized
 */
export async function findManifest(
  client: S3Client,
  bucket: string,
  folder: string,
): Promise<string | undefined> {
  const { Contents: objects = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: folder }),
  );
  const [newest] = objects
    .filter(({ Key: key }) => key?.endsWith('/manifest.json'))
    .sort((one, other) => Number(other.LastModified) - Number(one.LastModified));
  const named = (name: string) => objects.find(({ Key: key }) => key === `${folder}${name}`);
  if (newest === undefined && named('items.jsonl') === undefined) return undefined;
  const summarized = named(LAST_FILE)?.LastModified;
  if (newest?.LastModified === undefined || (summarized && newest.LastModified <= summarized)) {
    throw new ResultsMissingError(`no new results below s3://${bucket}/${folder}`);
  }
  return newest.Key;
}
