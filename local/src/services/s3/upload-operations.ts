import * as fs from 'node:fs';
import type { Input } from '../service';
import type { BucketStore } from './bucket-store';
import { parseRange } from './byte-range';
import { CHECKSUM_MEMBERS, checksumMember, checksumsIn } from './checksums';
import { completeUpload } from './complete-upload';
import { invalidArgument } from './invalid-argument';
import { listParts, listUploads } from './list-uploads';
import type { MultipartUploads } from './multipart-uploads';
import { contentFrom, contentOf, type IncomingContent, stageContent } from './object-content';
import type { Owner } from './owner';
import type { S3Access } from './s3-access';
import { LOCATED, listing, type S3Operation } from './s3-operation';
import { attributesOf, copySource, encryptionOf, locationOf, referenceOf, text } from './stored-objects';
import { ATTRIBUTES, CONTENT, COPY_CONDITIONS } from './supported-members';
import { checkPartAlgorithm, uploadChecksum } from './upload-checksum';

/** The operations of multipart uploads. */
export class UploadOperations {
  /** @param owner the owner of the uploads */
  constructor(
    private readonly store: BucketStore,
    private readonly uploads: MultipartUploads,
    private readonly owner: Owner,
    private readonly access: S3Access,
  ) {}

  /** The operations by name. */
  get operations() {
    const { store, uploads, owner, access } = this;
    return {
      CreateMultipartUpload: {
        supports: [...ATTRIBUTES, 'ChecksumAlgorithm', 'ChecksumType'],
        run: (input) => this.create(input),
        access: access.uploading,
        rest: { root: 'InitiateMultipartUploadResult' },
      },
      UploadPart: {
        supports: CONTENT,
        run: (input) => this.putPart(input, contentOf(input['Body'])),
        access: access.uploading,
      },
      UploadPartCopy: {
        supports: [...COPY_CONDITIONS, 'CopySourceRange'],
        run: (input) => this.copyPart(input),
        access: access.copying(access.uploading),
      },
      CompleteMultipartUpload: {
        supports: [
          ...[...CHECKSUM_MEMBERS, 'MultipartUpload', 'ChecksumType', 'MpuObjectSize'],
          ...['IfMatch', 'IfNoneMatch'],
        ],
        rest: LOCATED,
        run: (input) => completeUpload(store, uploads, input),
        access: access.uploading,
      },
      AbortMultipartUpload: { run: (input) => uploads.remove(referenceOf(input)) },
      ListParts: {
        supports: ['MaxParts', 'PartNumberMarker'],
        run: (input) => listParts(uploads, input, owner),
        access: access.as('ListMultipartUploadParts'),
      },
      ListMultipartUploads: {
        supports: ['Delimiter', 'EncodingType', 'KeyMarker', 'MaxUploads', 'Prefix', 'UploadIdMarker'],
        rest: listing(),
        run: (input) => {
          store.require(text(input, 'Bucket'));
          return listUploads(uploads.list(text(input, 'Bucket')), input, owner);
        },
        access: access.as('ListBucketMultipartUploads'),
      },
    } satisfies Record<string, S3Operation>;
  }

  private create(input: Input): unknown {
    const { bucket, key } = locationOf(input);
    // Checks the object's path now instead of after the upload.
    this.store.fileOf(bucket, key);
    const checksum = uploadChecksum(input);
    const encryption = this.store.encryption.of(bucket, input);
    const attributes = attributesOf(input, encryption);
    const upload = { bucket, key, attributes, ...(checksum && { checksum }) };
    const { uploadId } = this.uploads.create(upload, Date.now() / 1000);
    return {
      Bucket: bucket,
      Key: key,
      UploadId: uploadId,
      ...(checksum && { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
      ...encryption,
    };
  }

  private async putPart(input: Input, content: IncomingContent): Promise<Record<string, string>> {
    const [reference, number] = [referenceOf(input), Number(input['PartNumber'])];
    const { checksum, attributes } = this.uploads.find(reference);
    this.uploads.checkPart(reference, number);
    const announced = content.announcedTrailers.flatMap((header) => checksumMember(header) ?? []);
    if (content.isFromClient) {
      checkPartAlgorithm(checksum, [...Object.keys(checksumsIn(input)), ...announced]);
    }
    // If a part has no checksum, computes the checksum that the upload needs.
    const algorithm = checksum?.algorithm ?? input['ChecksumAlgorithm'];
    const wanted = { ...input, ChecksumAlgorithm: algorithm };
    const staged = await stageContent(this.store.stagingFile(), content, wanted);
    const etag = this.uploads.putPart(reference, number, staged);
    return { ETag: etag, ...staged.checksums, ...encryptionOf(attributes.system) };
  }

  private async copyPart(input: Input): Promise<unknown> {
    const { object } = copySource(this.store, input);
    const given = input['CopySourceRange'];
    const range = given === undefined ? undefined : parseRange(given, object.size);
    if (given !== undefined && range === undefined) {
      throw invalidArgument(
        'x-amz-copy-source-range',
        given,
        'The x-amz-copy-source-range value must be of the form bytes=first-last',
      );
    }
    const content = contentFrom(() => fs.createReadStream(object.file, range));
    const { ETag, ...part } = await this.putPart(input, content);
    const result = { ETag, LastModified: Math.floor(Date.now() / 1000), ...checksumsIn(part) };
    return { CopyPartResult: result, ...encryptionOf(part) };
  }
}
