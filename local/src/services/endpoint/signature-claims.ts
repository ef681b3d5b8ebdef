import type { Refusals } from './refusals';
import type { RequestHead } from './request-head';

/** The unverified claims of a Signature Version 4, from a header or the query. */
export interface SignatureClaims {
  readonly accessKeyId: string;
  /** Date in the signature's credential scope, as `YYYYMMDD`. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  /** Names in lower case. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly date: Date;
  /** The date as sent. */
  readonly dateText: string;
  readonly sessionToken: string;
  /** For a presigned URL: how long it is valid, in seconds from its date. */
  readonly expiresSeconds?: number;
}

const CREDENTIAL = /^([^/\s]+)\/(\d{8})\/([^/\s]+)\/([^/\s]+)\/aws4_request$/;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

/** Maximum validity of a presigned URL. */
const MAX_EXPIRES_SECONDS = 7 * 24 * 60 * 60;

/** The service that a request claims to be signed for. */
export function claimedService({ headers, query }: RequestHead): string | undefined {
  const [, credential] = /Credential=([^,\s]+)/.exec(headers.authorization ?? '') ?? [];
  return CREDENTIAL.exec(credential ?? query.get('X-Amz-Credential') ?? '')?.[4];
}

/**
 * Parses the signature of a request, from the Authorization header or from the query of a presigned URL.
 *
 * @throws AwsError when the signature is missing or cannot be parsed
 */
export function readClaims(head: RequestHead, refusals: Refusals): SignatureClaims {
  const isPresigned = head.query.has('X-Amz-Signature') || head.query.has('X-Amz-Algorithm');
  if (head.headers.authorization === undefined) {
    if (!isPresigned) {
      throw refusals.missing();
    }
    return fromQuery(head, refusals);
  }
  if (isPresigned) {
    throw refusals.malformed(
      'a request must not have both a signature in the query and an Authorization header',
    );
  }
  return fromHeaders(head, refusals);
}

function fromHeaders({ headers, rawHeaders }: RequestHead, refusals: Refusals): SignatureClaims {
  const authorization = headers.authorization ?? '';
  const [, credential = '', signedHeaders = '', signature = ''] = AUTHORIZATION.exec(authorization) ?? [];
  if (signature === '' || rawHeaders.filter(([name]) => name === 'authorization').length > 1) {
    throw authorization === ''
      ? refusals.missing()
      : refusals.malformed(
          'expected one header "AWS4-HMAC-SHA256 Credential=<key>/<day>/<region>/<service>/aws4_request, SignedHeaders=<names>, Signature=<64 hexadecimal digits>".',
        );
  }
  const names = signedHeaders.split(';');
  if (!names.includes('x-amz-date')) {
    throw refusals.malformed('the header x-amz-date is required and must be signed.');
  }
  return claims(
    {
      credential,
      names,
      signature,
      dateText: String(headers['x-amz-date'] ?? ''),
      sessionToken: String(headers['x-amz-security-token'] ?? ''),
    },
    refusals,
  );
}

function fromQuery({ query }: RequestHead, refusals: Refusals): SignatureClaims {
  const repeated = [...query.keys()].find(
    (name) => name.startsWith('X-Amz-') && query.getAll(name).length > 1,
  );
  const [signature = '', expires] = [query.get('X-Amz-Signature') ?? '', query.get('X-Amz-Expires') ?? ''];
  const isReadable = query.get('X-Amz-Algorithm') === 'AWS4-HMAC-SHA256' && /^[0-9a-f]{64}$/.test(signature);
  if (!isReadable || repeated !== undefined) {
    throw refusals.malformed(
      'a signature in the query requires X-Amz-Algorithm=AWS4-HMAC-SHA256, X-Amz-Credential, X-Amz-Date, X-Amz-Expires, X-Amz-SignedHeaders and X-Amz-Signature, each exactly once.',
      'query',
    );
  }
  const expiresSeconds = /^\d+$/.test(expires) ? Number(expires) : Number.NaN;
  if (!(expiresSeconds >= 1 && expiresSeconds <= MAX_EXPIRES_SECONDS)) {
    throw refusals.malformed(
      `X-Amz-Expires must be from 1 to ${MAX_EXPIRES_SECONDS} seconds (a week), got "${expires}".`,
      'query',
    );
  }
  const found = claims(
    {
      credential: query.get('X-Amz-Credential') ?? '',
      names: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
      signature,
      dateText: query.get('X-Amz-Date') ?? '',
      sessionToken: query.get('X-Amz-Security-Token') ?? '',
    },
    refusals,
  );
  return { ...found, expiresSeconds };
}

interface Texts {
  readonly credential: string;
  readonly names: readonly string[];
  readonly signature: string;
  readonly dateText: string;
  readonly sessionToken: string;
}

function claims({ credential, names, ...texts }: Texts, refusals: Refusals): SignatureClaims {
  const [, accessKeyId, day = '', region = '', service = ''] = CREDENTIAL.exec(credential) ?? [];
  if (accessKeyId === undefined) {
    throw refusals.malformed(
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  if (!names.includes('host')) {
    throw refusals.malformed('the header host must be signed.');
  }
  const date = parseDate(texts.dateText);
  if (date === undefined) {
    throw refusals.malformed(
      `the date of the signature must be like 20260101T120000Z, got "${texts.dateText}".`,
    );
  }
  if (!texts.dateText.startsWith(day)) {
    throw refusals.malformed(
      `the day in the credential scope ('${day}') differs from the day of the date ('${texts.dateText}').`,
    );
  }
  return { accessKeyId, day, region, service, signedHeaders: names, date, ...texts };
}

function parseDate(text: string): Date | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  const iso = match === null ? undefined : `${match.slice(1, 4).join('-')}T${match.slice(4).join(':')}Z`;
  return iso === undefined || Number.isNaN(Date.parse(iso)) ? undefined : new Date(iso);
}
