import type { AwsError } from '../aws-error';
import { type SigningKey, sha256 } from './canonical-request';
import { equalInConstantTime } from './equal-in-constant-time';

/**
 * Verifies the signatures of a body's chunks. Each signature covers the previous chunk's signature; the first
 * covers the request's signature (S3 API reference, "Signature Calculations for the Authorization Header:
 * Transferring Payload in Multiple Chunks").
 */
export class ChunkVerifier {
  constructor(
    private readonly key: SigningKey,
    /** Date of the request, as sent. */
    private readonly date: string,
    /** Signature of the previous chunk. Before the first chunk, the signature of the request. */
    private previous: string,
    private readonly hasTrailers: boolean,
    private readonly mismatch: () => AwsError,
  ) {}

  /** Verifies the next chunk. @param hash SHA-256 of the chunk's data */
  public checkChunk(hash: string, signature: string | undefined): void {
    this.check(
      this.key.sign('AWS4-HMAC-SHA256-PAYLOAD', this.date, [this.previous, sha256(''), hash]),
      signature,
    );
  }

  /** Verifies the trailing headers. @param canonical the headers as lines `name:value` */
  public checkTrailers(canonical: string, signature: string | undefined): void {
    if (this.hasTrailers) {
      this.check(
        this.key.sign('AWS4-HMAC-SHA256-TRAILER', this.date, [this.previous, sha256(canonical)]),
        signature,
      );
    } else if (canonical !== '' || signature !== undefined) {
      throw this.mismatch();
    }
  }

  private check(expected: string, signature: string | undefined): void {
    if (!equalInConstantTime(expected, signature ?? '')) {
      throw this.mismatch();
    }
    this.previous = expected;
  }
}
