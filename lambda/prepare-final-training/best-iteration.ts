import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { locationOf } from '../shared/s3-location';
import { BestIterationUnknownError } from './errors';

/**
 * The attribute `best_iteration` of an XGBoost model, with its value, which is text. In UBJSON (images from 3.0-5 on) and
 * XGBoost's binary format (older images), the value's length precedes it as a number of 8 bytes; in JSON, quotation marks do.
 *
 * @see https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html
 */
const ATTRIBUTE = /best_iteration(?:(?:SL)?[^ -~]{8}|":\s?")(\d{1,10})/;

/** Longer than anything that matches; the end of one piece and the start of the next are read together. */
const OVERLAP = 64;

/**
 * Reads the best iteration, counted from 0, that early stopping wrote into a model of SageMaker's XGBoost. It is searched for in
 * the archive's stream, so that memory does not depend on the size of the model.
 *
 * @throws BestIterationUnknownError where it cannot be told
 */
export async function readBestIteration(
  client: S3Client,
  modelArtifacts: string | undefined,
): Promise<number> {
  if (modelArtifacts === undefined) {
    throw new BestIterationUnknownError('the best training job left no model with its best number of rounds');
  }
  const { bucket, key } = locationOf(modelArtifacts);
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const found = await findIn(Body as Readable);
    if (found !== undefined) return found;
  } catch (error) {
    throw new BestIterationUnknownError(`${modelArtifacts} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
  throw new BestIterationUnknownError(
    `the model ${modelArtifacts} has no best_iteration, although early stopping was on`,
  );
}

async function findIn(body: Readable): Promise<number | undefined> {
  const unpacked = body.pipe(createGunzip());
  body.on('error', (error) => unpacked.destroy(error));
  try {
    let rest = '';
    for await (const piece of unpacked) {
      const text = rest + (piece as Buffer).toString('latin1');
      const [, digits] = ATTRIBUTE.exec(text) ?? [];
      // The next piece can have further digits of a number at the end of this one.
      if (digits !== undefined && !text.endsWith(digits)) return Number(digits);
      rest = text.slice(-OVERLAP);
    }
    const [, digits] = ATTRIBUTE.exec(rest) ?? [];
    return digits === undefined ? undefined : Number(digits);
  } finally {
    unpacked.destroy();
    body.destroy();
  }
}
