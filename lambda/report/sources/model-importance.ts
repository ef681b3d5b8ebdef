import { readUnpacked } from '../../shared/read-unpacked';
import { locationOf } from '../../shared/s3-location';
import { openObject } from '../../shared/s3-objects';
import type { ReportClients } from '../clients';
import { importanceOf } from '../model/feature-importance';
import { readTarEntry } from '../model/tar-entry';
import { parseXGBoostModel } from '../model/xgboost-model';
import type { FeatureImportance } from '../report-data';

/** File name of the model in the archives of SageMaker's XGBoost images. */
const MODEL_NAME = 'xgboost-model';
/** Maximum size of a model, in bytes. Twice this size must fit into the function's memory. */
const MAX_MODEL_BYTES = 48 * 1024 * 1024;

/**
 * Feature importance of a model of SageMaker's XGBoost.
 *
 * @throws Error with the reason, if the model cannot be read
 */
export async function readModelImportance(
  client: ReportClients['s3'],
  modelArtifacts: string,
  signal: AbortSignal,
): Promise<FeatureImportance> {
  return readUnpacked(await openObject(client, locationOf(modelArtifacts), signal), async (chunks) => {
    const { content, names } = await readTarEntry(chunks, (name) => name === MODEL_NAME, MAX_MODEL_BYTES);
    if (content === undefined) {
      throw new Error(
        `the archive has no ${MODEL_NAME}; it contains ${names.slice(0, 5).join(', ') || 'nothing'}`,
      );
    }
    const model = parseXGBoostModel(content);
    if (model.trees.length === 0) throw new Error(`a booster of the type ${model.booster} has no trees`);
    return importanceOf(model);
  });
}
