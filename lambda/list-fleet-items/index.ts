import { S3Client } from '@aws-sdk/client-s3';
import { parseEvent } from './event';
import { type FleetList, listFleetItems } from './list-fleet-items';

// Region, credentials and endpoint come only from the environment. A bucket can be in a different region than the
// function.
const client = new S3Client({ followRegionRedirects: true });

/** Entry point of the Lambda function: lists the items of a fleet. */
export async function handler(event: unknown): Promise<FleetList> {
  return listFleetItems(client, parseEvent(event));
}
