import { AwsError } from '../aws-error';
import type { WireRequest } from '../endpoint/protocol';
import { checksumMember } from './checksums';
import { S3_MODEL } from './s3-model';

/** Headers that describe how the body is sent. The code that reads the body checks them. */
const TRANSPORT = ['content-length', 'x-amz-sdk-checksum-algorithm'];

/** Standard headers that change the meaning of a request. */
const CONDITIONS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'range'];

/** The `x-amz-` headers of all operations in the service model. */
const KNOWN_HEADERS: ReadonlySet<string> = new Set(
  Object.keys(S3_MODEL.operations).flatMap((operation) =>
    headersOf(operation).filter((name) => name.startsWith('x-amz-')),
  ),
);

function headersOf(operation: string): string[] {
  const places = S3_MODEL.placesOf(S3_MODEL.binding(operation).input);
  return places.flatMap(({ location, name }) => (location === 'header' ? [name] : []));
}

/** @throws AwsError NotImplemented for a header of S3 that this operation does not support */
export function refuseForeignHeaders(operation: string, { headers }: WireRequest): void {
  const own = headersOf(operation);
  const foreign = Object.keys(headers).find(
    (name) =>
      (KNOWN_HEADERS.has(name) || CONDITIONS.includes(name)) &&
      !TRANSPORT.includes(name) &&
      !own.includes(name) &&
      checksumMember(name) === undefined,
  );
  if (foreign !== undefined) {
    throw new AwsError(
      'NotImplemented',
      `A header you provided implies functionality that is not implemented: s3:${operation} does not support ${foreign}`,
      501,
      { Header: foreign },
    );
  }
}
