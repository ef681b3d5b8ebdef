import { CHECKSUM_MEMBERS } from './checksums';

/** Members of every request. `RequestPayer` has no effect: no bucket here is a Requester Pays bucket. */
const BUCKET = ['Bucket', 'ExpectedBucketOwner', 'RequestPayer'];
const OBJECT = [...BUCKET, 'Key'];

const CONDITIONS = ['IfMatch', 'IfNoneMatch', 'IfModifiedSince', 'IfUnmodifiedSince'];
const COPY_CONDITIONS = CONDITIONS.map((member) => `CopySource${member}`);

const BUCKET_GRANTS = [
  ...['ACL', 'GrantFullControl', 'GrantRead', 'GrantReadACP', 'GrantWrite', 'GrantWriteACP'],
];
const GRANTS = BUCKET_GRANTS.filter((member) => member !== 'GrantWrite');

/** Members of a write that come back as headers of the object. */
export const SYSTEM_MEMBERS = [
  ...['CacheControl', 'ContentDisposition', 'ContentEncoding', 'ContentLanguage', 'ContentType', 'Expires'],
];

/** The attributes of an object. */
const ATTRIBUTES = [
  ...SYSTEM_MEMBERS,
  ...GRANTS,
  ...['Metadata', 'ServerSideEncryption', 'SSEKMSKeyId', 'BucketKeyEnabled', 'StorageClass'],
];

const CONTENT = ['Body', 'ContentLength', 'ContentMD5', 'ChecksumAlgorithm', ...CHECKSUM_MEMBERS];

const READ = [
  ...OBJECT,
  ...CONDITIONS,
  ...SYSTEM_MEMBERS.map((member) => `Response${member}`),
  ...['Range', 'PartNumber', 'VersionId', 'ChecksumMode'],
];

const LISTING = [...BUCKET, 'Delimiter', 'EncodingType', 'MaxKeys', 'Prefix', 'OptionalObjectAttributes'];

const PART = [...OBJECT, 'UploadId', 'PartNumber'];

/**
 * The members that local mode honors, by operation, or by structure inside a request. Everything else in S3's service
 * model is refused by name: a new version of the model cannot bring a member that is accepted and dropped.
 */
export const SUPPORTED_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  AbortMultipartUpload: [...OBJECT, 'UploadId'],
  CompleteMultipartUpload: [
    ...OBJECT,
    ...CHECKSUM_MEMBERS,
    ...['UploadId', 'MultipartUpload', 'ChecksumType', 'MpuObjectSize', 'IfMatch', 'IfNoneMatch'],
  ],
  CompletedMultipartUpload: ['Parts'],
  CompletedPart: ['ETag', 'PartNumber', ...CHECKSUM_MEMBERS],
  CopyObject: [
    ...OBJECT,
    ...ATTRIBUTES,
    ...COPY_CONDITIONS,
    ...['CopySource', 'MetadataDirective', 'TaggingDirective', 'ChecksumAlgorithm', 'IfMatch', 'IfNoneMatch'],
    'ExpectedSourceBucketOwner',
  ],
  CreateBucket: [
    ...['Bucket', ...BUCKET_GRANTS, 'CreateBucketConfiguration'],
    ...['ObjectLockEnabledForBucket', 'ObjectOwnership', 'BucketNamespace'],
  ],
  CreateBucketConfiguration: ['LocationConstraint'],
  CreateMultipartUpload: [...OBJECT, ...ATTRIBUTES, 'ChecksumAlgorithm', 'ChecksumType'],
  DeleteBucket: BUCKET,
  DeleteObject: [...OBJECT, 'IfMatch', 'VersionId'],
  DeleteObjects: [...BUCKET, 'Delete', 'ChecksumAlgorithm'],
  Delete: ['Objects', 'Quiet'],
  ObjectIdentifier: ['Key', 'ETag', 'VersionId'],
  GetBucketLocation: BUCKET,
  GetBucketVersioning: BUCKET,
  GetObject: READ,
  GetObjectTagging: [...OBJECT, 'VersionId'],
  HeadBucket: BUCKET,
  HeadObject: READ,
  ListBuckets: ['MaxBuckets', 'ContinuationToken', 'Prefix', 'BucketRegion'],
  ListMultipartUploads: [
    ...BUCKET,
    ...['Delimiter', 'EncodingType', 'KeyMarker', 'MaxUploads', 'Prefix', 'UploadIdMarker'],
  ],
  ListObjects: [...LISTING, 'Marker'],
  ListObjectsV2: [...LISTING, 'ContinuationToken', 'FetchOwner', 'StartAfter'],
  ListParts: [...OBJECT, 'UploadId', 'MaxParts', 'PartNumberMarker'],
  PutObject: [...OBJECT, ...ATTRIBUTES, ...CONTENT, 'IfMatch', 'IfNoneMatch'],
  UploadPart: [...PART, ...CONTENT],
  UploadPartCopy: [...PART, ...COPY_CONDITIONS, 'CopySource', 'CopySourceRange', 'ExpectedSourceBucketOwner'],
};

/** The values that local mode supports of a member, where it does not support all. */
export const SUPPORTED_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  // The default of S3 and of the CDK, under which buckets have no ACLs.
  ObjectOwnership: ['BucketOwnerEnforced'],
  ObjectLockEnabledForBucket: [false],
  BucketNamespace: ['global'],
  // The version of every object in a bucket without versions.
  VersionId: ['null'],
  ServerSideEncryption: ['AES256', 'aws:kms', 'aws:kms:dsse'],
  // Archived objects have to be restored before they can be read.
  StorageClass: [
    ...['STANDARD', 'REDUCED_REDUNDANCY', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR'],
  ],
};
