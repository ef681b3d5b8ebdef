import { S3Client } from '@aws-sdk/client-s3';
import { type CheckTabularDataResult, checkTabularData } from './check-tabular-data';
import { parseEvent } from './event';

// Region, credentials and endpoint come from the environment alone. A bucket may be in another region.
const client = new S3Client({ followRegionRedirects: true });

/** Entry point of the Lambda function: looks into the data of an AutoML job before it starts. */
export async function handler(event: unknown): Promise<CheckTabularDataResult> {
  const result = await checkTabularData(client, parseEvent(event));
  // The log says what was looked at; the answer stays small.
  console.info(JSON.stringify({ message: 'Nothing found that an AutoML job would fail for', ...result }));
  return { ...result, columns: result.columns.slice(0, 100) };
}
