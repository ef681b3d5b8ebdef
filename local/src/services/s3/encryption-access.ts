import type { Deployment } from '../../assembly/deployment';
import { keyAccess } from '../iam/key-access';
import type { AccessRequest } from '../iam/policy-evaluation';
import type { S3Location } from './s3-uri';

type Input = Readonly<Record<string, unknown>>;

/** What S3 does with a KMS key for each operation on an object; from the S3 API reference and user guide. */
const WRITES = ['PutObject', 'CopyObject'];
const MULTIPART_WRITES = ['CreateMultipartUpload', 'UploadPart', 'UploadPartCopy', 'CompleteMultipartUpload'];

/**
 * What a caller has to be allowed for the KMS key of the object that an operation reads or writes. The key is the
 * request's own, else that of the bucket: objects are not encrypted here, and so have none of their own.
 */
export function encryptionAccess(operation: string, input: Input, deployment: Deployment): AccessRequest[] {
  const target = { bucket: String(input['Bucket']), key: String(input['Key']) };
  if (operation === 'GetObject' || (operation === 'HeadObject' && input['ChecksumMode'] !== undefined)) {
    return readAccess(target, deployment);
  }
  if (WRITES.includes(operation)) {
    return objectAccess(['kms:GenerateDataKey'], target, input, deployment);
  }
  // The parts that are there are read to go on with them.
  return MULTIPART_WRITES.includes(operation)
    ? objectAccess(['kms:GenerateDataKey', 'kms:Decrypt'], target, input, deployment)
    : [];
}

/** What a caller has to be allowed to read an object: also the source of a copy. */
export function readAccess(location: S3Location, deployment: Deployment): AccessRequest[] {
  return objectAccess(['kms:Decrypt'], location, {}, deployment);
}

function objectAccess(
  actions: readonly string[],
  { bucket, key }: S3Location,
  { ServerSideEncryption: algorithm, SSEKMSKeyId: given }: Input,
  deployment: Deployment,
): AccessRequest[] {
  const ofBucket = deployment.buckets.find(({ name }) => name === bucket)?.encryption;
  // SSE-S3 instead of the bucket's key needs none.
  const keyId = typeof given === 'string' ? given : algorithm === 'AES256' ? undefined : ofBucket?.keyId;
  if (keyId === undefined) {
    return [];
  }
  const bucketArn = `arn:${deployment.environment.partition}:s3:::${bucket}`;
  const context = {
    'kms:EncryptionContext:aws:s3:arn': ofBucket?.bucketKey === true ? bucketArn : `${bucketArn}/${key}`,
    'kms:EncryptionContextKeys': ['aws:s3:arn'],
    'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT',
  };
  return keyAccess({ keyId, actions, service: 's3', context }, deployment);
}
