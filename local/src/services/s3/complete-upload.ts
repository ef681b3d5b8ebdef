import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { AwsError } from '../aws-error';
import type { Input } from '../service';
import type { BucketStore } from './bucket-store';
import { checksumsIn } from './checksums';
import type { MultipartUploads, Upload, UploadedPart, UploadReference } from './multipart-uploads';
import type { ObjectAttributes } from './object-attributes';
import { contentFrom, stageContent } from './object-content';
import { checkWrite, encryptionOf, ofWholeObject, referenceOf } from './stored-objects';
import { checkObjectChecksum, checkPartChecksums, composite } from './upload-checksum';

/** Minimum size of every part except the last, as on S3. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

/** A part listed in CompleteMultipartUpload. */
interface WantedPart {
  readonly PartNumber: number;
  readonly ETag: string;
}

/** Response of CompleteMultipartUpload. */
export async function completeUpload(
  store: BucketStore,
  uploads: MultipartUploads,
  input: Input,
): Promise<unknown> {
  const reference = referenceOf(input);
  const { Parts: given = [] } = (input['MultipartUpload'] ?? {}) as { Parts?: readonly WantedPart[] };
  const before = completedBefore(store, reference, given);
  if (before !== undefined) {
    return answer(reference, before);
  }
  const upload = uploads.find(reference);
  checkWrite(store, reference, input);
  const parts = chooseParts(uploads.parts(reference), given, reference.uploadId);
  checkObjectChecksum(upload.checksum, input);
  checkPartChecksums(upload.checksum, parts, given as unknown as readonly Input[]);
  checkSize(parts, input);
  const staged = store.stagingFile();
  const attributes = await join(upload, parts, staged, input).catch((error: unknown) => {
    // If joining failed because the upload was aborted meanwhile, throws NoSuchUpload.
    uploads.find(reference);
    throw error;
  });
  try {
    // Checks again: meanwhile, the upload may have ended and the object may have been written.
    uploads.find(reference);
    checkWrite(store, reference, input);
  } catch (error) {
    fs.rmSync(staged, { force: true });
    throw error;
  }
  store.replace(reference, staged, attributes, 'CompleteMultipartUpload');
  uploads.remove(reference);
  return answer(reference, attributes);
}

/**
 * The object that an earlier, identical request created. A client that did not receive the response repeats the
 * request, and S3 returns the same response (adobe/S3Mock#2586, minio/minio#13318), as long as the object exists.
 */
function completedBefore(
  store: BucketStore,
  { bucket, key, uploadId }: UploadReference,
  wanted: readonly WantedPart[],
): ObjectAttributes | undefined {
  const object = store.find(bucket, key);
  const attributes = object && store.attributes(bucket, object);
  const { id, parts = [] } = attributes?.upload ?? {};
  const isSame =
    id === uploadId &&
    parts.length === wanted.length &&
    parts.every(({ number, etag }, i) => {
      const { PartNumber, ETag } = wanted[i] ?? {};
      return number === PartNumber && unquoted(etag) === unquoted(String(ETag));
    });
  return isSame ? attributes : undefined;
}

function answer({ bucket, key }: UploadReference, { etag, system }: ObjectAttributes): unknown {
  const { ChecksumType: type } = system;
  return {
    Bucket: bucket,
    Key: key,
    ETag: etag,
    ...checksumsIn(system),
    ...(type !== undefined && { ChecksumType: type }),
    ...encryptionOf(system),
  };
}

/**
 * Joins parts into a file. @returns the object's attributes; the ETag is computed from the digests and the
 * number of parts
 */
async function join(
  { attributes, checksum, uploadId }: Upload,
  parts: readonly UploadedPart[],
  file: string,
  input: Input,
): Promise<ObjectAttributes> {
  const ofParts = await composite(checksum, parts, input);
  const ofWhole = checksum?.type === 'COMPOSITE' ? {} : checksumsIn(input);
  const wanted = {
    ...ofWhole,
    ...(checksum?.type === 'FULL_OBJECT' && { ChecksumAlgorithm: checksum.algorithm }),
  };
  const content = contentFrom(() => readFiles(parts));
  const { checksums } = await stageContent(file, content, wanted, Number.POSITIVE_INFINITY);
  const digests = parts.map(({ etag }) => Buffer.from(unquoted(etag), 'hex'));
  const md5 = createHash('md5').update(Buffer.concat(digests)).digest('hex');
  return {
    ...attributes,
    etag: `"${md5}-${parts.length}"`,
    system: { ...attributes.system, ...ofParts, ...ofWholeObject(checksums) },
    upload: {
      id: uploadId,
      parts: parts.map(({ number, etag, size, checksums: own }) => ({ number, etag, size, checksums: own })),
    },
  };
}

async function* readFiles(parts: readonly UploadedPart[]): AsyncGenerator<Buffer, void> {
  for (const { file } of parts) {
    yield* fs.createReadStream(file);
  }
}

function chooseParts(
  parts: readonly UploadedPart[],
  wanted: readonly WantedPart[],
  uploadId: string,
): UploadedPart[] {
  if (wanted.length === 0) {
    throw new AwsError('MalformedXML', 'The XML you provided was not well-formed: it lists no parts');
  }
  if (wanted.some(({ PartNumber: number }, i) => i > 0 && number <= (wanted[i - 1]?.PartNumber ?? 0))) {
    throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order.', 400, {
      UploadId: uploadId,
    });
  }
  const byNumber = new Map(parts.map((part) => [part.number, part]));
  const chosen = wanted.map(({ PartNumber: number, ETag: etag }) => {
    const part = byNumber.get(number);
    if (part === undefined || unquoted(part.etag) !== unquoted(String(etag))) {
      throw new AwsError(
        'InvalidPart',
        `One or more of the specified parts could not be found: part ${number}. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.`,
        400,
        { UploadId: uploadId, PartNumber: String(number), ETag: String(etag) },
      );
    }
    return part;
  });
  const small = chosen.slice(0, -1).find(({ size }) => size < MIN_PART_BYTES);
  if (small !== undefined) {
    throw new AwsError(
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size',
      400,
      {
        ProposedSize: String(small.size),
        MinSizeAllowed: String(MIN_PART_BYTES),
        PartNumber: String(small.number),
        ETag: small.etag,
      },
    );
  }
  return chosen;
}

function checkSize(parts: readonly UploadedPart[], { MpuObjectSize: expected }: Input): void {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (expected !== undefined && expected !== size) {
    throw new AwsError(
      'InvalidRequest',
      `The provided 'x-amz-mp-object-size' header value ${expected} does not match what was computed: ${size}`,
    );
  }
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', '');
}
