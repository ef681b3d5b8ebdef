import { createHash, createHmac } from 'node:crypto';
import type { RequestHead } from './request-head';

/** The signed parts of a request, according to its Signature Version 4. */
export interface SignedParts {
  /** Names of the signed headers in lower case, in the order of the signature. */
  readonly signedHeaders: readonly string[];
  /** SHA-256 of the body in hexadecimal, or a constant that replaces it. */
  readonly payloadHash: string;
  /** Whether the path is encoded a second time, as for all services except S3. */
  readonly encodesPath: boolean;
}

/**
 * The canonical form of a request, computed from the raw request (AWS General Reference, "Create a canonical
 * request"). A signed header that is missing counts as empty.
 */
export function canonicalRequest(head: RequestHead, parts: SignedParts): string {
  const path = parts.encodesPath ? head.path.split('/').map(encode).join('/') : head.path;
  return [
    head.method,
    path,
    canonicalQuery(head.rawQuery),
    ...parts.signedHeaders.map((name) => `${name}:${headerValue(head, name)}`),
    '',
    parts.signedHeaders.join(';'),
    parts.payloadHash,
  ].join('\n');
}

/** Computes signatures with the signing key of one day, region and service. */
export class SigningKey {
  private readonly key: Buffer;

  constructor(
    secretAccessKey: string,
    private readonly scope: { readonly day: string; readonly region: string; readonly service: string },
  ) {
    const { day, region, service } = scope;
    this.key = [day, region, service, 'aws4_request'].reduce<Buffer>(
      (key, text) => createHmac('sha256', key).update(text).digest(),
      Buffer.from(`AWS4${secretAccessKey}`),
    );
  }

  /**
   * @param algorithm `AWS4-HMAC-SHA256` for a request; chunks of a body use other names
   * @param date date of the request
   * @param lines the lines of the string to sign that follow the scope
   */
  public sign(algorithm: string, date: string, lines: readonly string[]): string {
    const { day, region, service } = this.scope;
    const text = [algorithm, date, `${day}/${region}/${service}/aws4_request`, ...lines].join('\n');
    return createHmac('sha256', this.key).update(text).digest('hex');
  }
}

/** SHA-256 in hexadecimal. Each character of a string is one byte, as in HTTP headers. */
export function sha256(content: string | Buffer): string {
  return createHash('sha256')
    .update(typeof content === 'string' ? Buffer.from(content, 'latin1') : content)
    .digest('hex');
}

/** Percent-encodes a string as in RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The query parameters sorted by encoded name and value, without the signature. */
function canonicalQuery(rawQuery: string): string {
  const parameters = rawQuery
    .split('&')
    .filter((parameter) => parameter !== '')
    .map((parameter) => {
      const [name = '', ...value] = parameter.split('=');
      return [encode(decode(name)), encode(decode(value.join('=')))] as const;
    })
    .filter(([name]) => name !== 'X-Amz-Signature');
  return parameters
    .map(([name, value]) => `${name}=${value}`)
    .sort((left, right) => compare(left.split('=')[0], right.split('=')[0]) || compare(left, right))
    .join('&');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The string is not valid UTF-8, so no client can have signed it.
    return text;
  }
}

function compare(left = '', right = ''): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function headerValue({ rawHeaders }: RequestHead, name: string): string {
  return rawHeaders
    .filter(([each]) => each === name)
    .map(([, value]) => value.trim().replace(/\s+/g, ' '))
    .join(',');
}
