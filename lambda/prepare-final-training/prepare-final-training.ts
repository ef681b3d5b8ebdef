import type { S3Client } from '@aws-sdk/client-s3';
import { readBestIteration } from './best-iteration';
import type { PrepareFinalTrainingEvent } from './event';
import { writeManifest } from './write-manifest';

/** Input of the final training. */
export interface Preparation {
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** S3 URI of the manifest that lists the training data; null if no manifest was requested. */
  readonly train: string | null;
}

/**
 * Prepares the final training: lists its data in a manifest, and removes early stopping, which needs validation data.
 * Instead, uses the number of rounds that early stopping chose in the best training job.
 */
export async function prepareFinalTraining(
  client: S3Client,
  event: PrepareFinalTrainingEvent,
): Promise<Preparation> {
  const [hyperparameters, train] = await Promise.all([
    withoutEarlyStopping(client, event),
    event.data && event.manifest
      ? writeManifest(client, event.data, event.manifest, event.encryptionKey)
      : null,
  ]);
  return { hyperparameters, train };
}

async function withoutEarlyStopping(
  client: S3Client,
  { hyperparameters, earlyStopping, modelArtifacts }: PrepareFinalTrainingEvent,
): Promise<Readonly<Record<string, string>>> {
  if (earlyStopping === undefined || !(earlyStopping.patience in hyperparameters)) return hyperparameters;
  const { [earlyStopping.patience]: _patience, ...others } = hyperparameters;
  if (earlyStopping.rounds === undefined) return others;
  const bestIteration = await readBestIteration(client, modelArtifacts);
  // Iterations are counted from 0.
  return { ...others, [earlyStopping.rounds]: String(bestIteration + 1) };
}
