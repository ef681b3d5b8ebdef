import type { S3Client } from '@aws-sdk/client-s3';
import type { PageAssets } from '../../local/src/markup/page';
import { type ItemFingerprint, SKIPPED_ITEMS } from '../shared/fleet-success';
import { putObject } from '../shared/put-object';
import { locationOf } from '../shared/s3-location';
import { hasObject } from '../shared/s3-objects';
import type { Usage } from '../shared/usage';
import type { SummarizeFleetEvent } from './event';
import { type FleetSummary, type ItemResult, SCHEMA_VERSION } from './fleet-data';
import { itemOf, type ListedItem, resultOf } from './item-result';
import { renderPage } from './page/render-page';
import { withReports } from './read-reports';
import { findManifest, LAST_FILE, readLines, readResults } from './read-results';
import { recordSuccesses } from './record-successes';
import { renderCsv } from './render-csv';
import { summarize, worstFirst } from './summarize';

/** Result of the function, which is the output of the execution. */
export interface SummarizeFleetResult {
  readonly fleet: FleetSummary & {
    /** S3 URIs of the page and its data. */
    readonly summary: string;
    readonly csv: string;
    readonly json: string;
    /** S3 URI of the manifest that lists the Map state's results. Missing if all items were skipped. */
    readonly results?: string;
  };
}

/**
 * Reads the results of a fleet, one item at a time, and writes its summary and the records of the items that succeeded.
 * Returns undefined if there are no results to summarize.
 */
export async function summarizeFleet(
  client: S3Client,
  event: SummarizeFleetEvent,
  assets: PageAssets,
): Promise<SummarizeFleetResult | undefined> {
  const { folder, encryptionKey } = event;
  const { bucket, key } = locationOf(folder);
  const manifest = event.manifest ?? (await findManifest(client, bucket, key));
  const skipped = await readSkipped(client, bucket, key);
  if (manifest === undefined && skipped.length === 0) return undefined;
  const run = manifest === undefined ? undefined : await readItems(client, bucket, key, manifest);
  if (run) await recordSuccesses(client, event, run.results, run.fingerprints);
  const results = await withReports(
    client,
    run?.results ?? [],
    event.warmStartFromPrevious ? run?.startedFromLastSuccess : undefined,
  );
  const costs = results.map((item) => withCost(item, run?.bounds.get(item.folder), event.pricePerSecond));
  const items = worstFirst([...costs, ...skipped]);
  const { quotas } = event;
  const fleet = { ...summarize(items), ...(quotas && { quotas }) };
  const put = (name: string, contentType: string, body: string) =>
    putObject(client, `${folder}${name}`, { body, contentType }, encryptionKey);
  const createdAt = new Date().toISOString();
  const execution = key.split('/').at(-2) ?? '';
  // Writes one file after the other, so that only one file is in memory.
  await put('fleet.csv', 'text/csv; charset=utf-8', renderCsv(items));
  await put(
    'fleet.json',
    'application/json',
    `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, createdAt, execution, ...fleet, results: items })}\n`,
  );
  const page = renderPage({ execution, createdAt, status: event.status, fleet, items }, assets);
  await put(LAST_FILE, 'text/html; charset=utf-8', page);
  return {
    fleet: {
      ...fleet,
      summary: `${folder}${LAST_FILE}`,
      csv: `${folder}fleet.csv`,
      json: `${folder}fleet.json`,
      ...(manifest !== undefined && { results: `s3://${bucket}/${manifest}` }),
    },
  };
}

/** The results of the items that were skipped. */
async function readSkipped(client: S3Client, bucket: string, key: string): Promise<ItemResult[]> {
  const file = `${key}${SKIPPED_ITEMS}`;
  if (!(await hasObject(client, { bucket, key: file }))) return [];
  const items: ItemResult[] = [];
  for await (const item of readLines<ItemResult>(client, bucket, file))
    items.push({ ...item, status: 'SKIPPED' });
  return items;
}

/** The results of the items to run, and data from the rows of these items, by folder. */
interface ReadItems {
  readonly results: ItemResult[];
  readonly fingerprints: ReadonlyMap<string, ItemFingerprint>;
  readonly bounds: ReadonlyMap<string, Usage>;
  readonly startedFromLastSuccess: ReadonlySet<string>;
}

/** The results of the items to run, in the order of the list. Items without a result were not started. */
async function readItems(
  client: S3Client,
  bucket: string,
  key: string,
  manifest: string,
): Promise<ReadItems> {
  const items = new Map<string, ItemResult>();
  const fingerprints = new Map<string, ItemFingerprint>();
  const bounds = new Map<string, Usage>();
  const startedFromLastSuccess = new Set<string>();
  for await (const item of readLines<ListedItem>(client, bucket, `${key}items.jsonl`)) {
    items.set(item.folder, resultOf(item, undefined));
    if (item.fingerprint) fingerprints.set(item.folder, item.fingerprint);
    if (item.bound) bounds.set(item.folder, item.bound);
    if (item.startsFromLastSuccess) startedFromLastSuccess.add(item.folder);
  }
  for await (const child of readResults(client, bucket, manifest)) {
    const item = itemOf(child);
    // After a redrive, an item can have several results, one for each attempt.
    if (items.get(item.folder)?.status !== 'SUCCEEDED') items.set(item.folder, resultOf(item, child));
  }
  return { results: [...items.values()], fingerprints, bounds, startedFromLastSuccess };
}

/** Adds the bound and the actual use of an item. */
function withCost(
  item: ItemResult,
  bound: Usage | undefined,
  pricePerSecond: number | undefined,
): ItemResult {
  if (bound === undefined) return item;
  const { instanceSeconds } = item;
  if (instanceSeconds === undefined) return { ...item, cost: { bound } };
  const price = pricePerSecond === undefined ? {} : { cost: instanceSeconds * pricePerSecond };
  return { ...item, cost: { bound, used: { instanceSeconds, ...price } } };
}
