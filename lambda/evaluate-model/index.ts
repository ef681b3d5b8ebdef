import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { type EvaluateModelResult, evaluateModel } from './evaluate-model';
import { parseEvent } from './event';

// Region, credentials and endpoint come only from the environment. A bucket can be in a different region than the
// function. All clients in the account share SageMaker's low request quotas for List* and Describe*.
const clients = {
  s3: new S3Client({ followRegionRedirects: true }),
  sagemaker: new SageMakerClient({ maxAttempts: 8 }),
};

/** Entry point of the Lambda function: evaluates a model on test data. */
export async function handler(event: unknown): Promise<EvaluateModelResult> {
  return evaluateModel(clients, parseEvent(event));
}
