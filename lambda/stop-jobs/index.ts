import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { parseEvent } from './event';
import { readConfiguration, type StopJobsResult, stopJobs } from './stop-jobs';

// Region, credentials and endpoint come only from the environment. All clients in the account share SageMaker's low request
// quotas for List*. With eight attempts, the client retries for up to about a minute.
const client = new SageMakerClient({ maxAttempts: 8 });

/** Entry point of the Lambda function: stops the jobs that are still in progress after their execution has ended. */
export async function handler(event: unknown): Promise<StopJobsResult> {
  const execution = parseEvent(event);
  const result = await stopJobs(client, readConfiguration(process.env), execution);
  console.info(JSON.stringify({ message: 'Stopped the jobs of an execution', ...execution, ...result }));
  return result;
}
