import type { S3Client } from '@aws-sdk/client-s3';
import type { Concurrency } from '../shared/concurrency';
import { isObject, show } from '../shared/event-fields';
import { SKIPPED_ITEMS } from '../shared/fleet-success';
import { putObject } from '../shared/put-object';
import { locationOf } from '../shared/s3-location';
import type { FleetBound } from './bound';
import { compareItems } from './compare-items';
import { concurrencyOf } from './concurrency';
import { InvalidInputError, InvalidItemsError } from './errors';
import type { FleetInput, ListFleetItemsEvent } from './event';
import { ExecutionBound } from './execution-bound';
import { namesOf } from './item-names';
import { MAX_PROBLEMS, messageOf } from './problems';
import { type ListedItem, MAX_LIST_BYTES, readItems } from './read-items';
import type { PlacedRow, Row } from './row';
import { UnknownFields } from './unknown-fields';

/** Result of the function. */
export interface FleetList {
  /** Number of items to run. */
  readonly items: number;
  /** Number of items to skip. Missing if the fleet records no successes. */
  readonly skipped?: number;
  /** The list that the Map state reads. */
  readonly list: { readonly bucket: string; readonly key: string };
  /** Prefix of the Map state's results. */
  readonly results: string;
  readonly maxConcurrency: number;
  /** How the quotas of the account limit the concurrency; missing if they were not read. */
  readonly quotas?: Concurrency;
}

const MAX_ITEMS = 100_000;
const MAX_ID_LENGTH = 128;

/**
 * Reads and checks the items, and writes them as JSON Lines, together with the names of their jobs and folders. If the fleet
 * records successes, also writes the results of the items to skip.
 *
 * @throws InvalidItemsError that lists the problems with the items
 * @throws InvalidInputError if the items to run could together exceed a limit on the cost or instance time
 * @throws QuotaTooLowError if no item can run, because a quota of the account is too low
 */
export async function listFleetItems(client: S3Client, event: ListFleetItemsEvent): Promise<FleetList> {
  const { input, output, lastSuccess } = event;
  const items = await checkedItems(client, event);
  const writeLines = (name: string, values: readonly unknown[]) => {
    const body = values.map((value) => `${JSON.stringify(value)}\n`).join('');
    return putObject(
      client,
      `${output}${name}`,
      { body, contentType: 'application/jsonl' },
      event.encryptionKey,
    );
  };
  const { rows: compared, skipped } = lastSuccess
    ? await compareItems(client, event, lastSuccess, items)
    : { rows: items.map(({ row }) => row), skipped: undefined };
  const rows = withBounds(event.bound, compared);
  const requested = input.maxConcurrency ?? event.maxConcurrency;
  const quotas = event.quotas && concurrencyOf(event.quotas, rows, requested);
  await writeLines('items.jsonl', rows);
  if (skipped) await writeLines(SKIPPED_ITEMS, skipped);
  return {
    items: rows.length,
    ...(skipped && { skipped: skipped.length }),
    list: locationOf(`${output}items.jsonl`),
    results: locationOf(`${output}results`).key,
    maxConcurrency: quotas?.maxConcurrency ?? requested,
    ...(quotas && { quotas }),
  };
}

/**
 * Adds to each row the bound of its item.
 *
 * @throws InvalidInputError if the items could together exceed a limit
 */
function withBounds(bound: FleetBound | undefined, rows: readonly Row[]): readonly Row[] {
  if (bound === undefined) return rows;
  const execution = new ExecutionBound(bound);
  const bounded = rows.map((row) => ({ ...row, bound: execution.add(row.input) }));
  const exceeded = execution.problems();
  if (exceeded.length === 0) return bounded;
  throw new InvalidInputError(`${exceeded.join('; ')}. Lower maxTrainingJobs, or start with fewer items`);
}

/**
 * The items of the list, with names for their jobs and folders.
 *
 * @throws InvalidItemsError that lists the problems with the items
 */
async function checkedItems(client: S3Client, event: ListFleetItemsEvent): Promise<PlacedRow[]> {
  const { input, execution } = event;
  const problems: string[] = [];
  const items: PlacedRow[] = [];
  const places = new Map<string, string>();
  const unknown = new UnknownFields(event);
  const required = event.dataFields.filter((field) => !(field in event.sharedData));
  let bytes = 0;
  for await (const item of readItems(client, event)) {
    const id = idOf(item, problems);
    if (id === undefined) continue;
    const known = places.get(id.toLowerCase());
    if (known !== undefined) {
      problems.push(
        `${item.place}: the id ${show(id)} is also the id of ${known}, and ids must be unique (upper and lower case are the same)`,
      );
      continue;
    }
    places.set(id.toLowerCase(), item.place);
    const fields = fieldsOf(item, input.defaults);
    unknown.check(item);
    checkData(item.place, fields.input, required, problems);
    const row = { id, ...namesOf(id), execution, ...fields };
    bytes += Buffer.byteLength(JSON.stringify(row)) + 1;
    items.push({ place: item.place, row });
    const tooLarge = sizeProblem(items.length, bytes);
    if (tooLarge !== undefined) problems.push(tooLarge);
    if (tooLarge !== undefined || problems.length > MAX_PROBLEMS) break;
  }
  problems.unshift(...unknown.problems());
  if (items.length === 0 && problems.length === 0) problems.push(`the list has no items${whereFrom(event)}`);
  if (problems.length > 0) throw new InvalidItemsError(messageOf(problems));
  return items;
}

/** The ID of an item as a string. If the ID is invalid, adds a problem and returns undefined. */
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

/**
 * The input of an item's child execution. `defaulted` lists the fields whose values come from defaults. An execution
 * with `retry` can replace only these fields.
 */
function fieldsOf(
  { value, defaults: earlier }: ListedItem,
  defaults: FleetInput['defaults'],
): { readonly input: Record<string, unknown>; readonly defaulted?: readonly string[] } {
  const { id: _id, ...own } = value as Record<string, unknown>;
  const all = { ...earlier, ...defaults };
  const defaulted = Object.keys(all).filter((name) => !(name in own));
  return { input: { ...all, ...own }, ...(defaulted.length > 0 && { defaulted }) };
}

/** Reports missing data. Without this check, all items without data would be tuned with the default data of the fleet. */
function checkData(
  place: string,
  fields: Readonly<Record<string, unknown>>,
  required: readonly string[],
  problems: string[],
): void {
  const missing = required.filter((name) => fields[name] === undefined || fields[name] === null);
  if (missing.length === 0) return;
  problems.push(
    `${place}: ${missing.join(' and ')} must be given, here or in defaults, because the fleet has no data that all items share`,
  );
}

/**
 * Describes the limit that the rows exceed, if any. The rows include the defaults, so they can be larger than the list.
 */
function sizeProblem(rows: number, bytes: number): string | undefined {
  if (rows > MAX_ITEMS) return `the list has more than ${MAX_ITEMS} items`;
  if (bytes > MAX_LIST_BYTES) return `the items with their defaults have more than ${MAX_LIST_BYTES} bytes`;
  return undefined;
}

function whereFrom({ input, source }: ListFleetItemsEvent): string {
  if (input.items) return ': the field items of the input is an empty array';
  return input.retry === undefined ? `: ${source.uri}` : `: all items of ${input.retry} succeeded`;
}
