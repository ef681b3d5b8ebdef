import { AwsError } from '../aws-error';
import type { CredentialStore, TemporaryCredentials } from '../credentials';
import type { Principal } from '../principal';
import { canonicalRequest, SigningKey, sha256 } from './canonical-request';
import { ChunkVerifier } from './chunk-signatures';
import { equalInConstantTime } from './equal-in-constant-time';
import type { Protocol } from './protocol';
import type { SignedPayload } from './request-body';
import type { RequestHead } from './request-head';
import { readClaims, type SignatureClaims } from './signature-claims';
import { hasQueryV2, verifyQueryV2 } from './signature-v2-query';

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Used in place of the body's hash if the body is not signed. */
const UNSIGNED = 'UNSIGNED-PAYLOAD';

/** Options for verifying signatures. */
export interface VerifierOptions {
  readonly credentials: CredentialStore;
  /** The region that requests must be signed for. */
  readonly region: string;
  readonly now: () => Date;
}

/** The signer of a request, and how the signature covers the body. */
export interface SignedRequest {
  readonly principal: Principal;
  readonly payload: SignedPayload;
}

/**
 * Verifies the signature of a request: finds its access key, and computes the signature again with the secret key.
 *
 * @param readBody reads the body, for requests that do not state its hash
 * @throws AwsError with the service's error codes
 */
export async function verifySignature(
  head: RequestHead,
  { service, refusals }: Protocol,
  readBody: () => Promise<Buffer>,
  options: VerifierOptions,
): Promise<SignedRequest> {
  const now = options.now();
  if (service === 's3' && hasQueryV2(head)) {
    const principal = verifyQueryV2(head, refusals, options.credentials, now);
    return { principal, payload: { kind: 'unsigned' } };
  }
  const claims = readClaims(head, refusals);
  const known = options.credentials.find(claims.accessKeyId);
  if (known === undefined) {
    throw refusals.unknownKey(claims.accessKeyId);
  }
  if (!equalInConstantTime(claims.sessionToken, known.credentials.sessionToken)) {
    throw refusals.wrongToken();
  }
  checkTimes(claims, refusals, now);
  if (claims.region !== options.region) {
    throw refusals.wrongRegion(claims.region, options.region);
  }
  const payloadHash = claimedPayload(head, claims) ?? sha256(await readBody());
  const key = signingKey(known.credentials, claims);
  const canonical = canonicalRequest(head, {
    signedHeaders: claims.signedHeaders,
    payloadHash,
    encodesPath: service !== 's3',
  });
  const expected = key.sign(ALGORITHM, claims.dateText, [sha256(canonical)]);
  if (!equalInConstantTime(expected, claims.signature)) {
    throw refusals.mismatch();
  }
  checkAllSigned(head, claims, refusals);
  return {
    principal: known.principal,
    payload: payloadOf(head, payloadHash, { service, refusals, claims, key }),
  };
}

function signingKey({ secretAccessKey }: TemporaryCredentials, claims: SignatureClaims): SigningKey {
  return new SigningKey(secretAccessKey, claims);
}

function checkTimes(
  { date, expiresSeconds }: SignatureClaims,
  refusals: Protocol['refusals'],
  now: Date,
): void {
  const { maxSkewMinutes } = refusals;
  const skew = now.getTime() - date.getTime();
  const isPresigned = expiresSeconds !== undefined;
  if (isPresigned && skew > expiresSeconds * 1000) {
    throw refusals.expired(new Date(date.getTime() + expiresSeconds * 1000), now);
  }
  if (Math.abs(skew) > maxSkewMinutes * 60_000 && !(isPresigned && skew > 0)) {
    throw refusals.skewed({ signed: date, now, maxSkewMinutes });
  }
}

/**
 * The payload hash as stated in the request; undefined if the request does not state it and the body must be
 * hashed.
 */
function claimedPayload({ headers, query }: RequestHead, claims: SignatureClaims): string | undefined {
  const named = headers['x-amz-content-sha256'] ?? query.get('X-Amz-Content-Sha256') ?? undefined;
  if (named !== undefined) {
    return String(named);
  }
  return claims.service === 's3' ? UNSIGNED : undefined;
}

/**
 * Refuses unsigned AWS headers, because anybody could have added them. The header with the body's hash
 * may be unsigned, because the hash is always part of the signature.
 */
function checkAllSigned(
  { headers }: RequestHead,
  { signedHeaders }: SignatureClaims,
  refusals: Protocol['refusals'],
): void {
  const unsigned = Object.keys(headers).filter(
    (name) => name.startsWith('x-amz-') && name !== 'x-amz-content-sha256' && !signedHeaders.includes(name),
  );
  if (unsigned.length > 0) {
    throw refusals.unsignedHeaders(unsigned);
  }
}

interface Verified {
  readonly service: string;
  readonly refusals: Protocol['refusals'];
  readonly claims: SignatureClaims;
  readonly key: SigningKey;
}

function payloadOf(
  { headers }: RequestHead,
  payloadHash: string,
  { service, refusals, claims, key }: Verified,
): SignedPayload {
  if (/^[0-9a-f]{64}$/.test(payloadHash)) {
    const mismatch = (): AwsError =>
      service === 's3'
        ? new AwsError(
            'XAmzContentSHA256Mismatch',
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
          )
        : refusals.mismatch();
    return { kind: 'sha256', digest: payloadHash, mismatch };
  }
  const [, isSigned, hasTrailer] =
    /^STREAMING-(?:UNSIGNED-PAYLOAD|(AWS4-HMAC-SHA256-PAYLOAD))(-TRAILER)?$/.exec(payloadHash) ?? [];
  if (service === 's3' && payloadHash === UNSIGNED) {
    return { kind: 'unsigned' };
  }
  if (service === 's3' && (isSigned !== undefined || hasTrailer !== undefined)) {
    const verifier = new ChunkVerifier(
      key,
      claims.dateText,
      claims.signature,
      hasTrailer !== undefined,
      refusals.mismatch,
    );
    return {
      kind: 'chunked',
      decodedLength: decodedLength(headers['x-amz-decoded-content-length']),
      ...(isSigned !== undefined && { verifier }),
    };
  }
  throw new AwsError(
    'InvalidRequest',
    `x-amz-content-sha256 must be the SHA-256 of the body${service === 's3' ? ', UNSIGNED-PAYLOAD or STREAMING-[UNSIGNED-PAYLOAD|AWS4-HMAC-SHA256-PAYLOAD][-TRAILER]' : ''}, got "${payloadHash}"`,
  );
}

function decodedLength(header: unknown): number {
  if (!/^\d+$/.test(String(header))) {
    throw new AwsError(
      'MissingContentLength',
      'You must provide the x-amz-decoded-content-length HTTP header.',
      411,
    );
  }
  return Number(header);
}
