import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { type EvaluateModelResult, evaluateModel } from '../../../lambda/evaluate-model/evaluate-model';
import { parseEvent } from '../../../lambda/evaluate-model/event';
import { startSageMaker, type Wire } from '../wire-server';
import { withS3 } from '../with-s3';

export const EVENT = {
  predictions: 's3://data/evaluations/job/predictions/',
  columns: ['label', 'prediction'],
  problem: { type: 'Regression' },
  statistics: 's3://data/evaluations/job/evaluation.json',
};

export interface Evaluated extends EvaluateModelResult {
  /** The content of `evaluation.json`. */
  readonly file: Wire;
  /** The KMS key of `evaluation.json`. */
  readonly kmsKey: unknown;
}

/**
 * Calls the function with fake services: a bucket `data` with the given objects, and SageMaker with the given
 * operations.
 */
export async function evaluate(
  event: Wire,
  objects: Readonly<Record<string, string | Buffer>>,
  operations: Readonly<Record<string, (input: Wire) => Wire>> = {},
): Promise<Evaluated> {
  const server = await startSageMaker(operations);
  return withS3(objects, async (s3, calls) => {
    const sagemaker = new SageMakerClient({ endpoint: server.endpoint, maxAttempts: 1 });
    try {
      const result = await evaluateModel({ s3, sagemaker }, parseEvent({ ...EVENT, ...event }));
      const put = calls.find(({ operation }) => operation === 'PutObject')?.input;
      expect(put).toMatchObject({ Key: 'evaluations/job/evaluation.json' });
      return { ...result, file: JSON.parse(String(put?.['Body'])), kmsKey: put?.['KmsKey'] };
    } finally {
      sagemaker.destroy();
      await server.close();
    }
  });
}

/** Calls the function with the predictions in one file. */
export function evaluateRows(
  event: Wire,
  csv: string,
  operations: Readonly<Record<string, (input: Wire) => Wire>> = {},
  more: Readonly<Record<string, string>> = {},
): Promise<Evaluated> {
  return evaluate(event, { 'evaluations/job/predictions/test.csv.out': csv, ...more }, operations);
}
