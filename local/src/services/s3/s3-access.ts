import type { Deployment } from '../../assembly/deployment';
import type { AccessRequest } from '../iam/policy-evaluation';
import { encryptionAccess, readAccess } from './encryption-access';
import { parseCopySource } from './s3-uri';

/**
 * S3 operations whose permission has another name; from the service authorization reference of S3. Several objects are
 * removed one by one (`DeleteObject`), as S3 checks them.
 */
const ACTIONS: Readonly<Record<string, string>> = {
  HeadObject: 'GetObject',
  HeadBucket: 'ListBucket',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListBuckets: 'ListAllMyBuckets',
  CopyObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  ListParts: 'ListMultipartUploadParts',
  ListMultipartUploads: 'ListBucketMultipartUploads',
};

/** Members of requests that are condition keys. */
const LISTING_KEYS: readonly (readonly [key: string, member: string])[] = [
  ['s3:delimiter', 'Delimiter'],
  ['s3:max-keys', 'MaxKeys'],
];
const WRITE_KEYS: readonly (readonly [key: string, member: string])[] = [
  ['s3:x-amz-server-side-encryption', 'ServerSideEncryption'],
  ['s3:x-amz-server-side-encryption-aws-kms-key-id', 'SSEKMSKeyId'],
  ['s3:x-amz-storage-class', 'StorageClass'],
  ['s3:x-amz-acl', 'ACL'],
];

/** What a caller has to be allowed for an operation of S3. */
export function s3Access(
  operation: string,
  input: Readonly<Record<string, unknown>>,
  deployment: Deployment,
): AccessRequest[] {
  const arn = (bucket: unknown, key?: unknown): string =>
    `arn:${deployment.environment.partition}:s3:::${String(bucket)}${key === undefined ? '' : `/${String(key)}`}`;
  const needed: AccessRequest = {
    action: `s3:${ACTIONS[operation] ?? operation}`,
    resource: input['Bucket'] === undefined ? '*' : arn(input['Bucket'], input['Key']),
    context: operation.startsWith('ListObjects')
      ? { 's3:prefix': String(input['Prefix'] ?? ''), ...given(input, LISTING_KEYS) }
      : given(input, WRITE_KEYS),
  };
  const source = input['CopySource'] === undefined ? undefined : parseCopySource(input['CopySource']);
  return [
    ...(source === undefined
      ? []
      : [
          { action: 's3:GetObject', resource: arn(source.bucket, source.key), context: {} },
          ...readAccess(source, deployment),
        ]),
    needed,
    ...encryptionAccess(operation, input, deployment),
  ];
}

function given(
  input: Readonly<Record<string, unknown>>,
  keys: readonly (readonly [key: string, member: string])[],
): Record<string, string> {
  return Object.fromEntries(
    keys.flatMap(([key, member]) => (input[member] === undefined ? [] : [[key, String(input[member])]])),
  );
}
