import { createHash } from 'node:crypto';
import { invalidArgument } from './invalid-argument';

const DIGEST_BYTES = 8;

/** An opaque continuation token that contains the last item of the previous page. */
export function pageToken(last: string): string {
  return Buffer.concat([digest(last), Buffer.from(last)]).toString('base64url');
}

/** The last item of the previous page. @throws AwsError InvalidArgument for a token that S3 did not return */
export function readPageToken(token: string): string {
  const bytes = Buffer.from(token, 'base64url');
  const last = bytes.subarray(DIGEST_BYTES).toString();
  if (pageToken(last) !== token) {
    throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect');
  }
  return last;
}

function digest(last: string): Buffer {
  return createHash('sha256').update(`continuation token ${last}`).digest().subarray(0, DIGEST_BYTES);
}
