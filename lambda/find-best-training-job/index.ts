import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { parseEvent } from './event';
import { findBestTrainingJob } from './find-best-training-job';
import type { FindBestTrainingJobResult } from './types';

// Region, credentials and endpoint come only from the environment. All clients in the account share SageMaker's low request
// quotas for Describe* and List*. With eight attempts, the client retries for up to about a minute.
const client = new SageMakerClient({ maxAttempts: 8 });

/** Entry point of the Lambda function: finds the best training job of a tuning job. */
export async function handler(event: unknown): Promise<FindBestTrainingJobResult> {
  return findBestTrainingJob(client, parseEvent(event));
}
