import { createHash, type Hash } from 'node:crypto';
import { Crc32, Crc32c, Crc64NvmeJs } from '@aws-sdk/checksums/crc';
import { Xxh3_64, Xxh3_128, Xxh64 } from '@aws-sdk/checksums/xxh';
import { AwsError } from '../aws-error';
import type { Input } from '../service';

/** A checksum that is being computed. */
interface Checksum {
  update(data: Uint8Array): void;
  digest(): Promise<Uint8Array>;
}

/** A checksum algorithm, and the size of its checksums in bytes. */
interface Algorithm {
  readonly make: () => Checksum;
  readonly bytes: number;
}

/** S3's checksum algorithms. */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  CRC32: { make: () => new Crc32(), bytes: 4 },
  CRC32C: { make: () => new Crc32c(), bytes: 4 },
  CRC64NVME: { make: () => new Crc64NvmeJs(), bytes: 8 },
  MD5: { make: () => ofNode('md5'), bytes: 16 },
  SHA1: { make: () => ofNode('sha1'), bytes: 20 },
  SHA256: { make: () => ofNode('sha256'), bytes: 32 },
  SHA512: { make: () => ofNode('sha512'), bytes: 64 },
  XXHASH3: { make: () => new Xxh3_64(), bytes: 8 },
  XXHASH64: { make: () => new Xxh64(), bytes: 8 },
  XXHASH128: { make: () => new Xxh3_128(), bytes: 16 },
};

/** Members that contain checksums in requests and object attributes, such as `ChecksumCRC32`. */
export const CHECKSUM_MEMBERS: readonly string[] = Object.keys(ALGORITHMS).map(memberOf);

const HEADER = /^x-amz-checksum-([a-z0-9]+)$/;

/** The member for a header such as `x-amz-checksum-crc32`; undefined for other headers. */
export function checksumMember(header: string): string | undefined {
  const [, name = ''] = HEADER.exec(header) ?? [];
  const member = memberOf(name.toUpperCase());
  return CHECKSUM_MEMBERS.includes(member) ? member : undefined;
}

/** The member for an algorithm, such as `ChecksumCRC32` for `CRC32`. */
export function memberOf(algorithm: string): string {
  return `Checksum${algorithm}`;
}

/** The algorithm of a member, such as `CRC32` for `ChecksumCRC32`. */
export function algorithmOf(member: string): string {
  return member.slice('Checksum'.length);
}

/** The checksums among an object's attributes or a request's members. */
export function checksumsIn(members: Input): Record<string, string> {
  return Object.fromEntries(
    CHECKSUM_MEMBERS.flatMap((member) =>
      members[member] === undefined ? [] : [[member, String(members[member])] as const],
    ),
  );
}

/**
 * The COMPOSITE checksum of a multipart upload, computed from the checksums of its parts.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export async function compositeChecksum(algorithm: string, parts: readonly string[]): Promise<string> {
  const checksum = newChecksum(memberOf(algorithm));
  for (const part of parts) {
    checksum.update(bytesOf(part));
  }
  return `${base64(await checksum.digest())}-${parts.length}`;
}

/** While content is streamed, verifies the checksums that were sent with it. */
export class ContentChecks {
  private readonly md5: Hash = createHash('md5');
  private readonly checksums: ReadonlyMap<string, Checksum>;

  /**
   * @param input may contain `ContentMD5`, `ChecksumCRC32` and so on, or `ChecksumAlgorithm` to compute a checksum that
   *   was not sent
   * @param announced the names of trailing headers that will follow the content
   * @throws AwsError InvalidDigest, InvalidRequest
   */
  constructor(
    private readonly input: Input,
    private readonly announced: readonly string[],
  ) {
    if (input['ContentMD5'] !== undefined && bytesOf(input['ContentMD5']).length !== 16) {
      throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.');
    }
    const given = CHECKSUM_MEMBERS.filter((member) => input[member] !== undefined);
    given.forEach((member) => {
      checkForm(member, input[member]);
    });
    const sent = [...given, ...announced.flatMap((header) => checksumMember(header) ?? [])];
    if (sent.length > 1) {
      throw new AwsError(
        'InvalidRequest',
        'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
      );
    }
    const { ChecksumAlgorithm: asked } = input;
    const members = sent.length === 0 && asked !== undefined ? [memberOf(String(asked))] : sent;
    this.checksums = new Map(members.map((member) => [member, newChecksum(member)]));
  }

  public update(data: Buffer): void {
    this.md5.update(data);
    for (const checksum of this.checksums.values()) {
      checksum.update(data);
    }
  }

  /**
   * @param trailers the trailing headers that followed the content
   * @returns the MD5 in hexadecimal, and the checksums that were verified or requested
   * @throws AwsError BadDigest, MalformedTrailerError
   */
  public async finish(
    trailers: Readonly<Record<string, string>>,
  ): Promise<{ md5: string; checksums: Record<string, string> }> {
    if (Object.keys(trailers).sort().join() !== [...this.announced].sort().join()) {
      throw new AwsError(
        'MalformedTrailerError',
        `The request contained trailing data that was not well-formed or did not conform to our published schema: expected the trailing headers "${this.announced.join()}", got "${Object.keys(trailers).join()}"`,
      );
    }
    const md5 = this.md5.digest();
    const { ContentMD5: expected } = this.input;
    if (expected !== undefined && !bytesOf(expected).equals(md5)) {
      throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.', 400, {
        ExpectedDigest: String(expected),
        CalculatedDigest: base64(md5),
      });
    }
    const given = Object.fromEntries(
      Object.entries(trailers).map(([header, value]) => [checksumMember(header), value]),
    );
    const checksums: Record<string, string> = {};
    for (const [member, checksum] of this.checksums) {
      const computed = base64(await checksum.digest());
      const sent = given[member] ?? this.input[member];
      if (sent !== undefined && sent !== computed) {
        checkForm(member, sent);
        throw new AwsError(
          'BadDigest',
          `The ${algorithmOf(member)} you specified did not match the calculated checksum.`,
        );
      }
      checksums[member] = computed;
    }
    return { md5: md5.toString('hex'), checksums };
  }
}

function newChecksum(member: string): Checksum {
  return algorithmNamed(member).make();
}

function algorithmNamed(member: string): Algorithm {
  const algorithm = ALGORITHMS[algorithmOf(member)];
  if (algorithm === undefined) {
    throw new Error(`no algorithm for ${member}`);
  }
  return algorithm;
}

/** @throws AwsError InvalidRequest when the value cannot be a checksum of the member's algorithm */
function checkForm(member: string, value: unknown): void {
  const text = String(value);
  const bytes = bytesOf(text);
  if (bytes.length !== algorithmNamed(member).bytes || base64(bytes) !== text) {
    throw new AwsError(
      'InvalidRequest',
      `Value for x-amz-checksum-${algorithmOf(member).toLowerCase()} header is invalid.`,
    );
  }
}

function ofNode(algorithm: string): Checksum {
  const hash = createHash(algorithm);
  return { update: (data) => void hash.update(data), digest: async () => hash.digest() };
}

function bytesOf(text: unknown): Buffer {
  return Buffer.from(String(text), 'base64');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
