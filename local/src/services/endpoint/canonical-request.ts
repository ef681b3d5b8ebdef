import { createHash, createHmac } from 'node:crypto';
import type { RequestHead } from './request-head';

/** What a Signature Version 4 says of itself. */
export interface SignedParts {
  /** Names in lower case, in the order of the signature. */
  readonly signedHeaders: readonly string[];
  /** SHA-256 of the body in hexadecimal digits, or what stands for it. */
  readonly payloadHash: string;
  /** S3's paths are signed as they are sent; those of all other services are encoded once more. */
  readonly encodesPath: boolean;
}

/**
 * The canonical form of a request, from what was sent and not from what was made of it: AWS General Reference,
 * "Create a canonical request". A header that is signed and not there is empty.
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

/** Makes signatures with the key for one day, region and service. */
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
   * @param algorithm what is signed: `AWS4-HMAC-SHA256` for a request, others for the chunks of a body
   * @param date as the request has it
   * @param lines what follows the scope in the string to sign
   */
  public sign(algorithm: string, date: string, lines: readonly string[]): string {
    const { day, region, service } = this.scope;
    const text = [algorithm, date, `${day}/${region}/${service}/aws4_request`, ...lines].join('\n');
    return createHmac('sha256', this.key).update(text).digest('hex');
  }
}

/** SHA-256 in hexadecimal digits. A text is taken byte for byte, as headers come. */
export function sha256(content: string | Buffer): string {
  return createHash('sha256')
    .update(typeof content === 'string' ? Buffer.from(content, 'latin1') : content)
    .digest('hex');
}

/** Percent-encoding of RFC 3986, of bytes that were not understood as UTF-8 as well. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Parameters in the order of their encoded names, and values; the signature itself is not among them. */
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
    // No text: as it is, it cannot be what a client has signed.
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
