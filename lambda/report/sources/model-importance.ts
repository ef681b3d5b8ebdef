import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { ReportClients } from '../clients';
import { importanceOf } from '../model/feature-importance';
import { readTarEntry } from '../model/tar-entry';
import { parseXGBoostModel } from '../model/xgboost-model';
import type { FeatureImportance } from '../report-data';
import { locationOf } from '../s3-location';

/** Name of the model in the archive of SageMaker's XGBoost images. */
const MODEL_NAME = 'xgboost-model';
/** Bytes of a model that are read: twice as many have to fit into the function's memory. */
const MAX_MODEL_BYTES = 48 * 1024 * 1024;

/**
 * Importance of the features in a model of SageMaker's XGBoost.
 *
 * @throws Error that says why, where it cannot be told
 */
export async function readModelImportance(
  client: ReportClients['s3'],
  modelArtifacts: string,
  signal: AbortSignal,
): Promise<FeatureImportance> {
  const { bucket, key } = locationOf(modelArtifacts);
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
    abortSignal: signal,
  });
  const body = Body as Readable;
  const unpacked = body.pipe(createGunzip());
  body.on('error', (error) => unpacked.destroy(error));
  try {
    const { content, names } = await readTarEntry(unpacked, (name) => name === MODEL_NAME, MAX_MODEL_BYTES);
    if (content === undefined) {
      throw new Error(`the archive has no ${MODEL_NAME}, but ${names.slice(0, 5).join(', ') || 'nothing'}`);
    }
    const model = parseXGBoostModel(content);
    if (model.trees.length === 0) throw new Error(`a booster of the type ${model.booster} has no trees`);
    return importanceOf(model);
  } finally {
    unpacked.destroy();
    body.destroy();
  }
}
