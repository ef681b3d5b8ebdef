import type { S3Client } from '@aws-sdk/client-s3';
import { type ItemFingerprint, type ItemSuccess, successesFolder } from '../shared/fleet-success';
import { inParallel } from '../shared/in-parallel';
import { rethrowTransient } from '../shared/transient-errors';
import { DataListing } from './data-listing';
import { InvalidItemsError } from './errors';
import type { LastSuccess, ListFleetItemsEvent } from './event';
import { fingerprintOf } from './fingerprint';
import { LastSuccesses } from './last-successes';
import { MAX_PROBLEMS, messageOf } from './problems';
import type { PlacedRow, Row } from './row';

/** Number of items that are compared at the same time. */
const PARALLEL_ITEMS = 20;

/** The result of comparing items with their last successes. `rows` and `skipped` keep the order of the items. */
export interface ComparedItems {
  /** The items to run. */
  readonly rows: readonly Row[];
  /** Results of the items that are skipped. */
  readonly skipped: readonly ItemSuccess['result'][];
}

/**
 * Compares items with their last successes. Separates the unchanged items from the items that must run. If the fleet
 * uses warm starts, each item that must run learns from the tuning job of its last success.
 *
 * @throws InvalidItemsError that lists the items whose data cannot be listed
 */
export async function compareItems(
  client: S3Client,
  { input, output }: ListFleetItemsEvent,
  lastSuccess: LastSuccess,
  items: readonly PlacedRow[],
): Promise<ComparedItems> {
  const problems: string[] = [];
  const skips = input.skipUnchanged ?? lastSuccess.data !== undefined;
  const listing = new DataListing(client);
  const successes = await LastSuccesses.in(client, successesFolder(output));
  const compared: ({ readonly row: Row } | { readonly skipped: ItemSuccess['result'] } | undefined)[] = [];
  await inParallel(items.entries(), PARALLEL_ITEMS, async ([index, { place, row }]) => {
    if (problems.length > MAX_PROBLEMS) return;
    try {
      const fingerprint = await fingerprintOf(row.input, lastSuccess, listing);
      const success = await successes.of(row.folder);
      compared[index] =
        skips && success && isUnchanged(fingerprint, success)
          ? { skipped: success.result }
          : {
              row: {
                ...row,
                ...(lastSuccess.warmStart && warmStart(row, fingerprint, success)),
                fingerprint,
              },
            };
    } catch (error) {
      rethrowTransient(error);
      problems.push(`${place}: ${(error as Error).message}`);
    }
  });
  if (problems.length > 0) throw new InvalidItemsError(messageOf(problems));
  return {
    rows: compared.flatMap((each) => (each && 'row' in each ? each.row : [])),
    skipped: compared.flatMap((each) => (each && 'skipped' in each ? each.skipped : [])),
  };
}

/**
 * Whether the data and the settings are the same as at the last success. Data that could not be hashed counts as
 * changed.
 */
function isUnchanged({ data, settings }: ItemFingerprint, { fingerprint: last }: ItemSuccess): boolean {
  return data !== undefined && data === last.data && settings === last.settings;
}

/**
 * The input of an item that learns from the tuning job of its last success. SageMaker refuses a parent with different
 * hyperparameters, so this is done only if the settings of the search are the same.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-warm-start.html
 */
function warmStart(
  { input }: Row,
  { search }: ItemFingerprint,
  success: ItemSuccess | undefined,
): Pick<Row, 'input' | 'startsFromLastSuccess'> | undefined {
  const { fingerprint: last, result: { tuningJob } = {} } = success ?? {};
  if (tuningJob === undefined || search !== last?.search || input['warmStartFrom'] !== undefined) {
    return undefined;
  }
  return { input: { ...input, warmStartFrom: [tuningJob] }, startsFromLastSuccess: true };
}
