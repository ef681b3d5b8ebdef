import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { parseEvent } from './event';
import { findBestTrainingJob } from './find-best-training-job';
import type { FindBestTrainingJobResult } from './types';

// Region, credentials and endpoint come from the environment alone. Describe* and List* of SageMaker share low quotas
// of requests per second with everyone in the account: eight attempts back off for up to about a minute.
const client = new SageMakerClient({ maxAttempts: 8 });

/** Entry point of the Lambda function: finds the best training job of a tuning job. */
export async function handler(event: unknown): Promise<FindBestTrainingJobResult> {
  return findBestTrainingJob(client, parseEvent(event));
}
