import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request but for its body. */
export interface RequestHead {
  readonly method: string;
  /** Path as sent, still percent-encoded, without the query. */
  readonly path: string;
  /** Query as sent, without the question mark. */
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Headers as sent, names in lower case: signatures are over each of them. */
  readonly rawHeaders: readonly (readonly [name: string, value: string])[];
}

/** Parameters of signatures, which are no parameters of operations. */
const SIGNATURE_PARAMETERS = [
  ...['x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-expires', 'x-amz-signedheaders'],
  ...['x-amz-signature', 'x-amz-security-token', 'x-amz-content-sha256'],
];
const SIGNATURE_V2_PARAMETERS = ['AWSAccessKeyId', 'Signature', 'Expires', 'content-md5', 'content-type'];

/** The head of what came in. */
export function readHead(incoming: IncomingMessage): RequestHead {
  const [path = '/', ...query] = (incoming.url ?? '/').split('?');
  const rawQuery = query.join('?');
  const { rawHeaders } = incoming;
  return {
    method: incoming.method ?? 'GET',
    path,
    rawQuery,
    query: new URLSearchParams(rawQuery.replaceAll('+', '%2B')),
    headers: incoming.headers,
    rawHeaders: rawHeaders.flatMap((name, i) =>
      i % 2 === 0 ? [[name.toLowerCase(), rawHeaders[i + 1] ?? ''] as const] : [],
    ),
  };
}

/**
 * Checksums: S3 ignores those of a presigned URL's query. The SDK for JavaScript puts that of an empty body there
 * (localstack/localstack#12169, aws/aws-sdk#480).
 */
const IGNORED_PARAMETERS = /^x-amz-(checksum-.*|sdk-checksum-algorithm)$/;

/**
 * The head of a request without its signature. Headers of AWS's that a presigned URL has in its query, as SDKs put them
 * there, are headers.
 */
export function withoutSignature(head: RequestHead): RequestHead {
  const { query, headers } = head;
  const isV2 = query.has('AWSAccessKeyId') && query.has('Signature');
  if (!isV2 && !query.has('X-Amz-Signature')) {
    return head;
  }
  const isHeader = (name: string): boolean => name.toLowerCase().startsWith('x-amz-');
  const hoisted = [...query]
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(
      ([name]) => isHeader(name) && !SIGNATURE_PARAMETERS.includes(name) && !IGNORED_PARAMETERS.test(name),
    );
  return {
    ...head,
    query: new URLSearchParams(
      [...query].filter(([name]) => !isHeader(name) && !(isV2 && SIGNATURE_V2_PARAMETERS.includes(name))),
    ),
    headers: {
      ...Object.fromEntries(hoisted),
      ...headers,
    },
  };
}
