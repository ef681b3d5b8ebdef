import type { S3Client } from '@aws-sdk/client-s3';
import {
  type ItemFingerprint,
  type ItemSuccess,
  successesFolder,
  successName,
} from '../shared/fleet-success';
import { inParallel } from '../shared/in-parallel';
import { writeJson } from '../shared/write-json';
import type { SummarizeFleetEvent } from './event';
import type { ItemResult } from './fleet-data';

/** Number of records that are written at the same time. */
const PARALLEL_WRITES = 20;

/**
 * Records the items that succeeded, so that a later execution can skip them.
 *
 * @param fingerprints fingerprints of the items before they ran, by folder
 */
export async function recordSuccesses(
  client: S3Client,
  { folder: execution, encryptionKey }: SummarizeFleetEvent,
  results: readonly ItemResult[],
  fingerprints: ReadonlyMap<string, ItemFingerprint>,
): Promise<void> {
  const successes = successesFolder(execution);
  await inParallel(results, PARALLEL_WRITES, async ({ instanceSeconds: _, ...result }) => {
    const fingerprint = fingerprints.get(result.folder);
    if (result.status !== 'SUCCEEDED' || fingerprint === undefined) return;
    const success: ItemSuccess = { fingerprint, result };
    await writeJson(client, `${successes}${successName(result.folder)}`, success, encryptionKey);
  });
}
