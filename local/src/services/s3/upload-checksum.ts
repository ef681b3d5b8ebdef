import { AwsError } from '../aws-error';
import type { Input } from '../service';
import { algorithmOf, checksumsIn, compositeChecksum, memberOf } from './checksums';
import type { ObjectPart } from './object-attributes';

/** Checksum of a multipart upload: computed from the parts' checksums, or from the whole object. */
export interface UploadChecksum {
  readonly algorithm: string;
  readonly type: 'COMPOSITE' | 'FULL_OBJECT';
}

/**
 * Checksum types that an algorithm supports, default first. For FULL_OBJECT, the checksums of the parts must be
 * combined into the checksum of the object. This is possible only with CRCs.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
function typesOf(algorithm: string): readonly UploadChecksum['type'][] {
  if (algorithm === 'CRC64NVME') {
    return ['FULL_OBJECT'];
  }
  return ['CRC32', 'CRC32C'].includes(algorithm) ? ['COMPOSITE', 'FULL_OBJECT'] : ['COMPOSITE'];
}

/** The checksum that CreateMultipartUpload requests. @throws AwsError InvalidRequest */
export function uploadChecksum({
  ChecksumAlgorithm: given,
  ChecksumType: type,
}: Input): UploadChecksum | undefined {
  if (given === undefined && type === undefined) {
    return undefined;
  }
  if (given === undefined) {
    throw new AwsError(
      'InvalidRequest',
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    );
  }
  const algorithm = String(given);
  const types = typesOf(algorithm);
  const chosen = types.find((each) => each === (type ?? types[0]));
  if (chosen === undefined) {
    throw new AwsError(
      'InvalidRequest',
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { algorithm, type: chosen };
}

/**
 * Refuses a part whose checksum uses a different algorithm than the upload. If the upload's checksum is COMPOSITE, also
 * refuses a part without a checksum.
 *
 * @param sent names of the checksum members in the request that sends the part
 * @throws AwsError InvalidRequest
 */
export function checkPartAlgorithm(checksum: UploadChecksum | undefined, sent: readonly string[]): void {
  const [first] = sent;
  const given = first === undefined ? undefined : algorithmOf(first);
  if (checksum === undefined || given === checksum.algorithm) {
    return;
  }
  if (given !== undefined || checksum.type === 'COMPOSITE') {
    throw mismatch(checksum.algorithm, given);
  }
}

/**
 * Compares the checksums that CompleteMultipartUpload lists with the checksums of the uploaded parts.
 *
 * @throws AwsError InvalidPart, or InvalidRequest when a required checksum is missing
 */
export function checkPartChecksums(
  checksum: UploadChecksum | undefined,
  parts: readonly ObjectPart[],
  wanted: readonly Input[],
): void {
  parts.forEach(({ number, checksums }, i) => {
    const given = checksumsIn(wanted[i] ?? {});
    if (checksum?.type === 'COMPOSITE' && given[memberOf(checksum.algorithm)] === undefined) {
      throw new AwsError(
        'InvalidRequest',
        `The upload was created using a ${checksum.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      );
    }
    if (Object.entries(given).some(([member, value]) => checksums[member] !== value)) {
      throw new AwsError(
        'InvalidPart',
        `One or more of the specified parts could not be found: the checksum of part ${number} does not match. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.`,
        400,
        { PartNumber: String(number) },
      );
    }
  });
}

/**
 * The object's COMPOSITE checksum; empty for other types.
 *
 * @param input may contain the expected checksum
 * @throws AwsError BadDigest
 */
export async function composite(
  checksum: UploadChecksum | undefined,
  parts: readonly ObjectPart[],
  input: Input,
): Promise<Record<string, string>> {
  if (checksum?.type !== 'COMPOSITE') {
    return {};
  }
  const member = memberOf(checksum.algorithm);
  const computed = await compositeChecksum(
    checksum.algorithm,
    parts.map(({ checksums }) => checksums[member] ?? ''),
  );
  // S3 accepts the checksum with or without the number of parts.
  const given = String(input[member] ?? computed);
  if (![computed, computed.replace(/-\d+$/, '')].includes(given)) {
    throw new AwsError(
      'BadDigest',
      `The ${checksum.algorithm} you specified did not match the calculated checksum.`,
    );
  }
  return { [member]: computed, ChecksumType: 'COMPOSITE' };
}

/**
 * Refuses to complete an upload if the checksum's type or algorithm differs from that of CreateMultipartUpload. An
 * upload that was created without a checksum accepts only FULL_OBJECT checksums.
 *
 * @throws AwsError BadDigest, InvalidRequest
 */
export function checkObjectChecksum(checksum: UploadChecksum | undefined, input: Input): void {
  const expected = checksum?.type ?? 'FULL_OBJECT';
  const { ChecksumType: type } = input;
  if (type !== undefined && type !== expected) {
    throw new AwsError(
      'BadDigest',
      `The ${type} checksum type did not match the type of the upload, ${expected}.`,
    );
  }
  for (const [member, value] of Object.entries(checksumsIn(input))) {
    const isOther = checksum !== undefined && member !== memberOf(checksum.algorithm);
    if (isOther || (expected === 'FULL_OBJECT' && /-\d+$/.test(value))) {
      throw mismatch(checksum?.algorithm, algorithmOf(member));
    }
  }
}

function mismatch(expected: string | undefined, actual: string | undefined): AwsError {
  const name = (algorithm: string | undefined): string => algorithm?.toLowerCase() ?? 'null';
  return new AwsError(
    'InvalidRequest',
    `Checksum Type mismatch occurred, expected checksum Type: ${name(expected)}, actual checksum Type: ${name(actual)}`,
  );
}
