import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { ChunkVerifier } from './chunk-signatures';

/** Maximum length of a line with a size, a signature or a trailing header. */
const MAX_LINE_BYTES = 16 * 1024;

/** How to read a body in the `aws-chunked` encoding. */
export interface ChunkedOptions {
  /** Verifies the signatures of chunks. Undefined if chunks are unsigned. */
  readonly verifier?: ChunkVerifier;
  /** Receives the trailing headers, with names in lower case. */
  readonly trailers: Record<string, string>;
}

/**
 * Decodes a body in the `aws-chunked` encoding, in which SDKs send streams to S3: `<hex
 * size>[;chunk-signature=<signature>]\r\n<data>\r\n … 0[;…]\r\n[<trailing headers>\r\n]\r\n`.
 *
 * Do not trust the output before it is complete: data is emitted before the signature of its chunk is verified.
 */
export async function* decodeAwsChunked(
  encoded: AsyncIterable<Buffer>,
  { verifier, trailers }: ChunkedOptions,
): AsyncGenerator<Buffer, void> {
  const reader = new ByteReader(encoded);
  for (;;) {
    const [, digits, signature] =
      /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec((await reader.line()) ?? '') ?? [];
    if (digits === undefined) {
      throw notChunked();
    }
    const size = Number.parseInt(digits, 16);
    const hash = createHash('sha256');
    for await (const data of reader.take(size)) {
      hash.update(data);
      yield data;
    }
    verifier?.checkChunk(hash.digest('hex'), signature);
    if (size === 0) {
      break;
    }
    if ((await reader.line()) !== '') {
      throw notChunked();
    }
  }
  const lines = await readTrailers(reader);
  const last = lines.find(([name]) => name === 'x-amz-trailer-signature')?.[1];
  const signed = lines.filter(([name]) => name !== 'x-amz-trailer-signature');
  verifier?.checkTrailers(signed.map(([name, value]) => `${name}:${value}\n`).join(''), last);
  Object.assign(trailers, Object.fromEntries(signed));
}

async function readTrailers(reader: ByteReader): Promise<(readonly [name: string, value: string])[]> {
  const lines: (readonly [string, string])[] = [];
  for (;;) {
    const line = await reader.line();
    if (line === undefined || line === '') {
      return lines;
    }
    const colon = line.indexOf(':');
    if (colon < 1) {
      throw notChunked();
    }
    lines.push([line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]);
  }
}

/** Reads lines and blocks of bytes. */
class ByteReader {
  private readonly source: AsyncIterator<Buffer>;
  private left: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** The next line; undefined at the end of the stream. */
  public async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.left.indexOf('\r\n');
      if (end >= 0) {
        const line = this.left.toString('latin1', 0, end);
        this.left = this.left.subarray(end + 2);
        return line;
      }
      if (this.left.length > MAX_LINE_BYTES) {
        throw notChunked();
      }
      const { value, done } = await this.source.next();
      if (done === true) {
        if (this.left.length > 0) {
          throw notChunked();
        }
        return undefined;
      }
      this.left = Buffer.concat([this.left, value]);
    }
  }

  /** The next `size` bytes, as they arrive. */
  public async *take(size: number): AsyncGenerator<Buffer, void> {
    for (let missing = size; missing > 0; ) {
      if (this.left.length === 0) {
        const { value, done } = await this.source.next();
        if (done === true) {
          throw notChunked();
        }
        this.left = value;
      }
      const data = this.left.subarray(0, missing);
      this.left = this.left.subarray(data.length);
      missing -= data.length;
      yield data;
    }
  }
}

function notChunked(): AwsError {
  return new AwsError(
    'IncompleteBody',
    'the request declares the aws-chunked encoding, but its body is not valid in this encoding',
  );
}
