import { createHash } from 'node:crypto';
import { invalidArgument } from './invalid-argument';

const DIGEST_BYTES = 8;

/** A continuation token: where the page before ended, in a form that nobody but S3 can read anything into. */
export function pageToken(last: string): string {
  return Buffer.concat([digest(last), Buffer.from(last)]).toString('base64url');
}

/** Where the page before ended. @throws AwsError InvalidArgument for a token that was not made here */
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
