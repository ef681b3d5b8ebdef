import * as fs from 'node:fs';
import type { Readable } from 'node:stream';
import { AwsError } from '../aws-error';
import { unknownOperation } from '../router';
import type { Service } from '../service';
import type { BucketStore, StoredObject } from './bucket-store';
import { listObjectsV1, listObjectsV2 } from './list-objects';
import { MultipartUploads, type UploadReference } from './multipart-uploads';
import type { ObjectAttributes } from './object-attributes';
import {
  type Conditions,
  checkCopyConditions,
  checkReadConditions,
  checkWriteConditions,
  type ObjectState,
} from './preconditions';
import { parseCopySource } from './s3-uri';

export type { ListObjectsOutput } from './list-objects';

type Input = Readonly<Record<string, unknown>>;

/** What GetObject and HeadObject answer. */
export interface ObjectOutput {
  readonly Body?: Readable;
  readonly ContentLength: number;
  readonly ContentRange?: string;
  readonly ETag: string;
  /** Epoch seconds. */
  readonly LastModified: number;
  readonly Metadata: Readonly<Record<string, string>>;
  /** `ContentType`, `CacheControl`, `ChecksumCRC32`, … as they were given. */
  readonly System: Readonly<Record<string, string>>;
}

/** Members of a write that come back with the object. */
const SYSTEM_MEMBERS = [
  ...['CacheControl', 'ContentDisposition', 'ContentEncoding', 'ContentLanguage', 'ContentType', 'Expires'],
  ...['ChecksumCRC32', 'ChecksumSHA1', 'ChecksumSHA256'],
];

/** Most parts in a page of ListParts. */
const MAX_PARTS = 1000;

/** Largest part of another object that is taken at once. */
const MAX_PART_COPY_BYTES = 512 * 1024 * 1024;

/** The subset of Amazon S3 that clients need to read and write inputs and results. */
export class S3Service implements Service {
  public readonly name = 's3';

  private readonly uploads: MultipartUploads;
  private readonly operations: Readonly<Record<string, (input: Input) => unknown>> = {
    ListBuckets: () => ({
      Buckets: this.store.buckets().map((Name) => ({ Name, CreationDate: this.store.createdAt(Name) })),
    }),
    CreateBucket: (input) => this.store.create(text(input, 'Bucket')),
    DeleteBucket: (input) => this.store.deleteBucket(text(input, 'Bucket')),
    HeadBucket: (input) => this.headBucket(input),
    // us-east-1 has no name there, as on S3.
    GetBucketLocation: (input) => ({
      ...this.headBucket(input),
      LocationConstraint: this.region === 'us-east-1' ? '' : this.region,
    }),
    ListObjects: (input) => listObjectsV1(this.store, input),
    ListObjectsV2: (input) => listObjectsV2(this.store, input),
    GetObject: (input) => this.getObject(input),
    HeadObject: (input) => {
      const object = this.object(input);
      checkReadConditions(input, this.stateOf(text(input, 'Bucket'), object));
      return this.describe(text(input, 'Bucket'), object);
    },
    // No object has tags here: writes with tags are refused.
    GetObjectTagging: (input) => this.object(input) && { TagSet: [] },
    PutObject: (input) => this.putObject(input),
    CopyObject: (input) => this.copyObject(input),
    DeleteObject: (input) => {
      const [bucket, key] = [text(input, 'Bucket'), text(input, 'Key')];
      this.checkWrite(bucket, key, input);
      this.store.delete(bucket, key);
      return {};
    },
    CreateMultipartUpload: (input) => this.createUpload(input),
    UploadPart: (input) => ({
      ETag: this.uploads.putPart(referenceOf(input), Number(input['PartNumber']), bodyOf(input)),
    }),
    UploadPartCopy: (input) => this.copyPart(input),
    CompleteMultipartUpload: (input) => this.completeUpload(input),
    AbortMultipartUpload: (input) => this.uploads.remove(referenceOf(input)),
    ListParts: (input) => this.listParts(input),
    ListMultipartUploads: (input) => this.listUploads(input),
  };

  /** @param region the region that the buckets are said to be in */
  constructor(
    private readonly store: BucketStore,
    private readonly region: string,
  ) {
    this.uploads = new MultipartUploads(store.uploads);
  }

  public async call(operation: string, input: Input): Promise<unknown> {
    const run = Object.hasOwn(this.operations, operation) ? this.operations[operation] : undefined;
    if (run === undefined) {
      throw unknownOperation(this.name, operation, Object.keys(this.operations));
    }
    return run(input);
  }

  private headBucket(input: Input): { BucketRegion: string } {
    const bucket = text(input, 'Bucket');
    if (!this.store.has(bucket)) {
      throw new AwsError('NoSuchBucket', `The specified bucket does not exist: ${bucket}`, 404);
    }
    return { BucketRegion: this.region };
  }

  private object(input: Input): StoredObject {
    return this.objectAt(text(input, 'Bucket'), text(input, 'Key'));
  }

  private objectAt(bucket: string, key: string): StoredObject {
    const found = this.store.find(bucket, key);
    if (found === undefined) {
      throw noSuchKey(bucket, key);
    }
    return found;
  }

  private stateOf(bucket: string, object: StoredObject): ObjectState {
    return { etag: this.store.attributes(bucket, object).etag, lastModified: secondsOf(object) };
  }

  private describe(bucket: string, object: StoredObject): ObjectOutput {
    const { etag, system, metadata } = this.store.attributes(bucket, object);
    return {
      ContentLength: object.size,
      ETag: etag,
      LastModified: secondsOf(object),
      Metadata: metadata,
      System: system,
    };
  }

  private getObject(input: Input): ObjectOutput {
    const bucket = text(input, 'Bucket');
    const found = this.object(input);
    const fd = open(bucket, found);
    try {
      // The open file is what will be read, whatever takes its name meanwhile.
      const { size, mtimeMs } = fs.fstatSync(fd);
      const object = { ...found, size, mtimeMs };
      checkReadConditions(input, this.stateOf(bucket, object));
      const range = parseRange(input['Range'], size);
      const description = this.describe(bucket, object);
      return range === undefined
        ? { ...description, Body: fs.createReadStream('', { fd }) }
        : {
            ...description,
            ContentLength: range.end - range.start + 1,
            ContentRange: `bytes ${range.start}-${range.end}/${size}`,
            Body: fs.createReadStream('', { fd, ...range }),
          };
    } catch (error) {
      fs.closeSync(fd);
      throw error;
    }
  }

  private putObject(input: Input): { ETag: string } {
    const [bucket, key] = [text(input, 'Bucket'), text(input, 'Key')];
    this.checkWrite(bucket, key, input);
    const object = this.store.put(bucket, key, bodyOf(input), attributesOf(input));
    return { ETag: this.store.attributes(bucket, object).etag };
  }

  private copyObject(input: Input): unknown {
    const [bucket, key] = [text(input, 'Bucket'), text(input, 'Key')];
    const { location, object } = this.copySource(input);
    const keepsAttributes = input['MetadataDirective'] !== 'REPLACE';
    if (keepsAttributes && location.bucket === bucket && location.key === key) {
      throw new AwsError(
        'InvalidRequest',
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      );
    }
    const staged = this.store.stagingFile();
    fs.copyFileSync(object.file, staged, fs.constants.COPYFILE_FICLONE);
    const { etag, ...attributes } = this.store.attributes(location.bucket, object);
    const copy = this.store.replace(bucket, key, staged, {
      etag,
      ...(keepsAttributes ? attributes : attributesOf(input)),
    });
    return { CopyObjectResult: { ETag: etag, LastModified: secondsOf(copy) } };
  }

  /** The object that is to be copied, if it is as the request wants it. */
  private copySource(input: Input): { location: ReturnType<typeof parseCopySource>; object: StoredObject } {
    const location = parseCopySource(input['CopySource']);
    const object = this.objectAt(location.bucket, location.key);
    const conditions: Conditions = {
      IfMatch: input['CopySourceIfMatch'],
      IfNoneMatch: input['CopySourceIfNoneMatch'],
      IfModifiedSince: input['CopySourceIfModifiedSince'],
      IfUnmodifiedSince: input['CopySourceIfUnmodifiedSince'],
    };
    checkCopyConditions(conditions, this.stateOf(location.bucket, object));
    return { location, object };
  }

  private checkWrite(bucket: string, key: string, conditions: Conditions): void {
    const object = this.store.find(bucket, key);
    checkWriteConditions(conditions, object === undefined ? undefined : this.stateOf(bucket, object));
  }

  private createUpload(input: Input): unknown {
    const [bucket, key] = [text(input, 'Bucket'), text(input, 'Key')];
    // Whether the object can be a file is better said now than after the upload.
    this.store.fileOf(bucket, key);
    const { uploadId } = this.uploads.create(bucket, key, attributesOf(input), Date.now() / 1000);
    return { Bucket: bucket, Key: key, UploadId: uploadId };
  }

  private copyPart(input: Input): unknown {
    const { location, object } = this.copySource(input);
    const given = input['CopySourceRange'];
    const range = given === undefined ? { start: 0, end: object.size - 1 } : parseRange(given, object.size);
    if (range === undefined) {
      throw new AwsError(
        'InvalidArgument',
        'The x-amz-copy-source-range value must be of the form bytes=first-last',
      );
    }
    const size = range.end - range.start + 1;
    if (size > MAX_PART_COPY_BYTES) {
      throw new AwsError(
        'InvalidRequest',
        `local mode copies parts of at most ${MAX_PART_COPY_BYTES} bytes, got ${size}: use smaller parts`,
      );
    }
    const body = Buffer.alloc(size);
    const fd = open(location.bucket, object);
    try {
      fs.readSync(fd, body, 0, size, range.start);
    } finally {
      fs.closeSync(fd);
    }
    const ETag = this.uploads.putPart(referenceOf(input), Number(input['PartNumber']), body);
    return { CopyPartResult: { ETag, LastModified: Math.floor(Date.now() / 1000) } };
  }

  private async completeUpload(input: Input): Promise<unknown> {
    const reference = referenceOf(input);
    const { bucket, key } = reference;
    const { attributes } = this.uploads.find(reference);
    const parts = (input['Parts'] ?? []) as readonly { PartNumber: number; ETag: string }[];
    this.checkWrite(bucket, key, input);
    const staged = this.store.stagingFile();
    const etag = await this.uploads.join(
      reference,
      parts.map(({ PartNumber, ETag }) => ({ number: PartNumber, etag: ETag })),
      staged,
    );
    try {
      // Again: this took a while, in which the upload may have been ended and the object written.
      this.uploads.find(reference);
      this.checkWrite(bucket, key, input);
    } catch (error) {
      fs.rmSync(staged, { force: true });
      throw error;
    }
    this.store.replace(bucket, key, staged, { ...attributes, etag });
    this.uploads.remove(reference);
    return { Bucket: bucket, Key: key, ETag: etag };
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

  private listUploads(input: Input): unknown {
    const bucket = text(input, 'Bucket');
    this.headBucket(input);
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
  return {
    bucket: text(input, 'Bucket'),
    key: text(input, 'Key'),
    uploadId: text(input, 'UploadId'),
  };
}

function attributesOf(input: Input): Omit<ObjectAttributes, 'etag'> {
  const given = SYSTEM_MEMBERS.filter((member) => typeof input[member] === 'string');
  return {
    system: Object.fromEntries(given.map((member) => [member, String(input[member])])),
    metadata: (input['Metadata'] ?? {}) as Record<string, string>,
  };
}

function bodyOf(input: Input): Buffer {
  const body = input['Body'];
  return Buffer.isBuffer(body) ? body : Buffer.from(String(body ?? ''));
}

function text(input: Input, member: string): string {
  const value = input[member];
  if (typeof value !== 'string' || value === '') {
    throw new AwsError('InvalidRequest', `${member} is required`);
  }
  return value;
}

function open(bucket: string, { key, file }: StoredObject): number {
  try {
    return fs.openSync(file, 'r');
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? noSuchKey(bucket, key) : error;
  }
}

function noSuchKey(bucket: string, key: string): AwsError {
  return new AwsError('NoSuchKey', `The specified key does not exist: s3://${bucket}/${key}`, 404);
}

function secondsOf({ mtimeMs }: StoredObject): number {
  return Math.floor(mtimeMs / 1000);
}

/** One range of bytes; undefined for what is none, or several, which S3 answers with the whole object. */
function parseRange(range: unknown, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(String(range ?? ''));
  if (match === null || (match[1] === '' && match[2] === '')) {
    return undefined;
  }
  const [first, last] = [match[1] ?? '', match[2] ?? ''];
  if (first !== '' && last !== '' && Number(first) > Number(last)) {
    return undefined;
  }
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416);
  }
  return { start, end };
}
