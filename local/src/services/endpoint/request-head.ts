import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request without its body. */
export interface RequestHead {
  readonly method: string;
  /** Path as sent: percent-encoded, without the query. */
  readonly path: string;
  /** Query as sent, without the question mark. */
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Headers as sent, with names in lower case. A repeated header has several entries. */
  readonly rawHeaders: readonly (readonly [name: string, value: string])[];
}

/** Query parameters that belong to a signature, not to an operation. */
const SIGNATURE_PARAMETERS = [
  ...['x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-expires', 'x-amz-signedheaders'],
  ...['x-amz-signature', 'x-amz-security-token', 'x-amz-content-sha256'],
];
const SIGNATURE_V2_PARAMETERS = ['AWSAccessKeyId', 'Signature', 'Expires', 'content-md5', 'content-type'];

/** Reads the head of an incoming request. */
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
 * Matches checksum parameters in the query of a presigned URL. S3 ignores them. The SDK for JavaScript adds the
 * checksum of an empty body (localstack/localstack#12169, aws/aws-sdk#480).
 */
const IGNORED_PARAMETERS = /^x-amz-(checksum-.*|sdk-checksum-algorithm)$/;

/**
 * The head of a request without its signature. SDKs move AWS's headers into the query of a presigned URL; this function
 * moves them back.
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
