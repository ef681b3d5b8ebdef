import { createHash, type Hash } from 'node:crypto';
import { Crc32, Crc32c, Crc64NvmeJs } from '@aws-sdk/checksums/crc';
import { Xxh3_64, Xxh3_128, Xxh64 } from '@aws-sdk/checksums/xxh';
import { AwsError } from '../aws-error';

type Input = Readonly<Record<string, unknown>>;

/** A checksum under way. */
interface Checksum {
  update(data: Uint8Array): void;
  digest(): Promise<Uint8Array>;
}

/** S3's checksum algorithms. */
const ALGORITHMS: Readonly<Record<string, () => Checksum>> = {
  CRC32: () => new Crc32(),
  CRC32C: () => new Crc32c(),
  CRC64NVME: () => new Crc64NvmeJs(),
  MD5: () => ofNode('md5'),
  SHA1: () => ofNode('sha1'),
  SHA256: () => ofNode('sha256'),
  SHA512: () => ofNode('sha512'),
  XXHASH3: () => new Xxh3_64(),
  XXHASH64: () => new Xxh64(),
  XXHASH128: () => new Xxh3_128(),
};

/** Members of requests, and of what is kept of objects, such as `ChecksumCRC32`. */
export const CHECKSUM_MEMBERS: readonly string[] = Object.keys(ALGORITHMS).map((name) => `Checksum${name}`);

const HEADER = /^x-amz-checksum-([a-z0-9]+)$/;

/** The member that a header is, such as `x-amz-checksum-crc32`; undefined for other headers. */
export function checksumMember(header: string): string | undefined {
  const [, name = ''] = HEADER.exec(header) ?? [];
  const member = `Checksum${name.toUpperCase()}`;
  return CHECKSUM_MEMBERS.includes(member) ? member : undefined;
}

/** Compares content with the checksums that came with it, as it goes by. */
export class ContentChecks {
  private readonly md5: Hash = createHash('md5');
  private readonly checksums: ReadonlyMap<string, Checksum>;

  /**
   * @param input may have `ContentMD5`, `ChecksumCRC32`, …
   * @param announced headers that are to follow the content
   * @throws AwsError InvalidDigest
   */
  constructor(
    private readonly input: Input,
    private readonly announced: readonly string[],
  ) {
    if (input['ContentMD5'] !== undefined && bytesOf(input['ContentMD5']).length !== 16) {
      throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.');
    }
    const members = [
      ...CHECKSUM_MEMBERS.filter((member) => input[member] !== undefined),
      ...announced.flatMap((header) => checksumMember(header) ?? []),
    ];
    this.checksums = new Map(members.map((member) => [member, newChecksum(member)]));
  }

  public update(data: Buffer): void {
    this.md5.update(data);
    for (const checksum of this.checksums.values()) {
      checksum.update(data);
    }
  }

  /**
   * @param trailers what followed the content
   * @returns the MD5 in hexadecimal digits, and the checksums that were compared
   * @throws AwsError BadDigest, MalformedTrailerError
   */
  public async finish(
    trailers: Readonly<Record<string, string>>,
  ): Promise<{ md5: string; checksums: Record<string, string> }> {
    if (Object.keys(trailers).sort().join() !== [...this.announced].sort().join()) {
      throw new AwsError(
        'MalformedTrailerError',
        `The request contained trailing data that was not well-formed or did not conform to our published schema: announced were "${this.announced.join()}", there were "${Object.keys(trailers).join()}"`,
      );
    }
    const md5 = this.md5.digest();
    if (this.input['ContentMD5'] !== undefined && !bytesOf(this.input['ContentMD5']).equals(md5)) {
      throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
    }
    const given = Object.fromEntries(
      Object.entries(trailers).map(([header, value]) => [checksumMember(header), value]),
    );
    const checksums: Record<string, string> = {};
    for (const [member, checksum] of this.checksums) {
      const computed = Buffer.from(await checksum.digest()).toString('base64');
      if (computed !== (given[member] ?? this.input[member])) {
        throw new AwsError(
          'BadDigest',
          `The ${member.slice('Checksum'.length)} you specified did not match the calculated checksum.`,
        );
      }
      checksums[member] = computed;
    }
    return { md5: md5.toString('hex'), checksums };
  }
}

function newChecksum(member: string): Checksum {
  const make = ALGORITHMS[member.slice('Checksum'.length)];
  if (make === undefined) {
    throw new Error(`no algorithm for ${member}`);
  }
  return make();
}

function ofNode(algorithm: string): Checksum {
  const hash = createHash(algorithm);
  return { update: (data) => void hash.update(data), digest: async () => hash.digest() };
}

function bytesOf(base64: unknown): Buffer {
  return Buffer.from(String(base64), 'base64');
}
