import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { parseEvent } from './event';
import { type SummarizeFleetResult, summarizeFleet } from './summarize-fleet';

// Region, credentials and endpoint come only from the environment. A bucket can be in a different region than the
// function. The function reads thousands of reports, so S3 can throttle its requests.
const client = new S3Client({ followRegionRedirects: true, maxAttempts: 8 });

/** Entry point of the Lambda function: writes the summary of a fleet. */
export async function handler(event: unknown): Promise<SummarizeFleetResult | undefined> {
  const asset = (name: string) => readFileSync(join(__dirname, name), 'utf8');
  return summarizeFleet(client, parseEvent(event), { css: asset('style.css'), js: asset('page.js') });
}
