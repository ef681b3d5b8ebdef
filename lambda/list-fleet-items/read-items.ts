import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { S3Client } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse';
import { show } from '../shared/event-fields';
import { inParallel } from '../shared/in-parallel';
import { linesIn } from '../shared/lines-in';
import { locationOf } from '../shared/s3-location';
import { hasData, hasObject, openSizedObject, pagesOf } from '../shared/s3-objects';
import { rethrowTransient } from '../shared/transient-errors';
import { InvalidItemsError } from './errors';
import type { ListFleetItemsEvent, ListSource } from './event';
import type { Row } from './row';

/** An unchecked item of the list, and its place in the list: `line 3`, `row 3` or `items[2]`. */
export interface ListedItem {
  readonly place: string;
  readonly value: unknown;
  /**
   * Fields of the item that came from the defaults of an earlier execution. The defaults of this execution take
   * precedence.
   */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

/** Maximum size of a list, in bytes. */
export const MAX_LIST_BYTES = 128 * 1024 * 1024;
/**
 * Maximum size of a JSON array, in bytes. Smaller than `MAX_LIST_BYTES`, because the whole array must fit into memory.
 */
const MAX_JSON_BYTES = 32 * 1024 * 1024;
/** Number of folders whose subfolders are listed at the same time. */
const PARALLEL_FOLDERS = 20;

/** Reads the items from the execution's input, from an earlier execution, or else from the list in Amazon S3. */
export async function* readItems(client: S3Client, event: ListFleetItemsEvent): AsyncGenerator<ListedItem> {
  const { input, source, output } = event;
  if (input.items) {
    for (const [index, value] of input.items.entries()) yield { place: `items[${index}]`, value };
  } else if (input.retry !== undefined) {
    yield* unsuccessfulItems(
      client,
      output.replace(/[^/]+\/$/, () => `${input.retry}/`),
      input.retry,
    );
  } else if (source.format === 'FOLDERS') {
    yield* foldersIn(client, event);
  } else {
    const limit = source.format === 'JSON' ? MAX_JSON_BYTES : MAX_LIST_BYTES;
    yield* itemsOf(await open(client, source.uri, limit), source);
  }
}

async function open(client: S3Client, uri: string, limit = Number.POSITIVE_INFINITY): Promise<Readable> {
  try {
    const { content, size } = await openSizedObject(client, locationOf(uri));
    if (size > limit) {
      throw new InvalidItemsError(`${uri} has ${size} bytes, and at most ${limit} are allowed`);
    }
    return content;
  } catch (error) {
    if (error instanceof InvalidItemsError) throw error;
    rethrowTransient(error);
    const exists = await hasObject(client, locationOf(uri)).catch(() => true);
    const problem = exists ? `cannot be read: ${(error as Error).message}` : 'does not exist';
    throw new InvalidItemsError(`${uri} ${problem}`, { cause: error });
  }
}

async function* itemsOf(body: Readable, { format, uri }: ListSource): AsyncGenerator<ListedItem> {
  switch (format) {
    case 'CSV':
      return yield* csvItems(body, uri);
    case 'JSON_LINES': {
      let line = 0;
      for await (const content of linesIn(body)) {
        line += 1;
        if (content.trim() !== '')
          yield { place: `line ${line}`, value: parsed(content, `line ${line} of ${uri}`) };
      }
      return;
    }
    default: {
      const list = parsed(await text(body), uri);
      if (!Array.isArray(list)) throw new InvalidItemsError(`${uri} must have a JSON array of items`);
      for (const [index, value] of list.entries()) yield { place: `item ${index + 1}`, value };
    }
  }
}

function parsed(json: string, what: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new InvalidItemsError(`${what} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

async function* csvItems(body: Readable, uri: string): AsyncGenerator<ListedItem> {
  const columns = (header: string[]) => {
    if (header.includes('id')) return header;
    throw new InvalidItemsError(
      `the header of ${uri} lacks the column id, and has only ${header.join(', ')}`,
    );
  };
  const parser = body.pipe(parse({ bom: true, columns, skip_empty_lines: true, trim: true }));
  body.on('error', (error) => parser.destroy(error));
  let row = 0;
  try {
    for await (const record of parser as AsyncIterable<Record<string, string>>) {
      row += 1;
      yield { place: `row ${row}`, value: itemOfRecord(record) };
    }
  } catch (error) {
    if (error instanceof InvalidItemsError) throw error;
    rethrowTransient(error);
    throw new InvalidItemsError(`${uri} cannot be read as CSV: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Fields that are numbers. In CSV, every value is a string. */
const NUMBERS = ['maxTrainingJobs', 'maxParallelTrainingJobs'];
const HYPERPARAMETER = 'hyperparameters.';

/** The item of a CSV record. Invalid values are not converted, so that error messages show them unchanged. */
function itemOfRecord(record: Readonly<Record<string, string>>): Record<string, unknown> {
  const filled = Object.entries(record).filter(([, value]) => value !== '');
  const hyperparameters = filled.filter(([name]) => name.startsWith(HYPERPARAMETER));
  const fields = filled
    .filter(([name]) => !name.startsWith(HYPERPARAMETER))
    .map(([name, value]) => {
      if (NUMBERS.includes(name) && Number.isFinite(Number(value))) return [name, Number(value)];
      return [name, name === 'warmStartFrom' ? value.split(/\s+/) : value];
    });
  return {
    ...Object.fromEntries(fields),
    ...(hyperparameters.length > 0 && {
      hyperparameters: Object.fromEntries(
        hyperparameters.map(([name, value]) => [name.slice(HYPERPARAMETER.length), value]),
      ),
    }),
  };
}

/** The unsuccessful items of an earlier execution, from its list and its summary (lambda/summarize-fleet). */
async function* unsuccessfulItems(
  client: S3Client,
  folder: string,
  execution: string,
): AsyncGenerator<ListedItem> {
  const succeeded = await succeededIn(client, `${folder}fleet.json`);
  const uri = `${folder}items.jsonl`;
  if (!(await hasObject(client, locationOf(uri)))) {
    throw new InvalidItemsError(
      `retry: no execution ${show(execution)} of this fleet has a list of items: ${uri} does not exist`,
    );
  }
  for await (const { place, value } of itemsOf(await open(client, uri), { format: 'JSON_LINES', uri })) {
    const { id, input, defaulted = [], startsFromLastSuccess } = value as Row;
    if (succeeded.has(id)) continue;
    const given = Object.entries(input).filter(
      ([name]) => !(startsFromLastSuccess && name === 'warmStartFrom'),
    );
    const [defaults, own] = [true, false].map((isDefault) =>
      Object.fromEntries(given.filter(([name]) => defaulted.includes(name) === isDefault)),
    );
    yield { place, value: { id, ...own }, defaults: defaults ?? {} };
  }
}

/**
 * The IDs of the items that are known to have succeeded. An execution has no summary if its Map wrote no results, for
 * example because the execution was stopped.
 */
async function succeededIn(client: S3Client, summary: string): Promise<ReadonlySet<string>> {
  if (!(await hasObject(client, locationOf(summary)))) return new Set();
  const { results } = parsed(await text(await open(client, summary)), summary) as {
    results: readonly { id: string; status: string }[];
  };
  return new Set(results.filter(({ status }) => status === 'SUCCEEDED').map(({ id }) => id));
}

/** An item for each folder directly below a prefix. */
async function* foldersIn(client: S3Client, event: ListFleetItemsEvent): AsyncGenerator<ListedItem> {
  const location = locationOf(event.source.uri);
  for await (const { CommonPrefixes: folders = [] } of pagesOf(client, location, '/')) {
    const items: (ListedItem | undefined)[] = [];
    await inParallel(folders.entries(), PARALLEL_FOLDERS, async ([index, { Prefix: folder = '' }]) => {
      items[index] = await folderItem(client, event, folder.slice(location.key.length));
    });
    for (const item of items) if (item) yield item;
  }
}

/**
 * The item of a folder, whose data is in subfolders. If all items share data, the item has its own data only if the
 * subfolder contains data. A folder that contains shared data but no training data is not an item.
 */
async function folderItem(
  client: S3Client,
  { input, source, dataFields, sharedData }: ListFleetItemsEvent,
  folder: string,
): Promise<ListedItem | undefined> {
  const dataIn = (field: string) => `${source.uri}${folder}${field}/`;
  const shared = { ...sharedData, ...input.defaults };
  const data: Record<string, string> = {};
  for (const field of dataFields) {
    if (!(field in shared) || (await hasData(client, dataIn(field)))) data[field] = dataIn(field);
  }
  const isShared = dataFields.some((field) => String(shared[field]).startsWith(`${source.uri}${folder}`));
  if (isShared && !(await hasData(client, dataIn('train')))) return undefined;
  return {
    place: `folder ${locationOf(source.uri).key}${folder}`,
    value: { id: folder.slice(0, -1), ...data },
  };
}
