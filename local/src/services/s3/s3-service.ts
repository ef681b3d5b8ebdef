import * as fs from 'node:fs';
import type { Readable } from 'node:stream';
import type { BucketResource, Environment } from '../../assembly/deployment';
import { AwsError } from '../aws-error';
import { unknownOperation } from '../router';
import type { Service } from '../service';
import type { BucketStore, StoredObject } from './bucket-store';
import { parseRange } from './byte-range';
import { checkS3Request } from './check-request';
import { CHECKSUM_MEMBERS } from './checksums';
import { listObjectsV1, listObjectsV2 } from './list-objects';
import { contentOf } from './object-content';
import { checkReadConditions } from './preconditions';
import {
  attributesOf,
  checkWrite,
  copySource,
  locationOf,
  noSuchKey,
  secondsOf,
  stateOf,
  storedObject,
  text,
  writeObject,
} from './stored-objects';
import { UploadOperations } from './upload-operations';

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

/** Most buckets in a page of ListBuckets. */
const MAX_BUCKETS = 10_000;

/** The subset of Amazon S3 that clients need to read and write inputs and results. */
export class S3Service implements Service {
  public readonly name = 's3';

  private readonly operations: Readonly<Record<string, (input: Input) => unknown>>;
  private readonly objectOperations: Readonly<Record<string, (input: Input) => unknown>> = {
    ListBuckets: (input) => this.listBuckets(input),
    CreateBucket: (input) => this.createBucket(input),
    DeleteBucket: (input) => this.store.deleteBucket(text(input, 'Bucket')),
    HeadBucket: (input) => this.headBucket(input),
    // us-east-1 has no name there, as on S3.
    GetBucketLocation: (input) => ({
      ...this.headBucket(input),
      LocationConstraint: this.environment.region === 'us-east-1' ? '' : this.environment.region,
    }),
    GetBucketVersioning: (input) => this.getBucketVersioning(text(input, 'Bucket')),
    ListObjects: (input) => listObjectsV1(this.store, input),
    ListObjectsV2: (input) => listObjectsV2(this.store, input),
    GetObject: (input) => this.getObject(input),
    HeadObject: (input) => this.headObject(input),
    // No object has tags here: writes with tags are refused.
    GetObjectTagging: (input) => storedObject(this.store, locationOf(input)) && { TagSet: [] },
    PutObject: (input) => writeObject(this.store, locationOf(input), contentOf(input['Body']), input),
    CopyObject: (input) => this.copyObject(input),
    DeleteObject: (input) => {
      const location = locationOf(input);
      checkWrite(this.store, location, input);
      this.store.delete(location.bucket, location.key);
      return {};
    },
  };

  /**
   * @param environment the account and the region that the buckets are said to be in
   * @param buckets those of the template
   */
  constructor(
    private readonly store: BucketStore,
    private readonly environment: Pick<Environment, 'region' | 'accountId'>,
    private readonly buckets: readonly BucketResource[],
  ) {
    this.operations = { ...this.objectOperations, ...new UploadOperations(store).operations };
  }

  public async call(operation: string, input: Input): Promise<unknown> {
    const run = Object.hasOwn(this.operations, operation) ? this.operations[operation] : undefined;
    if (run === undefined) {
      throw unknownOperation(this.name, operation, Object.keys(this.operations));
    }
    checkS3Request(operation, input, this.environment.accountId);
    return run(input);
  }

  private listBuckets(input: Input): unknown {
    const prefix = String(input['Prefix'] ?? '');
    const after = Buffer.from(String(input['ContinuationToken'] ?? ''), 'base64url').toString();
    const isHere = [undefined, this.environment.region].includes(input['BucketRegion'] as string | undefined);
    const names = this.store
      .buckets()
      .sort()
      .filter((name) => isHere && name.startsWith(prefix) && name > after);
    const page = names.slice(0, Number(input['MaxBuckets'] ?? MAX_BUCKETS));
    const last = page.at(-1) ?? '';
    return {
      Buckets: page.map((Name) => ({
        Name,
        CreationDate: this.store.createdAt(Name),
        BucketRegion: this.environment.region,
      })),
      ...(page.length < names.length && { ContinuationToken: Buffer.from(last).toString('base64url') }),
    };
  }

  private createBucket(input: Input): void {
    const { region } = this.environment;
    const wanted = input['LocationConstraint'] ?? (region === 'us-east-1' ? region : undefined);
    if (wanted !== region) {
      throw new AwsError(
        'IllegalLocationConstraintException',
        `The ${String(wanted ?? 'unspecified')} location constraint is incompatible for the region specific endpoint this request was sent to: local mode is in ${region}.`,
      );
    }
    this.store.create(text(input, 'Bucket'));
  }

  private headBucket(input: Input): { BucketRegion: string } {
    this.store.require(text(input, 'Bucket'));
    return { BucketRegion: this.environment.region };
  }

  /** As the template has it, like all configuration that makes no difference here. */
  private getBucketVersioning(bucket: string): { Status?: string } {
    this.store.require(bucket);
    const { versioning } = this.buckets.find(({ name }) => name === bucket) ?? {};
    return versioning === undefined ? {} : { Status: versioning };
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

  private headObject(input: Input): ObjectOutput {
    const location = locationOf(input);
    const object = storedObject(this.store, location);
    checkReadConditions(input, stateOf(this.store, location.bucket, object));
    return inRange(this.describe(location.bucket, object), input['Range']);
  }

  private getObject(input: Input): ObjectOutput {
    const location = locationOf(input);
    const { bucket } = location;
    const found = storedObject(this.store, location);
    const fd = open(bucket, found);
    try {
      // The open file is what will be read, whatever takes its name meanwhile.
      const { size, mtimeMs } = fs.fstatSync(fd);
      const object = { ...found, size, mtimeMs };
      checkReadConditions(input, stateOf(this.store, bucket, object));
      const output = inRange(this.describe(bucket, object), input['Range']);
      return { ...output, Body: fs.createReadStream('', { fd, ...parseRange(input['Range'], size) }) };
    } catch (error) {
      fs.closeSync(fd);
      throw error;
    }
  }

  private async copyObject(input: Input): Promise<unknown> {
    const target = locationOf(input);
    const { bucket, key } = target;
    const { location, object } = copySource(this.store, input);
    const keepsAttributes = input['MetadataDirective'] !== 'REPLACE';
    if (keepsAttributes && location.bucket === bucket && location.key === key) {
      throw new AwsError(
        'InvalidRequest',
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      );
    }
    this.store.fileOf(bucket, key);
    checkWrite(this.store, target, input);
    const { etag, ...attributes } = this.store.attributes(location.bucket, object);
    const staged = this.store.stagingFile();
    await fs.promises.copyFile(object.file, staged, fs.constants.COPYFILE_FICLONE);
    const checksums = Object.fromEntries(
      Object.entries(attributes.system).filter(([member]) => CHECKSUM_MEMBERS.includes(member)),
    );
    const given = attributesOf(input);
    const kept = keepsAttributes ? attributes : { ...given, system: { ...given.system, ...checksums } };
    const copy = this.store.replace(target, staged, { etag, ...kept }, 'CopyObject');
    return { CopyObjectResult: { ETag: etag, LastModified: secondsOf(copy), ...checksums } };
  }
}

/** What is said of a part of an object. */
function inRange(output: ObjectOutput, given: unknown): ObjectOutput {
  const size = output.ContentLength;
  const range = parseRange(given, size);
  return range === undefined
    ? output
    : {
        ...output,
        ContentLength: range.end - range.start + 1,
        ContentRange: `bytes ${range.start}-${range.end}/${size}`,
      };
}

function open(bucket: string, { key, file }: StoredObject): number {
  try {
    return fs.openSync(file, 'r');
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? noSuchKey(bucket, key) : error;
  }
}
