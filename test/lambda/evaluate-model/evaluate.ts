import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { type EvaluateModelResult, evaluateModel } from '../../../lambda/evaluate-model/evaluate-model';
import { parseEvent } from '../../../lambda/evaluate-model/event';
import { ENVIRONMENT, startS3, startSageMaker, type Wire } from '../wire-server';

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

/** Evaluates with the objects of the bucket `data`, and with operations of SageMaker. */
export async function evaluate(
  event: Wire,
  objects: Readonly<Record<string, string | Buffer>>,
  operations: Readonly<Record<string, (input: Wire) => Wire>> = {},
): Promise<Evaluated> {
  const [server, sagemakerServer] = await Promise.all([
    startS3('data', objects, 2),
    startSageMaker(operations),
  ]);
  Object.assign(process.env, ENVIRONMENT);
  const s3 = new S3Client({ endpoint: server.endpoint, forcePathStyle: true });
  const sagemaker = new SageMakerClient({ endpoint: sagemakerServer.endpoint, maxAttempts: 1 });
  try {
    const result = await evaluateModel({ s3, sagemaker }, parseEvent({ ...EVENT, ...event }));
    const put = server.calls.find(({ operation }) => operation === 'PutObject')?.input;
    expect(put).toMatchObject({ Key: 'evaluations/job/evaluation.json' });
    return { ...result, file: JSON.parse(String(put?.['Body'])), kmsKey: put?.['KmsKey'] };
  } finally {
    s3.destroy();
    sagemaker.destroy();
    await Promise.all([server.close(), sagemakerServer.close()]);
  }
}

/** Evaluates rows of one file. */
export function evaluateRows(
  event: Wire,
  csv: string,
  operations: Readonly<Record<string, (input: Wire) => Wire>> = {},
  more: Readonly<Record<string, string>> = {},
): Promise<Evaluated> {
  return evaluate(event, { 'evaluations/job/predictions/test.csv.out': csv, ...more }, operations);
}
