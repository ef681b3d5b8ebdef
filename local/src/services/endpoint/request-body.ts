import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error';
import { decodeAwsChunked } from './aws-chunked';
import type { ChunkVerifier } from './chunk-signatures';

/**
 * Maximum size of a body that is read into memory. Only uploads of objects have larger bodies, and these are streamed.
 */
const MAX_BYTES_IN_MEMORY = 16 * 1024 * 1024;

/** How the signature covers the body. */
export type SignedPayload =
  | { readonly kind: 'sha256'; readonly digest: string; readonly mismatch: () => AwsError }
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'chunked'; readonly verifier?: ChunkVerifier; readonly decodedLength: number };

/** The body of a request, which can be read once. Trust its data only after reading ends without an error. */
export class RequestBody {
  /** The trailing headers, available after the content has been read. */
  public readonly trailers: Record<string, string> = {};

  private whole: Buffer | undefined;

  /** @param content the decoded content. If it does not match the signature, reading it to the end throws an error */
  private constructor(private readonly content: (body: RequestBody) => AsyncIterable<Buffer>) {}

  /** Creates the body for a signed payload. */
  public static of(sent: AsyncIterable<Buffer>, payload: SignedPayload): RequestBody {
    switch (payload.kind) {
      case 'unsigned':
        return new RequestBody(() => sent);
      case 'sha256':
        return new RequestBody(() => checkHash(sent, payload.digest, payload.mismatch));
      case 'chunked':
        return new RequestBody(({ trailers }) =>
          checkLength(
            decodeAwsChunked(sent, { trailers, ...(payload.verifier && { verifier: payload.verifier }) }),
            payload.decodedLength,
          ),
        );
    }
  }

  /** The content as a stream. */
  public stream(): AsyncIterable<Buffer> {
    return this.content(this);
  }

  /**
   * The whole content. Can be called repeatedly. @throws AwsError when the content is too large for memory, or
   * does not match the signature
   */
  public async read(): Promise<Buffer> {
    this.whole ??= await readAll(this.stream());
    return this.whole;
  }
}

/** Reads a body into memory. @throws AwsError RequestEntityTooLarge */
export async function readAll(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > MAX_BYTES_IN_MEMORY) {
      throw new AwsError(
        'RequestEntityTooLarge',
        `the body of this request may have at most ${MAX_BYTES_IN_MEMORY} bytes`,
        413,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function* checkHash(
  content: AsyncIterable<Buffer>,
  expected: string,
  mismatch: () => AwsError,
): AsyncGenerator<Buffer, void> {
  const hash = createHash('sha256');
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') !== expected) {
    throw mismatch();
  }
}

async function* checkLength(content: AsyncIterable<Buffer>, expected: number): AsyncGenerator<Buffer, void> {
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    yield chunk;
  }
  if (size !== expected) {
    throw new AwsError(
      'IncompleteBody',
      'You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header.',
    );
  }
}
