import { S3Client } from '@aws-sdk/client-s3';
import { parseEvent } from './event';
import { type Preparation, prepareFinalTraining } from './prepare-final-training';

// Region, credentials and endpoint come only from the environment. A bucket can be in a different region than the
// function.
const client = new S3Client({ followRegionRedirects: true });

/** Entry point of the Lambda function: prepares the final training of a tuning job. */
export async function handler(event: unknown): Promise<Preparation> {
  return prepareFinalTraining(client, parseEvent(event));
}
