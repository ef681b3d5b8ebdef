import * as fs from 'node:fs';
import { AwsError } from '../aws-error';
import type { BucketStore } from './bucket-store';
import { parseRange } from './byte-range';
import { CHECKSUM_MEMBERS } from './checksums';
import { MultipartUploads, type UploadReference } from './multipart-uploads';
import { contentFrom, contentOf, type IncomingContent, stageContent } from './object-content';
import { attributesOf, checkWrite, copySource, locationOf, text } from './stored-objects';

type Input = Readonly<Record<string, unknown>>;

/** Most parts in a page of ListParts. */
const MAX_PARTS = 1000;

/** The operations of uploads in parts. */
export class UploadOperations {
  private readonly uploads: MultipartUploads;

  public readonly operations: Readonly<Record<string, (input: Input) => unknown>> = {
    CreateMultipartUpload: (input) => this.create(input),
    UploadPart: (input) => this.putPart(input, contentOf(input['Body'])),
    UploadPartCopy: (input) => this.copyPart(input),
    CompleteMultipartUpload: (input) => this.complete(input),
    AbortMultipartUpload: (input) => this.uploads.remove(referenceOf(input)),
    ListParts: (input) => this.listParts(input),
    ListMultipartUploads: (input) => this.list(input),
  };

  constructor(private readonly store: BucketStore) {
    this.uploads = new MultipartUploads(store.uploads);
  }

  private create(input: Input): unknown {
    const { bucket, key } = locationOf(input);
    // Whether the object can be a file is better said now than after the upload.
    this.store.fileOf(bucket, key);
    const { uploadId } = this.uploads.create(bucket, key, attributesOf(input), Date.now() / 1000);
    return { Bucket: bucket, Key: key, UploadId: uploadId };
  }

  private async putPart(input: Input, content: IncomingContent): Promise<Record<string, string>> {
    const [reference, number] = [referenceOf(input), Number(input['PartNumber'])];
    this.uploads.checkPart(reference, number);
    const staged = await stageContent(this.store.stagingFile(), content, input);
    return { ETag: this.uploads.putPart(reference, number, staged), ...staged.checksums };
  }

  private async copyPart(input: Input): Promise<unknown> {
    const { object } = copySource(this.store, input);
    const given = input['CopySourceRange'];
    const range = given === undefined ? undefined : parseRange(given, object.size);
    if (given !== undefined && range === undefined) {
      throw new AwsError(
        'InvalidArgument',
        'The x-amz-copy-source-range value must be of the form bytes=first-last',
      );
    }
    const content = contentFrom(() => fs.createReadStream(object.file, range));
    const { ETag } = await this.putPart(input, content);
    return { CopyPartResult: { ETag, LastModified: Math.floor(Date.now() / 1000) } };
  }

  private async complete(input: Input): Promise<unknown> {
    const reference = referenceOf(input);
    const { attributes } = this.uploads.find(reference);
    const parts = (input['Parts'] ?? []) as readonly { PartNumber: number; ETag: string }[];
    checkWrite(this.store, reference, input);
    const staged = this.store.stagingFile();
    const { etag, checksums } = await this.uploads.join(
      reference,
      parts.map(({ PartNumber, ETag }) => ({ number: PartNumber, etag: ETag })),
      staged,
      checksumsOfWhole(input),
    );
    try {
      // Again: this took a while, in which the upload may have been ended and the object written.
      this.uploads.find(reference);
      checkWrite(this.store, reference, input);
    } catch (error) {
      fs.rmSync(staged, { force: true });
      throw error;
    }
    const { bucket, key } = reference;
    const whole = { ...attributes, system: { ...attributes.system, ...checksums }, etag };
    this.store.replace(reference, staged, whole, 'CompleteMultipartUpload');
    this.uploads.remove(reference);
    return { Bucket: bucket, Key: key, ETag: etag, ...checksums };
  }

  private listParts(input: Input): unknown {
    const reference = referenceOf(input);
    const after = Number(input['PartNumberMarker'] ?? 0);
    const max = Math.min(Number(input['MaxParts'] ?? MAX_PARTS), MAX_PARTS);
    const parts = this.uploads.parts(reference).filter(({ number }) => number > after);
    const page = parts.slice(0, max);
    return {
      Bucket: reference.bucket,
      Key: reference.key,
      UploadId: reference.uploadId,
      PartNumberMarker: after,
      MaxParts: max,
      IsTruncated: page.length < parts.length,
      ...(page.length < parts.length && { NextPartNumberMarker: page.at(-1)?.number ?? after }),
      Parts: page.map(({ number, etag, size, lastModified }) => ({
        PartNumber: number,
        ETag: etag,
        Size: size,
        LastModified: lastModified,
      })),
    };
  }

  private list(input: Input): unknown {
    const bucket = text(input, 'Bucket');
    this.store.require(bucket);
    const prefix = String(input['Prefix'] ?? '');
    return {
      Bucket: bucket,
      Prefix: prefix,
      // All of them: there are as many as a person left behind.
      IsTruncated: false,
      Uploads: this.uploads
        .list(bucket)
        .filter(({ key }) => key.startsWith(prefix))
        .map(({ key, uploadId, initiated }) => ({
          Key: key,
          UploadId: uploadId,
          Initiated: Math.floor(initiated),
        })),
    };
  }
}

function referenceOf(input: Input): UploadReference {
  return { ...locationOf(input), uploadId: text(input, 'UploadId') };
}

/** The checksums of a whole object; one of its parts' checksums ends with their number. */
function checksumsOfWhole(input: Input): Input {
  return Object.fromEntries(
    CHECKSUM_MEMBERS.flatMap((member) => {
      const value = input[member];
      return value === undefined || /-\d+$/.test(String(value)) ? [] : [[member, value]];
    }),
  );
}
