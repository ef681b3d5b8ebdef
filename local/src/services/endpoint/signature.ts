import { createHash, timingSafeEqual } from 'node:crypto';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { AwsError } from '../aws-error';
import type { CredentialStore } from '../credentials';
import type { Principal } from '../service';
import type { WireRequest } from './protocol';

/** How far a request's date may be from now, as on AWS. */
const MAX_CLOCK_SKEW_MS = 15 * 60 * 1000;

/** S3 lets clients sign a request without its body; here the body came over loopback anyway. */
const UNSIGNED_PAYLOADS = ['UNSIGNED-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'];

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/\s]+)\/(\d{8})\/([^/\s]+)\/([^/\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

/** Who signed a request, and for which service. */
export interface SignedBy {
  readonly principal: Principal;
  readonly service: string;
}

interface Claims {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly date: Date;
}

/**
 * The service that a request says it is signed for: tells in which format an error is to be rendered.
 * Nothing is checked.
 */
export function claimedService(request: WireRequest): string | undefined {
  return AUTHORIZATION.exec(request.headers.authorization ?? '')?.[4];
}

/**
 * Checks the Signature Version 4 of a request by signing it again with the key it names.
 *
 * @throws AwsError with the codes that AWS uses
 */
export async function verifySignature(
  request: WireRequest,
  credentials: CredentialStore,
  now: Date,
): Promise<SignedBy> {
  const claims = readClaims(request);
  const known = credentials.find(claims.accessKeyId);
  const token = request.headers['x-amz-security-token'];
  if (known === undefined || !equalInConstantTime(String(token ?? ''), known.credentials.sessionToken)) {
    throw new AwsError(
      known === undefined && claims.service === 's3' ? 'InvalidAccessKeyId' : 'UnrecognizedClientException',
      'The security token included in the request is invalid: use the keys that local mode printed for this run.',
      403,
    );
  }
  checkDate(claims, now);
  checkPayloadHash(request, claims.service);

  const signer = new SignatureV4({
    credentials: known.credentials,
    region: claims.region,
    service: claims.service,
    sha256: Sha256,
    uriEscapePath: claims.service !== 's3',
    applyChecksum: false,
  });
  const signed = await signer.sign(asSmithyRequest(request, claims), {
    signingDate: claims.date,
    signableHeaders: new Set(claims.signedHeaders),
  });
  const expected = AUTHORIZATION.exec(signed.headers['authorization'] ?? '');
  if (
    expected?.[5] !== claims.signedHeaders.join(';') ||
    !equalInConstantTime(expected[6] ?? '', claims.signature)
  ) {
    throw signatureMismatch(claims.service);
  }
  return { principal: known.principal, service: claims.service };
}

function readClaims(request: WireRequest): Claims {
  const match = AUTHORIZATION.exec(request.headers.authorization ?? '');
  if (match === null) {
    throw new AwsError(
      'MissingAuthenticationTokenException',
      'Missing Authentication Token: the request carries no AWS4-HMAC-SHA256 signature.',
      403,
    );
  }
  const [, accessKeyId = '', day = '', region = '', service = '', signedHeaders = '', signature = ''] = match;
  const date = parseAmzDate(String(request.headers['x-amz-date'] ?? ''));
  const names = signedHeaders.split(';');
  if (date === undefined || !names.includes('host') || !names.includes('x-amz-date')) {
    throw new AwsError(
      'IncompleteSignatureException',
      'The headers host and x-amz-date have to be there and have to be signed.',
      403,
    );
  }
  return { accessKeyId, day, region, service, signedHeaders: names, signature, date };
}

function parseAmzDate(text: string): Date | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  const iso = match === null ? undefined : `${match.slice(1, 4).join('-')}T${match.slice(4).join(':')}Z`;
  return iso === undefined || Number.isNaN(Date.parse(iso)) ? undefined : new Date(iso);
}

function checkDate(claims: Claims, now: Date): void {
  const dateText = claims.date.toISOString().slice(0, 10).replaceAll('-', '');
  if (Math.abs(now.getTime() - claims.date.getTime()) > MAX_CLOCK_SKEW_MS || dateText !== claims.day) {
    throw new AwsError(
      claims.service === 's3' ? 'RequestTimeTooSkewed' : 'RequestExpired',
      `Signature expired: the request is dated ${claims.date.toISOString()}, it is ${now.toISOString()} now.`,
      403,
    );
  }
}

function checkPayloadHash(request: WireRequest, service: string): void {
  const claimed = request.headers['x-amz-content-sha256'];
  if (claimed === undefined || (service === 's3' && UNSIGNED_PAYLOADS.includes(String(claimed)))) {
    return;
  }
  if (service === 's3' && String(claimed).startsWith('STREAMING-')) {
    throw new AwsError('NotImplemented', 'local mode does not have bodies with signed chunks in S3', 501);
  }
  if (claimed !== createHash('sha256').update(request.body).digest('hex')) {
    throw service === 's3'
      ? new AwsError(
          'XAmzContentSHA256Mismatch',
          "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )
      : signatureMismatch(service);
  }
}

function asSmithyRequest(request: WireRequest, claims: Claims) {
  const query: Record<string, string | string[]> = {};
  for (const key of new Set(request.query.keys())) {
    const values = request.query.getAll(key);
    query[key] = values.length === 1 ? (values[0] ?? '') : values;
  }
  const headers: Record<string, string> = {};
  for (const name of claims.signedHeaders) {
    const value = request.headers[name];
    if (value !== undefined) {
      headers[name] = Array.isArray(value) ? value.join(',') : value;
    }
  }
  return {
    method: request.method,
    protocol: 'http:',
    hostname: '127.0.0.1',
    path: request.path,
    query,
    headers,
    body: request.body,
  };
}

function signatureMismatch(service: string): AwsError {
  return new AwsError(
    service === 's3' ? 'SignatureDoesNotMatch' : 'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    403,
  );
}

function equalInConstantTime(left: string, right: string): boolean {
  // Hashed first: timingSafeEqual needs equal lengths, and the length must not show either.
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
