import type { AwsError } from '../aws-error';
import { type SigningKey, sha256 } from './canonical-request';
import { equalInConstantTime } from './equal-in-constant-time';

/**
 * Checks the signatures of a body's chunks: each is over the one before, the first over that of the request. S3 API
 * reference, "Signature Calculations for the Authorization Header: Transferring Payload in Multiple Chunks".
 */
export class ChunkVerifier {
  constructor(
    private readonly key: SigningKey,
    /** Of the request, as it has it. */
    private readonly date: string,
    /** Of the request. */
    private previous: string,
    private readonly hasTrailers: boolean,
    private readonly mismatch: () => AwsError,
  ) {}

  /** Checks a chunk, in the order in which they come. @param hash SHA-256 of its data */
  public checkChunk(hash: string, signature: string | undefined): void {
    this.check(
      this.key.sign('AWS4-HMAC-SHA256-PAYLOAD', this.date, [this.previous, sha256(''), hash]),
      signature,
    );
  }

  /** Checks the headers behind the body. @param canonical a line `name:value` for each */
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
