import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error';
import { decodeAwsChunked } from './aws-chunked';
import type { ChunkVerifier } from './chunk-signatures';

/** Largest body that is read into memory: what comes near it is a file, and no request. */
const MAX_BYTES_IN_MEMORY = 16 * 1024 * 1024;

/** What a signature says of the body. */
export type SignedPayload =
  | { readonly kind: 'sha256'; readonly digest: string; readonly mismatch: () => AwsError }
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'chunked'; readonly verifier?: ChunkVerifier; readonly decodedLength: number };

/** The body of a request, to be read once. What it yields is to be believed when it has ended without an error. */
export class RequestBody {
  /** The headers behind the body, when it has ended. */
  public readonly trailers: Record<string, string> = {};

  private whole: Buffer | undefined;

  /** @param content what was sent, without its encoding; fails at its end when it is not what was signed */
  private constructor(private readonly content: (body: RequestBody) => AsyncIterable<Buffer>) {}

  /** The body that was signed like this. */
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

  /** Its content as it comes. */
  public stream(): AsyncIterable<Buffer> {
    return this.content(this);
  }

  /** All of it, as often as wanted. @throws AwsError when it is too large for that, or not what was signed */
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
        `the body of this request may have ${MAX_BYTES_IN_MEMORY} bytes at most`,
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
