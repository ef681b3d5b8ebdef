import * as fs from 'node:fs';
import { AwsError } from '../aws-error';
import type { Input } from '../service';
import type { BucketStore } from './bucket-store';
import { algorithmOf, checksumsIn } from './checksums';
import type { ObjectAttributes } from './object-attributes';
import { contentFrom, MAX_BYTES, type StagedContent, stageContent } from './object-content';
import { attributesOf, checkWrite, copySource, locationOf, ofWholeObject, secondsOf } from './stored-objects';
import { SYSTEM_MEMBERS } from './supported-members';

/** Response of CopyObject. */
export async function copyObject(store: BucketStore, input: Input): Promise<unknown> {
  const target = locationOf(input);
  const { bucket, key } = target;
  const { location, object } = copySource(store, input);
  const keepsAttributes = input['MetadataDirective'] !== 'REPLACE';
  const encryption = store.encryption.of(bucket, input);
  if (location.bucket === bucket && location.key === key) {
    checkInPlace(input, keepsAttributes, store.encryption.has(bucket));
  }
  if (object.size > MAX_BYTES) {
    throw new AwsError(
      'InvalidRequest',
      `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_BYTES}`,
    );
  }
  store.fileOf(bucket, key);
  checkWrite(store, target, input);
  const source = store.attributes(location.bucket, object);
  const { file, md5, checksums } = await copyContent(store.stagingFile(), object.file, source, input);
  const given = attributesOf(input, encryption);
  const etag = `"${md5}"`;
  const checked = ofWholeObject(checksums);
  const kept = SYSTEM_MEMBERS.flatMap((member) =>
    source.system[member] === undefined ? [] : [[member, source.system[member]] as const],
  );
  const { StorageClass: storageClass } = given.system;
  // S3 copies neither the storage class nor the encryption. Both come from the request.
  const system = keepsAttributes
    ? { ...Object.fromEntries(kept), ...(storageClass && { StorageClass: storageClass }), ...encryption }
    : given.system;
  const metadata = keepsAttributes ? source.metadata : given.metadata;
  const attributes = { etag, system: { ...system, ...checked }, metadata };
  const copy = store.replace(target, file, attributes, 'CopyObject');
  return { CopyObjectResult: { ETag: etag, LastModified: secondsOf(copy), ...checked }, ...encryption };
}

function checkInPlace(input: Input, keepsAttributes: boolean, hasDefaultEncryption: boolean): void {
  const changes = [input['StorageClass'], input['ServerSideEncryption']].some((each) => each !== undefined);
  if (keepsAttributes && !changes && !hasDefaultEncryption) {
    throw new AwsError(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
}

/**
 * Copies content and computes the requested checksum, or else a checksum with the source's algorithm. The copy
 * of a multipart upload has a single part, so its ETag and checksum are computed again.
 */
async function copyContent(
  file: string,
  source: string,
  { etag, system }: ObjectAttributes,
  input: Input,
): Promise<StagedContent> {
  const before = system['ChecksumType'] === 'COMPOSITE' ? {} : checksumsIn(system);
  const [known] = Object.keys(checksumsIn(system));
  const algorithm = input['ChecksumAlgorithm'] ?? (known === undefined ? undefined : algorithmOf(known));
  const isKnown = algorithm === undefined || before[`Checksum${algorithm}`] !== undefined;
  const [, md5] = /^"([0-9a-f]{32})"$/.exec(etag) ?? [];
  if (!isKnown || md5 === undefined) {
    const content = contentFrom(() => fs.createReadStream(source));
    return stageContent(file, content, { ChecksumAlgorithm: algorithm });
  }
  await fs.promises.copyFile(source, file, fs.constants.COPYFILE_FICLONE);
  return { file, md5, checksums: before };
}
