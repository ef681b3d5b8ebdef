import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { parseEvent } from './event';
import { readConfiguration, type StopJobsResult, stopJobs } from './stop-jobs';

// Region, credentials and endpoint come from the environment alone. List* of SageMaker shares low quotas of requests
// per second with everyone in the account: eight attempts back off for up to about a minute.
const client = new SageMakerClient({ maxAttempts: 8 });

/** Entry point of the Lambda function: stops the jobs of an execution that has ended without them. */
export async function handler(event: unknown): Promise<StopJobsResult> {
  const execution = parseEvent(event);
  const result = await stopJobs(client, readConfiguration(process.env), execution);
  console.info(JSON.stringify({ message: 'Stopped the jobs of an execution', ...execution, ...result }));
  return result;
}
