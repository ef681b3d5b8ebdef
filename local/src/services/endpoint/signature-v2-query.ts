import { createHmac } from 'node:crypto';
import type { CredentialStore } from '../credentials';
import type { Principal } from '../principal';
import { equalInConstantTime } from './equal-in-constant-time';
import type { Refusals } from './refusals';
import type { RequestHead } from './request-head';

/** Query parameters that the signature covers, because they are part of the resource. */
const SUBRESOURCES = [
  ...[
    'acl',
    'delete',
    'location',
    'logging',
    'partNumber',
    'policy',
    'tagging',
    'torrent',
    'uploadId',
    'uploads',
  ],
  ...[
    'versionId',
    'versioning',
    'versions',
    'website',
    'cors',
    'lifecycle',
    'notification',
    'requestPayment',
    'restore',
  ],
  ...['response-cache-control', 'response-content-disposition', 'response-content-encoding'],
  ...['response-content-language', 'response-content-type', 'response-expires'],
];

/**
 * Whether a request is a presigned URL with a Signature Version 2, which boto3 creates by default in older
 * regions such as us-east-1. Other uses of version 2 are not implemented.
 */
export function hasQueryV2({ headers, query }: RequestHead): boolean {
  return headers.authorization === undefined && query.has('AWSAccessKeyId') && query.has('Signature');
}

/**
 * Verifies a presigned URL with a Signature Version 2.
 *
 * @see "Signing and authenticating REST requests (AWS signature version 2)" of the S3 user guide
 * @throws AwsError with S3's codes
 */
export function verifyQueryV2(
  head: RequestHead,
  refusals: Refusals,
  credentials: CredentialStore,
  now: Date,
): Principal {
  const accessKeyId = head.query.get('AWSAccessKeyId') ?? '';
  const known = credentials.find(accessKeyId);
  if (known === undefined) {
    throw refusals.unknownKey(accessKeyId);
  }
  const { secretAccessKey, sessionToken } = known.credentials;
  if (!equalInConstantTime(amzValues(head).get('x-amz-security-token') ?? '', sessionToken)) {
    throw refusals.wrongToken();
  }
  const expires = head.query.get('Expires') ?? '';
  if (!/^\d{1,12}$/.test(expires)) {
    throw refusals.malformed(`Expires must be a time in seconds since 1970, got "${expires}"`, 'query');
  }
  const until = new Date(Number(expires) * 1000);
  if (until < now) {
    throw refusals.expired(until, now);
  }
  const expected = createHmac('sha1', secretAccessKey).update(stringToSign(head, expires)).digest('base64');
  if (!equalInConstantTime(expected, head.query.get('Signature') ?? '')) {
    throw refusals.mismatch();
  }
  return known.principal;
}

function stringToSign(head: RequestHead, expires: string): string {
  const given = (name: string): string => String(head.headers[name] ?? head.query.get(name) ?? '');
  const amz = [...amzValues(head)]
    .filter(([name]) => name !== 'x-amz-date')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}:${value}\n`)
    .join('');
  return `${head.method}\n${given('content-md5')}\n${given('content-type')}\n${expires}\n${amz}${resourceOf(head)}`;
}

/** The AWS headers of a request. A presigned URL contains these headers in its query. */
function amzValues({ headers, query }: RequestHead): Map<string, string> {
  const inQuery = [...query].map(([name, value]) => [name.toLowerCase(), value] as const);
  const inHeaders = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return new Map([...inQuery, ...inHeaders].filter(([name]) => name.startsWith('x-amz-')));
}

function resourceOf({ path, query }: RequestHead): string {
  const parameters = [...query]
    .filter(([name]) => SUBRESOURCES.includes(name))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  return parameters.length === 0 ? path : `${path}?${parameters.join('&')}`;
}
