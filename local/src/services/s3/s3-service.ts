import * as fs from 'node:fs';
import type { BucketResource, Environment } from '../../assembly/deployment';
import { AwsError } from '../aws-error';
import { unknownOperation } from '../router';
import type { Service } from '../service';
import type { BucketStore } from './bucket-store';
import { checkS3Request } from './check-request';
import { copyObject } from './copy-object';
import { listObjectsV1, listObjectsV2 } from './list-objects';
import { contentOf } from './object-content';
import type { StoredObject } from './object-files';
import { type ObjectOutput, readOutput } from './object-output';
import { type Owner, ownerOf } from './owner';
import { pageToken, readPageToken } from './page-token';
import { checkReadConditions } from './preconditions';
import { S3_MODEL } from './s3-model';
import {
  checkWrite,
  locationOf,
  noSuchKey,
  stateOf,
  storedObject,
  text,
  writeObject,
} from './stored-objects';
import { SYSTEM_MEMBERS } from './supported-members';
import { UploadOperations } from './upload-operations';

export type { ListObjectsOutput } from './list-objects';
export type { ObjectOutput } from './object-output';

type Input = Readonly<Record<string, unknown>>;

/** Most buckets in a page of ListBuckets. */
const MAX_BUCKETS = 10_000;

/** The subset of Amazon S3 that clients need to read and write inputs and results. */
export class S3Service implements Service {
  public readonly name = 's3';
  public readonly model = S3_MODEL;

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
    ListObjects: (input) => listObjectsV1(this.store, input, this.owner),
    ListObjectsV2: (input) => listObjectsV2(this.store, input, this.owner),
    GetObject: (input) => this.getObject(input),
    HeadObject: (input) => this.headObject(input),
    // No object has tags here: writes with tags are refused.
    GetObjectTagging: (input) => storedObject(this.store, locationOf(input)) && { TagSet: [] },
    PutObject: (input) => writeObject(this.store, locationOf(input), contentOf(input['Body']), input),
    CopyObject: (input) => copyObject(this.store, input),
    DeleteObject: (input) => {
      const location = locationOf(input);
      checkWrite(this.store, location, input);
      this.store.delete(location.bucket, location.key);
      return {};
    },
  };

  private readonly owner: Owner;

  /**
   * @param environment the account and the region that the buckets are said to be in
   * @param buckets those of the template
   */
  constructor(
    private readonly store: BucketStore,
    private readonly environment: Pick<Environment, 'region' | 'accountId'>,
    private readonly buckets: readonly BucketResource[],
  ) {
    this.owner = ownerOf(environment.accountId);
    this.operations = { ...this.objectOperations, ...new UploadOperations(store, this.owner).operations };
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
    const { ContinuationToken: token } = input;
    const after = token === undefined ? '' : readPageToken(String(token));
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
      Owner: this.owner,
      ...(prefix !== '' && { Prefix: prefix }),
      ...(page.length < names.length && { ContinuationToken: pageToken(last) }),
    };
  }

  private createBucket(input: Input): unknown {
    const { region } = this.environment;
    const bucket = text(input, 'Bucket');
    const { LocationConstraint: given } = (input['CreateBucketConfiguration'] ?? {}) as Input;
    // "EU" is the old name of a region.
    const asked = given === 'EU' ? 'eu-west-1' : given;
    const wanted = asked ?? (region === 'us-east-1' ? region : undefined);
    if (wanted !== region) {
      throw new AwsError(
        'IllegalLocationConstraintException',
        `The ${String(wanted ?? 'unspecified')} location constraint is incompatible for the region specific endpoint this request was sent to: local mode is in ${region}.`,
      );
    }
    // There, S3 takes it for done: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
    if (region !== 'us-east-1' || !this.store.has(bucket)) {
      this.store.create(bucket);
    }
    return { Location: `/${bucket}` };
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

  private headObject(input: Input): ObjectOutput {
    const location = locationOf(input);
    const object = storedObject(this.store, location);
    const attributes = this.store.attributes(location.bucket, object);
    checkReadConditions(input, stateOf(this.store, location.bucket, object));
    return withResponseMembers(readOutput(input, object, attributes).output, input);
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
      const { output, range } = readOutput(input, object, this.store.attributes(bucket, object));
      return { ...withResponseMembers(output, input), Body: fs.createReadStream('', { fd, ...range }) };
    } catch (error) {
      fs.closeSync(fd);
      throw error;
    }
  }
}

/** An answer with the headers that the request wants instead of the object's own. */
function withResponseMembers(output: ObjectOutput, input: Input): ObjectOutput {
  const wanted = SYSTEM_MEMBERS.filter((member) => input[`Response${member}`] !== undefined);
  return { ...output, ...Object.fromEntries(wanted.map((member) => [member, input[`Response${member}`]])) };
}

function open(bucket: string, { key, file }: StoredObject): number {
  try {
    return fs.openSync(file, 'r');
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? noSuchKey(bucket, key) : error;
  }
}
