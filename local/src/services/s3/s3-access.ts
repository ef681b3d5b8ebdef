import type { Environment } from '../../assembly/deployment';
import type { AccessRequest } from '../iam/policy-evaluation';
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

/** Members of a listing that are condition keys. */
const LISTING_KEYS: readonly (readonly [key: string, member: string])[] = [
  ['s3:delimiter', 'Delimiter'],
  ['s3:max-keys', 'MaxKeys'],
];

/** What a caller has to be allowed for an operation of S3. */
export function s3Access(
  operation: string,
  input: Readonly<Record<string, unknown>>,
  { partition }: Environment,
): AccessRequest[] {
  const arn = (bucket: unknown, key?: unknown): string =>
    `arn:${partition}:s3:::${String(bucket)}${key === undefined ? '' : `/${String(key)}`}`;
  const needed: AccessRequest = {
    action: `s3:${ACTIONS[operation] ?? operation}`,
    resource: input['Bucket'] === undefined ? '*' : arn(input['Bucket'], input['Key']),
    context: operation.startsWith('ListObjects') ? listingContext(input) : {},
  };
  if (input['CopySource'] === undefined) {
    return [needed];
  }
  const source = parseCopySource(input['CopySource']);
  return [{ action: 's3:GetObject', resource: arn(source.bucket, source.key), context: {} }, needed];
}

function listingContext(input: Readonly<Record<string, unknown>>): Record<string, string> {
  const context: Record<string, string> = { 's3:prefix': String(input['Prefix'] ?? '') };
  for (const [key, member] of LISTING_KEYS) {
    if (input[member] !== undefined) {
      context[key] = String(input[member]);
    }
  }
  return context;
}
