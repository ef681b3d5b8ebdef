import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { parseEvent } from './event';
import { findBestCandidate } from './find-best-candidate';
import type { FindBestCandidateResult } from './types';

// Region, credentials and endpoint come from the environment alone. Describe* and List* of SageMaker share low quotas
// of requests per second with everyone in the account: eight attempts back off for up to about a minute.
const client = new SageMakerClient({ maxAttempts: 8 });

/** Entry point of the Lambda function: finds the best candidate of an AutoML job. */
export async function handler(event: unknown): Promise<FindBestCandidateResult> {
  return findBestCandidate(client, parseEvent(event));
}
