import { CHECKSUM_MEMBERS } from './checksums';

/** Members of every request. `RequestPayer` has no effect: no bucket here is a Requester Pays bucket. */
export const ALWAYS_SUPPORTED = ['Bucket', 'Key', 'ExpectedBucketOwner', 'RequestPayer'];

/** Conditions on an object that is read. */
const CONDITIONS = ['IfMatch', 'IfNoneMatch', 'IfModifiedSince', 'IfUnmodifiedSince'];
/** Conditions on the source of a copy, and whose it is. */
export const COPY_CONDITIONS = [
  ...CONDITIONS.map((member) => `CopySource${member}`),
  'ExpectedSourceBucketOwner',
];

/** Who may do what, in the manner of ACLs. */
export const BUCKET_GRANTS = [
  ...['ACL', 'GrantFullControl', 'GrantRead', 'GrantReadACP', 'GrantWrite', 'GrantWriteACP'],
];
const GRANTS = BUCKET_GRANTS.filter((member) => member !== 'GrantWrite');

/** Members of a write that come back as headers of the object. */
export const SYSTEM_MEMBERS = [
  ...['CacheControl', 'ContentDisposition', 'ContentEncoding', 'ContentLanguage', 'ContentType', 'Expires'],
];

/** The attributes of an object. */
export const ATTRIBUTES = [
  ...SYSTEM_MEMBERS,
  ...GRANTS,
  ...['Metadata', 'ServerSideEncryption', 'SSEKMSKeyId', 'BucketKeyEnabled', 'StorageClass'],
];

/** The content of a write, and its checksums. */
export const CONTENT = ['Body', 'ContentLength', 'ContentMD5', 'ChecksumAlgorithm', ...CHECKSUM_MEMBERS];

/** What a request may ask of an object. */
export const READ = [
  ...CONDITIONS,
  ...SYSTEM_MEMBERS.map((member) => `Response${member}`),
  ...['Range', 'PartNumber', 'VersionId', 'ChecksumMode'],
];

/** What a request may ask of a listing of objects. */
export const LISTING = ['Delimiter', 'EncodingType', 'MaxKeys', 'Prefix', 'OptionalObjectAttributes'];

/** The members that local mode honors of structures inside of requests. */
export const SUPPORTED_INSIDE: Readonly<Record<string, readonly string[]>> = {
  CompletedMultipartUpload: ['Parts'],
  CompletedPart: ['ETag', 'PartNumber', ...CHECKSUM_MEMBERS],
  CreateBucketConfiguration: ['LocationConstraint'],
  Delete: ['Objects', 'Quiet'],
  ObjectIdentifier: ['Key', 'ETag', 'VersionId'],
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
