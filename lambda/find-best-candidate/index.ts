import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { parseEvent } from './event';
import { findBestCandidate } from './find-best-candidate';
import type { FindBestCandidateResult } from './types';

// Region, credentials and endpoint come only from the environment. All clients in the account share SageMaker's low request
// quotas for Describe* and List*. With eight attempts, the client retries for up to about a minute.
const client = new SageMakerClient({ maxAttempts: 8 });

/** Entry point of the Lambda function: finds the best candidate of an AutoML job. */
export async function handler(event: unknown): Promise<FindBestCandidateResult> {
  return findBestCandidate(client, parseEvent(event));
}
