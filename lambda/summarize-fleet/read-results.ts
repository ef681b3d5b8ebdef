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

/**
 * The key of the newest manifest in the folder of an execution that did not succeed. Undefined if there is none and there
 * will be none: the execution failed before it had a list of items, or it was stopped.
 *
 * @throws ResultsMissingError if the execution failed and there is none (yet)
 */
export async function findManifest(
  client: S3Client,
  bucket: string,
  folder: string,
  status: string | undefined,
): Promise<string | undefined> {
  const { Contents: objects = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: folder }),
  );
  const [newest] = objects
    .filter(({ Key: key }) => key?.endsWith('/manifest.json'))
    .sort((one, other) => Number(other.LastModified) - Number(one.LastModified));
  const hasList = objects.some(({ Key: key }) => key === `${folder}items.jsonl`);
  if (newest === undefined && hasList && status === 'FAILED') {
    throw new ResultsMissingError(`no results below s3://${bucket}/${folder}`);
  }
  return newest?.Key;
}
