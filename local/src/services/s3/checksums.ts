import { createHash } from 'node:crypto';
import * as zlib from 'node:zlib';
import { AwsError } from '../aws-error';

/** The checksums that are computed here; of others (CRC32C, CRC64NVME), S3's clients send one only when told to. */
const ALGORITHMS: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  CRC32: (body) => {
    const digest = Buffer.alloc(4);
    digest.writeUInt32BE(zlib.crc32(body));
    return digest;
  },
  SHA1: (body) => createHash('sha1').update(body).digest(),
  SHA256: (body) => createHash('sha256').update(body).digest(),
};

/**
 * Compares a body with the checksums that came with it.
 *
 * @param headers headers of the request, and what trails its body
 * @param isWhole whether Content-MD5 is of this body, which was not sent in chunks
 * @returns those that were compared, as S3's API names them, such as `ChecksumCRC32`
 * @throws AwsError BadDigest, InvalidDigest
 */
export function checkBody(
  body: Buffer,
  headers: Readonly<Record<string, unknown>>,
  isWhole: boolean,
): Record<string, string> {
  const md5 = isWhole ? headers['content-md5'] : undefined;
  if (md5 !== undefined) {
    const claimed = Buffer.from(String(md5), 'base64');
    if (claimed.length !== 16) {
      throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.');
    }
    if (!claimed.equals(createHash('md5').update(body).digest())) {
      throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
    }
  }
  const checked: Record<string, string> = {};
  for (const [name, digest] of Object.entries(ALGORITHMS)) {
    const claimed = headers[`x-amz-checksum-${name.toLowerCase()}`];
    if (claimed === undefined) {
      continue;
    }
    if (String(claimed) !== digest(body).toString('base64')) {
      throw new AwsError('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
    }
    checked[`Checksum${name}`] = String(claimed);
  }
  return checked;
}
