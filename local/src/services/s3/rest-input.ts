import { AwsError } from '../aws-error';
import type { WireRequest } from '../endpoint/protocol';
import { ContentChecks, checksumMember } from './checksums';
import type { IncomingContent } from './object-content';
import { readXml } from './rest-xml';

/** The content encoding to store: without `aws-chunked`, which applies only to the request. */
export function contentEncoding(given: unknown): string | undefined {
  const kept = String(given ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== 'aws-chunked' && each !== '');
  return kept.length > 0 ? kept.join(',') : undefined;
}

/** The content of an object or a part, as a stream. */
export function contentFrom(request: WireRequest): IncomingContent {
  const { headers, body } = request;
  const isChunked = String(headers['content-encoding'] ?? '').includes('aws-chunked');
  if (isChunked && !String(headers['x-amz-content-sha256']).startsWith('STREAMING-')) {
    throw new AwsError(
      'InvalidArgument',
      'a body in the aws-chunked encoding needs x-amz-content-sha256: STREAMING-…',
    );
  }
  if (headers['transfer-encoding'] !== undefined && headers['x-amz-decoded-content-length'] === undefined) {
    throw new AwsError(
      'NotImplemented',
      'A header you provided implies functionality that is not implemented: S3 needs the length of the body',
      501,
      { Header: 'Transfer-Encoding' },
    );
  }
  const announcedTrailers = String(headers['x-amz-trailer'] ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  checkAlgorithm(request, announcedTrailers);
  return { stream: () => body.stream(), isFromClient: true, announcedTrailers, trailers: body.trailers };
}

/** The checksum that an SDK sends must use the algorithm that the SDK announces. */
function checkAlgorithm({ headers }: WireRequest, announced: readonly string[]): void {
  const algorithm = headers['x-amz-sdk-checksum-algorithm'];
  if (algorithm === undefined) {
    return;
  }
  const sent = [...Object.keys(headers), ...announced].filter((name) => checksumMember(name) !== undefined);
  if (sent.length === 0) {
    throw new AwsError(
      'InvalidRequest',
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  if (!sent.includes(`x-amz-checksum-${String(algorithm).toLowerCase()}`)) {
    throw new AwsError('InvalidRequest', 'Value for x-amz-sdk-checksum-algorithm header is invalid.');
  }
}

/** Reads a request's XML document into a structure of the service model; undefined if there is none. */
export async function readDocument(
  request: WireRequest,
  rootName: string,
  structure: string,
): Promise<Record<string, unknown> | undefined> {
  // Verifies the checksum of the body, which DeleteObjects requires. In CompleteMultipartUpload, checksums
  // describe the object instead.
  const content = contentFrom(request);
  const checks = new ContentChecks(
    rootName === 'CompleteMultipartUpload' ? {} : bodyChecksums(request),
    content.announcedTrailers,
  );
  const body = await request.body.read();
  checks.update(body);
  await checks.finish(content.trailers);
  return readXml(body.toString('utf8'), rootName, structure);
}

/** The checksums of a request's body, from the headers. */
function bodyChecksums({ headers }: WireRequest): Record<string, string> {
  const checksums = Object.entries(headers).flatMap(([name, value]) => {
    const member = checksumMember(name);
    return member === undefined ? [] : [[member, String(value)] as const];
  });
  return {
    ...(headers['content-md5'] !== undefined && { ContentMD5: String(headers['content-md5']) }),
    ...Object.fromEntries(checksums),
  };
}
