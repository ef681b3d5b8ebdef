import { json } from 'node:stream/consumers';
import type { _Object, S3Client } from '@aws-sdk/client-s3';
import { linesIn } from '../shared/lines-in';
import { openObject, pagesOf } from '../shared/s3-objects';
import { ResultsMissingError } from './errors';

/**
 * A child execution in the files that the ResultWriter of a Map wrote. Its input and output are strings that contain
 * JSON.
 */
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

/** Reads the lines of a JSON Lines object one at a time, so that memory does not depend on the size of the object. */
export async function* readLines<Line>(client: S3Client, bucket: string, key: string): AsyncGenerator<Line> {
  const object = await openObject(client, { bucket, key });
  for await (const line of linesIn(object)) if (line.trim() !== '') yield JSON.parse(line);
}

/** The child executions of a Map, read one at a time. */
export async function* readResults(
  client: S3Client,
  bucket: string,
  manifestKey: string,
): AsyncGenerator<ChildExecution> {
  const manifest = await openObject(client, { bucket, key: manifestKey });
  const { ResultFiles: files = {} } = (await json(manifest)) as Manifest;
  for (const { Key: key } of Object.values(files).flat()) {
    if (key !== undefined) yield* readLines<ChildExecution>(client, bucket, key);
  }
}

/** The last file that a summary writes. A summary already covers the results that are older than this file. */
export const LAST_FILE = 'fleet.html';

/**
 * The key of the newest manifest in the folder of an execution. Undefined if the execution had no items to run. A
 * manifest that is older than the summary was written before a redrive, so it is ignored.
 *
 * @throws ResultsMissingError if there is no manifest that is newer than the summary
 */
export async function findManifest(
  client: S3Client,
  bucket: string,
  folder: string,
): Promise<string | undefined> {
  const objects: _Object[] = [];
  for await (const { Contents = [] } of pagesOf(client, { bucket, key: folder })) objects.push(...Contents);
  const [newest] = objects
    .filter(({ Key: key }) => key?.endsWith('/manifest.json'))
    .sort((one, other) => Number(other.LastModified) - Number(one.LastModified));
  const named = (name: string) => objects.find(({ Key: key }) => key === `${folder}${name}`);
  if (!named('items.jsonl')?.Size) return undefined;
  const summarized = named(LAST_FILE)?.LastModified;
  if (newest?.LastModified === undefined || (summarized && newest.LastModified <= summarized)) {
    throw new ResultsMissingError(`no new results below s3://${bucket}/${folder}`);
  }
  return newest.Key;
}
