import { CHECKSUM_MEMBERS } from './checksums';

/**
 * Members common to all requests. `RequestPayer` has no effect, because no bucket is a Requester Pays bucket.
 */
export const ALWAYS_SUPPORTED = ['Bucket', 'Key', 'ExpectedBucketOwner', 'RequestPayer'];

/** Conditions for reading an object. */
const CONDITIONS = ['IfMatch', 'IfNoneMatch', 'IfModifiedSince', 'IfUnmodifiedSince'];
/** Conditions on the source of a copy, and its expected owner. */
export const COPY_CONDITIONS = [
  ...CONDITIONS.map((member) => `CopySource${member}`),
  'ExpectedSourceBucketOwner',
];

/** ACL permissions. */
export const BUCKET_GRANTS = [
  ...['ACL', 'GrantFullControl', 'GrantRead', 'GrantReadACP', 'GrantWrite', 'GrantWriteACP'],
];
const GRANTS = BUCKET_GRANTS.filter((member) => member !== 'GrantWrite');

/** Members of a write request that are returned as headers when the object is read. */
export const SYSTEM_MEMBERS = [
  ...['CacheControl', 'ContentDisposition', 'ContentEncoding', 'ContentLanguage', 'ContentType', 'Expires'],
];

/** The attributes of an object. */
export const ATTRIBUTES = [
  ...SYSTEM_MEMBERS,
  ...GRANTS,
  ...['Metadata', 'ServerSideEncryption', 'SSEKMSKeyId', 'BucketKeyEnabled', 'StorageClass'],
];

/** Members that contain the content of a write request, and the checksums of this content. */
export const CONTENT = ['Body', 'ContentLength', 'ContentMD5', 'ChecksumAlgorithm', ...CHECKSUM_MEMBERS];

/** Options for reading an object. */
export const READ = [
  ...CONDITIONS,
  ...SYSTEM_MEMBERS.map((member) => `Response${member}`),
  ...['Range', 'PartNumber', 'VersionId', 'ChecksumMode'],
];

/** Options for listing objects. */
export const LISTING = ['Delimiter', 'EncodingType', 'MaxKeys', 'Prefix', 'OptionalObjectAttributes'];

/** Supported members of nested structures. */
export const SUPPORTED_INSIDE: Readonly<Record<string, readonly string[]>> = {
  CompletedMultipartUpload: ['Parts'],
  CompletedPart: ['ETag', 'PartNumber', ...CHECKSUM_MEMBERS],
  CreateBucketConfiguration: ['LocationConstraint'],
  Delete: ['Objects', 'Quiet'],
  ObjectIdentifier: ['Key', 'ETag', 'VersionId'],
};

/** Supported values of members that are only partly supported. */
export const SUPPORTED_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  // BucketOwnerEnforced disables ACLs, and is the default of S3 and of the CDK.
  ObjectOwnership: ['BucketOwnerEnforced'],
  ObjectLockEnabledForBucket: [false],
  BucketNamespace: ['global'],
  // `null` is the version ID of all objects in buckets without versioning.
  VersionId: ['null'],
  ServerSideEncryption: ['AES256', 'aws:kms', 'aws:kms:dsse'],
  // Excludes archives, because archived objects would have to be restored before reading.
  StorageClass: [
    ...['STANDARD', 'REDUCED_REDUNDANCY', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR'],
  ],
};
