import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { show } from '../shared/event-fields';
import { locationOf } from '../shared/s3-location';
import { InvalidItemsError } from './errors';
import { isObject, type ListFleetItemsEvent } from './event';
import { namesOf } from './item-names';
import { type ListedItem, readItems } from './read-items';

/** Result of the function. */
export interface FleetList {
  /** Number of items. */
  readonly items: number;
  /** The list that the Map reads. */
  readonly list: { readonly bucket: string; readonly key: string };
  /** Prefix of the Map's results. */
  readonly results: string;
  readonly maxConcurrency: number;
}

const MAX_ITEMS = 100_000;
const MAX_ID_LENGTH = 128;
/** Number of problems in the message of an error. */
const MAX_PROBLEMS = 20;

/**
 * Reads and checks the items, and writes them as JSON Lines, with the names that their jobs and folders get.
 *
 * @throws InvalidItemsError that lists the problems with the items
 */
export async function listFleetItems(client: S3Client, event: ListFleetItemsEvent): Promise<FleetList> {
  const { input, execution, output, encryptionKey } = event;
  const problems: string[] = [];
  const rows: string[] = [];
  const places = new Map<string, string>();
  for await (const item of readItems(client, event)) {
    const id = idOf(item, problems);
    if (id === undefined) continue;
    const known = places.get(id.toLowerCase());
    if (known !== undefined) {
      problems.push(`${item.place}: the id ${show(id)} is also the id of ${known}, and ids must be unique`);
      continue;
    }
    places.set(id.toLowerCase(), item.place);
    const { id: _id, ...fields } = item.value as Record<string, unknown>;
    rows.push(JSON.stringify({ id, ...namesOf(id), execution, input: { ...input.defaults, ...fields } }));
    if (rows.length > MAX_ITEMS) problems.push(`the list has more than ${MAX_ITEMS} items`);
    if (problems.length > MAX_PROBLEMS) break;
  }
  if (rows.length === 0 && problems.length === 0) problems.push(`the list has no items${whereFrom(event)}`);
  if (problems.length > 0) throw new InvalidItemsError(messageOf(problems));
  const { bucket, key } = locationOf(output);
  const list = { bucket, key: `${key}items.jsonl` };
  await client.send(
    new PutObjectCommand({
      Bucket: list.bucket,
      Key: list.key,
      Body: `${rows.join('\n')}\n`,
      ContentType: 'application/jsonl',
      ...(encryptionKey && { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: encryptionKey }),
    }),
  );
  return {
    items: rows.length,
    list,
    results: `${key}results`,
    maxConcurrency: input.maxConcurrency ?? event.maxConcurrency,
  };
}

/** The ID of an item as a string. Undefined after a problem. */
function idOf({ place, value }: ListedItem, problems: string[]): string | undefined {
  if (!isObject(value)) {
    problems.push(`${place}: must be an object with an id, got ${show(value)}`);
    return undefined;
  }
  const { id } = value;
  const given = typeof id === 'number' && Number.isFinite(id) ? String(id) : id;
  const isValid =
    typeof given === 'string' &&
    given.length >= 1 &&
    given.length <= MAX_ID_LENGTH &&
    given === given.trim() &&
    !/\p{C}/u.test(given);
  if (isValid) return given;
  problems.push(
    `${place}: id must be a number, or a string of 1 to ${MAX_ID_LENGTH} characters without control characters and outer white space, got ${show(id)}`,
  );
  return undefined;
}

function whereFrom({ input, source }: ListFleetItemsEvent): string {
  if (input.items) return ': items of the input is empty';
  return input.retry === undefined ? `: ${source.uri}` : `: all items of ${input.retry} succeeded`;
}

function messageOf(problems: readonly string[]): string {
  const more = problems.length > MAX_PROBLEMS ? ['more problems are not listed'] : [];
  return [...problems.slice(0, MAX_PROBLEMS), ...more].join('; ');
}
