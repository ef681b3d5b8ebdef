import * as fs from 'node:fs';
import type { Deployment } from '../../assembly/deployment';
import { AwsError } from '../aws-error';
import type * as model from '../model/s3-model.json';
import type { Input, OperationsOf, Service } from '../service';
import type { BucketStore } from './bucket-store';
import { checkS3Request } from './check-request';
import { copyObject } from './copy-object';
import { deleteObjects } from './delete-objects';
import { getObjectAttributes } from './get-object-attributes';
import { KeyAccess } from './key-access';
import { listObjectsV1, listObjectsV2 } from './list-objects';
import { MultipartUploads } from './multipart-uploads';
import { contentOf } from './object-content';
import type { StoredObject } from './object-files';
import { type ObjectOutput, readOutput } from './object-output';
import { type Owner, ownerOf } from './owner';
import { pageToken, readPageToken } from './page-token';
import { checkReadConditions } from './preconditions';
import { S3Access } from './s3-access';
import { S3_MODEL } from './s3-model';
import { listing, READING, type S3Operation } from './s3-operation';
import {
  checkWrite,
  locationOf,
  noSuchKey,
  stateOf,
  storedObject,
  text,
  writeObject,
} from './stored-objects';
import {
  ATTRIBUTES,
  BUCKET_GRANTS,
  CONTENT,
  COPY_CONDITIONS,
  LISTING,
  READ,
  SYSTEM_MEMBERS,
} from './supported-members';
import { UploadOperations } from './upload-operations';

export type { ListObjectsOutput } from './list-objects';
export type { ObjectOutput } from './object-output';

/** Maximum number of buckets per page of ListBuckets. */
const MAX_BUCKETS = 10_000;

/** The subset of Amazon S3 that clients need to read inputs and write results. */
export class S3Service implements Service {
  readonly name = 's3';
  readonly model = S3_MODEL;
  readonly operations: OperationsOf<typeof model, S3Operation>;

  private readonly owner: Owner;
  private readonly access: S3Access;

  constructor(
    private readonly store: BucketStore,
    private readonly deployment: Pick<Deployment, 'environment' | 'buckets' | 'keys'>,
  ) {
    const { environment } = deployment;
    const uploads = new MultipartUploads(store.uploads);
    this.owner = ownerOf(environment.accountId);
    this.access = new S3Access(environment, new KeyAccess(store, uploads, deployment));
    this.operations = {
      ...this.bucketOperations,
      ...this.objectOperations,
      ...new UploadOperations(store, uploads, this.owner, this.access).operations,
    };
  }

  subject(input: Input) {
    return this.access.subject(input);
  }

  validate(operation: string, input: Input): void {
    const { supports = [] } = (this.operations as Readonly<Record<string, S3Operation>>)[operation] ?? {};
    checkS3Request(operation, supports, input, this.deployment.environment.accountId);
  }

  private get bucketOperations() {
    const { store, access, owner } = this;
    const { region } = this.deployment.environment;
    return {
      ListBuckets: {
        supports: ['MaxBuckets', 'ContinuationToken', 'Prefix', 'BucketRegion'],
        run: (input) => this.listBuckets(input),
        access: access.as('ListAllMyBuckets'),
        rest: { root: 'ListAllMyBucketsResult' },
      },
      CreateBucket: {
        supports: [
          ...[...BUCKET_GRANTS, 'CreateBucketConfiguration'],
          ...['ObjectLockEnabledForBucket', 'ObjectOwnership', 'BucketNamespace'],
        ],
        run: (input) => this.createBucket(input),
      },
      DeleteBucket: { run: (input) => store.deleteBucket(text(input, 'Bucket')) },
      HeadBucket: { run: (input) => this.headBucket(input), access: access.as('ListBucket') },
      GetBucketLocation: {
        run: (input) => {
          store.require(text(input, 'Bucket'));
          // The location of buckets in us-east-1 is empty, as on S3.
          return { LocationConstraint: region === 'us-east-1' ? '' : region };
        },
        rest: { root: 'LocationConstraint', text: 'LocationConstraint' },
      },
      GetBucketVersioning: {
        run: (input) => this.getBucketVersioning(text(input, 'Bucket')),
        rest: { root: 'VersioningConfiguration' },
      },
      ListObjects: {
        supports: [...LISTING, 'Marker'],
        run: (input) => listObjectsV1(store, input, owner),
        access: access.listing,
        rest: listing('ListBucketResult'),
      },
      ListObjectsV2: {
        supports: [...LISTING, 'ContinuationToken', 'FetchOwner', 'StartAfter'],
        run: (input) => listObjectsV2(store, input, owner),
        access: access.listing,
        rest: listing('ListBucketResult'),
      },
      DeleteObjects: {
        supports: ['ChecksumAlgorithm'],
        run: (input, _caller, call) => deleteObjects(input, call),
        // DeleteObjects itself needs no permission, because S3 checks a permission for each object.
        access: () => [],
        rest: { root: 'DeleteResult' },
      },
    } satisfies Record<string, S3Operation>;
  }

  private get objectOperations() {
    const { store, access } = this;
    return {
      GetObject: {
        supports: READ,
        run: (input) => this.getObject(input),
        access: access.reading,
        rest: READING,
      },
      HeadObject: {
        supports: READ,
        run: (input) => this.headObject(input),
        access: (input, given) =>
          (input['ChecksumMode'] === undefined ? access.as('GetObject') : access.reading)(input, given),
        rest: READING,
      },
      GetObjectAttributes: {
        supports: ['VersionId', 'MaxParts', 'PartNumberMarker'],
        run: (input) => getObjectAttributes(store, input),
        // As with HeadObject, reading an object's checksum needs the same permission as reading its content.
        access: (input, given) => [
          given,
          ...(String(input['ObjectAttributes']).includes('Checksum')
            ? access.reading
            : access.as('GetObject'))(input, given),
        ],
        rest: { root: 'GetObjectAttributesResponse', hidesMissingKeys: true },
      },
      // Objects never have tags: writes with tags are refused.
      GetObjectTagging: {
        supports: ['VersionId'],
        run: (input) => storedObject(store, locationOf(input)) && { TagSet: [] },
        rest: { root: 'Tagging' },
      },
      PutObject: {
        supports: [...ATTRIBUTES, ...CONTENT, 'IfMatch', 'IfNoneMatch'],
        run: (input) => writeObject(store, locationOf(input), contentOf(input['Body']), input),
        access: access.writing,
      },
      CopyObject: {
        supports: [
          ...[...ATTRIBUTES, ...COPY_CONDITIONS, 'MetadataDirective', 'TaggingDirective'],
          ...['ChecksumAlgorithm', 'IfMatch', 'IfNoneMatch'],
        ],
        run: (input) => copyObject(store, input),
        access: access.copying(access.writing),
      },
      DeleteObject: {
        supports: ['IfMatch', 'VersionId'],
        run: (input) => {
          const location = locationOf(input);
          checkWrite(store, location, input);
          store.delete(location.bucket, location.key);
          return {};
        },
      },
    } satisfies Record<string, S3Operation>;
  }

  private listBuckets(input: Input): unknown {
    const prefix = String(input['Prefix'] ?? '');
    const { ContinuationToken: token } = input;
    const after = token === undefined ? '' : readPageToken(String(token));
    const isHere = [undefined, this.deployment.environment.region].includes(
      input['BucketRegion'] as string | undefined,
    );
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
        BucketRegion: this.deployment.environment.region,
      })),
      Owner: this.owner,
      ...(prefix !== '' && { Prefix: prefix }),
      ...(page.length < names.length && { ContinuationToken: pageToken(last) }),
    };
  }

  private createBucket(input: Input): unknown {
    const { region } = this.deployment.environment;
    const bucket = text(input, 'Bucket');
    const { LocationConstraint: given } = (input['CreateBucketConfiguration'] ?? {}) as Input;
    // "EU" is an old name of eu-west-1.
    const asked = given === 'EU' ? 'eu-west-1' : given;
    const wanted = asked ?? (region === 'us-east-1' ? region : undefined);
    if (wanted !== region) {
      throw new AwsError(
        'IllegalLocationConstraintException',
        `The ${String(wanted ?? 'unspecified')} location constraint is incompatible for the region specific endpoint this request was sent to: local mode is in ${region}.`,
      );
    }
    // In us-east-1, S3 also reports success for a bucket that the caller already owns:
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
    if (region !== 'us-east-1' || !this.store.has(bucket)) {
      this.store.create(bucket);
    }
    return { Location: `/${bucket}` };
  }

  private headBucket(input: Input): { BucketRegion: string } {
    this.store.require(text(input, 'Bucket'));
    return { BucketRegion: this.deployment.environment.region };
  }

  /** Returns the bucket's versioning status in the template. Versioning has no effect in local mode. */
  private getBucketVersioning(bucket: string): { Status?: string } {
    this.store.require(bucket);
    const { versioning } = this.deployment.buckets.find(({ name }) => name === bucket) ?? {};
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
      // Uses the open file, because another request could replace the file at the path.
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

/** Overrides response headers as requested. */
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
