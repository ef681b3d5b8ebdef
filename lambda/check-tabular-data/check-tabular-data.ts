import type { S3Client } from '@aws-sdk/client-s3';
import { listObjects, openObject, type S3Object } from '../shared/s3-objects';
import { checkHeader } from './check-header';
import { checkTarget, TargetValues } from './check-target';
import { InvalidTrainingData } from './errors';
import type { CheckTabularDataEvent } from './event';
import { checkFormat } from './file-format';
import { type Budget, readRecords } from './read-records';

/** Maximum amount of training data to read, in decompressed bytes. */
export const READ_BUDGET_BYTES = 64 * 1024 * 1024;

/** Maximum number of pages of objects to list. */
const MAX_PAGES = 5;

/** Maximum number of files whose headers are compared. */
const MAX_HEADERS = 100;

/** How much of the data was checked. */
export interface CheckTabularDataResult {
  /** Whether the content was checked. False for Parquet files, whose content is not checked. */
  readonly contentChecked: boolean;
  /** Whether all training data was read. If not, the unread part can still have problems. */
  readonly complete: boolean;
  readonly objects: number;
  readonly rows: number;
  readonly columns: readonly string[];
}

/**
 * Checks tabular data for problems that would make an AutoML job fail after several paid minutes.
 *
 * Reports a problem only if it certainly exists. For example, a target with the same value in every row is a problem
 * only if all rows were read.
 *
 * @throws InvalidTrainingData with a message that describes the problem
 */
export async function checkTabularData(
  client: S3Client,
  event: CheckTabularDataEvent,
  budget: Budget = { bytes: READ_BUDGET_BYTES },
): Promise<CheckTabularDataResult> {
  const train = await objectsOf(client, 'train', event.train);
  const validation = event.validation && (await objectsOf(client, 'validation', event.validation));
  const [first] = train.objects as [S3Object];
  await checkFormat(client, first, event);
  if (validation) await checkFormat(client, validation.objects[0] as S3Object, event);
  if (!event.contentType.startsWith('text/csv')) {
    return { contentChecked: false, complete: false, objects: train.objects.length, rows: 0, columns: [] };
  }

  const columns = await readHeader(client, first, event);
  if (!columns)
    return { contentChecked: false, complete: false, objects: train.objects.length, rows: 0, columns: [] };
  checkHeader(columns, event, first.uri);
  const values = new TargetValues(columns.indexOf(event.target));
  const complete = await readTarget(client, train.objects, columns, event, budget, values);
  checkTarget(values, event, complete && !train.truncated);
  if (validation) {
    for (const object of validation.objects.slice(0, MAX_HEADERS)) {
      await checkSameHeader(client, object, columns, event);
    }
  }
  return {
    contentChecked: true,
    complete: complete && !train.truncated,
    objects: train.objects.length,
    rows: values.rows,
    columns,
  };
}

async function objectsOf(client: S3Client, field: string, uri: string) {
  const listing = await listObjects(client, uri, MAX_PAGES);
  if (listing.objects.length > 0) return listing;
  throw new InvalidTrainingData(
    `${field}: there is no object with content whose URI begins with ${uri}: upload the data there, or give another location`,
  );
}

/** Reads the rows of all files into `values`, up to the budget. Returns whether all rows were read. */
async function readTarget(
  client: S3Client,
  objects: readonly S3Object[],
  columns: readonly string[],
  event: CheckTabularDataEvent,
  budget: Budget,
  values: TargetValues,
): Promise<boolean> {
  let complete = true;
  for (const object of objects) {
    if (budget.bytes <= 0) return false;
    let header: readonly string[] | undefined;
    const end = await readRecords(
      await openObject(client, object),
      { gzip: event.gzip, budget },
      (record) => {
        if (header) values.add(record);
        else {
          header = record;
          requireSameHeader(object, record, columns);
        }
        return true;
      },
    );
    if (end.problem) console.warn(JSON.stringify({ message: 'Not read to the end', ...object, ...end }));
    complete &&= end.complete;
  }
  return complete;
}

/** The header of a file; undefined if the parser cannot read the file as CSV. */
async function readHeader(
  client: S3Client,
  object: S3Object,
  { gzip }: CheckTabularDataEvent,
): Promise<readonly string[] | undefined> {
  let header: readonly string[] | undefined;
  // 1 MiB is enough for a header with thousands of columns and for the next record, whose start marks the end of the
  // header.
  const budget = { bytes: 1024 * 1024 };
  const end = await readRecords(await openObject(client, object), { gzip, budget }, (record) => {
    header ??= record;
    return false;
  });
  if (end.problem) console.warn(JSON.stringify({ message: 'Header not read', ...object, ...end }));
  if (!header && end.complete) throw new InvalidTrainingData(`${object.uri} has no rows`);
  return header;
}

async function checkSameHeader(
  client: S3Client,
  object: S3Object,
  columns: readonly string[],
  event: CheckTabularDataEvent,
): Promise<void> {
  const header = await readHeader(client, object, event);
  if (header) requireSameHeader(object, header, columns);
}

function requireSameHeader({ uri }: S3Object, header: readonly string[], columns: readonly string[]): void {
  const missing = columns.filter((column) => !header.includes(column));
  const added = header.filter((column) => !columns.includes(column));
  if (missing.length === 0 && added.length === 0) return;
  const list = (names: readonly string[]) =>
    names
      .slice(0, 10)
      .map((name) => JSON.stringify(name))
      .join(', ');
  throw new InvalidTrainingData(
    [
      `All files need a header with the same columns, but that of ${uri}`,
      missing.length > 0 ? ` lacks ${list(missing)}` : '',
      missing.length > 0 && added.length > 0 ? ' and' : '',
      added.length > 0 ? ` has ${list(added)} in addition` : '',
    ].join(''),
  );
}
