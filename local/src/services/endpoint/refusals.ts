import { AwsError } from '../aws-error';

/** Details for an error about a signature whose time differs too much from the current time. */
export interface SkewedTimes {
  readonly signed: Date;
  readonly now: Date;
  readonly maxSkewMinutes: number;
}

/**
 * A protocol's errors for requests that are not correctly signed. Codes, messages and HTTP statuses differ between
 * protocols. The values come from issues of aws-sdk-js, aws-sdk-php, aws-cli, localstack and versitygw. Some
 * messages contain a hint about a mistake that is likely with local mode.
 */
export interface Refusals {
  /** Maximum difference between the date of a request and the current time. */
  readonly maxSkewMinutes: number;
  /** The signature is missing. */
  missing(): AwsError;
  /** The signature, in the Authorization header or in the query, cannot be parsed. */
  malformed(problem: string, place?: 'header' | 'query'): AwsError;
  unknownKey(accessKeyId: string): AwsError;
  wrongToken(): AwsError;
  mismatch(): AwsError;
  skewed(times: SkewedTimes): AwsError;
  wrongRegion(given: string, expected: string): AwsError;
  wrongService(expected: string): AwsError;
  unsignedHeaders(names: readonly string[]): AwsError;
  /** A presigned URL has expired. */
  expired(since: Date, now: Date): AwsError;
  /** Too many requests. */
  throttled(): AwsError;
}

const HINT = 'use the access keys that local mode printed for this run';
const INVALID_TOKEN = `The security token included in the request is invalid: ${HINT}.`;
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.';
const UNSIGNED = 'There were headers present in the request which were not signed';

/** Error codes of a protocol other than S3's. */
interface Codes {
  readonly status: number;
  readonly maxSkewMinutes: number;
  readonly missing: string;
  readonly malformed: string;
  readonly unknownKey: string;
  readonly mismatch: string;
  readonly throttled: readonly [code: string, status: number];
}

function refusalsWith({ status, maxSkewMinutes, ...codes }: Codes): Refusals {
  const mismatch = (message: string): AwsError => new AwsError(codes.mismatch, message, status);
  return {
    maxSkewMinutes,
    missing: () => new AwsError(codes.missing, 'Missing Authentication Token', status),
    malformed: (problem) => new AwsError(codes.malformed, problem, status),
    unknownKey: () => new AwsError(codes.unknownKey, INVALID_TOKEN, status),
    wrongToken: () => new AwsError(codes.unknownKey, INVALID_TOKEN, status),
    mismatch: () => mismatch(MISMATCH),
    skewed: (times) => mismatch(describeSkew(times)),
    wrongRegion: (given, expected) =>
      mismatch(
        `Credential should be scoped to a valid region, not '${given}': local mode is in '${expected}'.`,
      ),
    wrongService: (expected) => mismatch(`Credential should be scoped to correct service: '${expected}'.`),
    unsignedHeaders: (names) => mismatch(`${UNSIGNED}: ${names.join(', ')}`),
    throttled: () => new AwsError(codes.throttled[0], 'Rate exceeded', codes.throttled[1]),
    expired: (since, now) =>
      mismatch(`Signature expired: ${compact(since)} is now earlier than ${compact(now)}`),
  };
}

const JSON_CODES = {
  maxSkewMinutes: 5,
  missing: 'MissingAuthenticationTokenException',
  malformed: 'IncompleteSignatureException',
  unknownKey: 'UnrecognizedClientException',
  mismatch: 'InvalidSignatureException',
} as const;

/** Errors of the AWS JSON protocols 1.0 and 1.1 (SageMaker, Step Functions). The HTTP status is always 400. */
export const JSON_REFUSALS = refusalsWith({
  ...JSON_CODES,
  status: 400,
  throttled: ['ThrottlingException', 400],
});

/** Lambda. */
export const REST_JSON_REFUSALS = refusalsWith({
  ...JSON_CODES,
  status: 403,
  throttled: ['TooManyRequestsException', 429],
});

/** STS. */
export const QUERY_REFUSALS = refusalsWith({
  status: 403,
  maxSkewMinutes: 15,
  missing: 'MissingAuthenticationToken',
  malformed: 'IncompleteSignature',
  unknownKey: 'InvalidClientTokenId',
  mismatch: 'SignatureDoesNotMatch',
  throttled: ['Throttling', 400],
});

/** S3. */
export const S3_REFUSALS: Refusals = {
  maxSkewMinutes: 15,
  missing: () =>
    new AwsError(
      'AccessDenied',
      'Access Denied: the request has no signature, and local mode allows no anonymous requests',
      403,
    ),
  malformed: (problem, place = 'header') =>
    place === 'header'
      ? new AwsError('AuthorizationHeaderMalformed', `The authorization header is malformed; ${problem}`)
      : new AwsError('AuthorizationQueryParametersError', problem),
  unknownKey: (AWSAccessKeyId) =>
    new AwsError(
      'InvalidAccessKeyId',
      `The AWS Access Key Id you provided does not exist in our records: ${HINT}.`,
      403,
      { AWSAccessKeyId },
    ),
  wrongToken: () =>
    new AwsError('InvalidToken', `The provided token is malformed or otherwise invalid: ${HINT}.`),
  mismatch: () => new AwsError('SignatureDoesNotMatch', MISMATCH, 403),
  skewed: ({ signed, now, maxSkewMinutes }) =>
    new AwsError(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      403,
      {
        RequestTime: compact(signed),
        ServerTime: now.toISOString(),
        MaxAllowedSkewMilliseconds: String(maxSkewMinutes * 60_000),
      },
    ),
  wrongRegion: (given, Region) =>
    new AwsError(
      'AuthorizationHeaderMalformed',
      `The authorization header is malformed; the region '${given}' is wrong; expecting '${Region}'`,
      400,
      { Region },
    ),
  wrongService: (expected) =>
    new AwsError('AccessDenied', `the request must be signed for the service ${expected}`, 403),
  unsignedHeaders: (names) =>
    new AwsError('AccessDenied', UNSIGNED, 403, { HeadersNotSigned: names.join(', ') }),
  throttled: () => new AwsError('SlowDown', 'Please reduce your request rate.', 503),
  expired: (since, now) =>
    new AwsError('AccessDenied', 'Request has expired', 403, {
      Expires: since.toISOString(),
      ServerTime: now.toISOString(),
    }),
};

function describeSkew({ signed, now, maxSkewMinutes }: SkewedTimes): string {
  const isOld = signed < now;
  const limit = new Date(now.getTime() + (isOld ? -1 : 1) * maxSkewMinutes * 60_000);
  return isOld
    ? `Signature expired: ${compact(signed)} is now earlier than ${compact(limit)} (${compact(now)} - ${maxSkewMinutes} min.)`
    : `Signature not yet current: ${compact(signed)} is still later than ${compact(limit)} (${compact(now)} + ${maxSkewMinutes} min.)`;
}

/** A time in the format of signatures: `20260101T120000Z`. */
export function compact(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d+/g, '');
}
