import { S3Client } from '@aws-sdk/client-s3';
import { type CheckTabularDataResult, checkTabularData } from './check-tabular-data';
import { parseEvent } from './event';

// Region, credentials and endpoint come only from the environment. A bucket can be in a different region than the
// function.
const client = new S3Client({ followRegionRedirects: true });

/** Entry point of the Lambda function: checks the data of an AutoML job before the job starts. */
export async function handler(event: unknown): Promise<CheckTabularDataResult> {
  const result = await checkTabularData(client, parseEvent(event));
  // Writes the details only to the log, to keep the result small.
  console.info(
    JSON.stringify({ message: 'No problems found that would make an AutoML job fail', ...result }),
  );
  return { ...result, columns: result.columns.slice(0, 100) };
}
