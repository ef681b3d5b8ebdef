import type { S3Client } from '@aws-sdk/client-s3';
import { readUnpacked } from '../shared/read-unpacked';
import { locationOf } from '../shared/s3-location';
import { openObject } from '../shared/s3-objects';
import { rethrowTransient } from '../shared/transient-errors';
import { BestIterationUnknownError } from './errors';

/**
 * Matches the attribute `best_iteration` of an XGBoost model. Its value is a string. In UBJSON (images 3.0-5 and newer)
 * and XGBoost's binary format (older images), the string is preceded by its length in 8 bytes. In JSON, it is quoted.
 *
 * @see https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html
 */
const ATTRIBUTE = /best_iteration(?:(?:SL)?[^ -~]{8}|":\s?")(\d{1,10})/;

/**
 * Number of characters at the end of a chunk that are searched again together with the next chunk. Must be longer than
 * any match.
 */
const OVERLAP = 64;

/**
 * Reads the best iteration, counted from 0, that early stopping wrote into a model of SageMaker's XGBoost. Searches the
 * archive as a stream, so that memory does not depend on the size of the model.
 *
 * @throws BestIterationUnknownError if the best iteration cannot be read
 */
export async function readBestIteration(
  client: S3Client,
  modelArtifacts: string | undefined,
): Promise<number> {
  if (modelArtifacts === undefined) {
    throw new BestIterationUnknownError(
      'the best training job left no model, so its best number of rounds is unknown',
    );
  }
  try {
    const found = await readUnpacked(await openObject(client, locationOf(modelArtifacts)), findIn);
    if (found !== undefined) return found;
  } catch (error) {
    rethrowTransient(error);
    throw new BestIterationUnknownError(`${modelArtifacts} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
  throw new BestIterationUnknownError(
    `the model ${modelArtifacts} has no best_iteration, although early stopping was enabled`,
  );
}

async function findIn(chunks: AsyncIterable<Buffer>): Promise<number | undefined> {
  let rest = '';
  for await (const chunk of chunks) {
    const text = rest + chunk.toString('latin1');
    const [, digits] = ATTRIBUTE.exec(text) ?? [];
    // If the number is at the end of this chunk, the next chunk can have more of its digits.
    if (digits !== undefined && !text.endsWith(digits)) return Number(digits);
    rest = text.slice(-OVERLAP);
  }
  const [, digits] = ATTRIBUTE.exec(rest) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
