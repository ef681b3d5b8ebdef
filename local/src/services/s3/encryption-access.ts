import { bucketsFolder, uploadsFolder } from '../../assembly/buckets';
import type { Deployment } from '../../assembly/deployment';
import { keyAccess } from '../iam/key-access';
import type { AccessRequest } from '../iam/policy-evaluation';
import { BucketStore } from './bucket-store';
import { MultipartUploads } from './multipart-uploads';
import { DefaultEncryption, type ObjectEncryption } from './object-encryption';
import type { S3Location } from './s3-uri';

type Input = Readonly<Record<string, unknown>>;

/** What S3 does with a KMS key for each operation on an object; from the S3 API reference and user guide. */
const WRITES = ['PutObject', 'CopyObject'];
const PARTS = ['UploadPart', 'UploadPartCopy', 'CompleteMultipartUpload'];

/** What a caller has to be allowed for the KMS key of the object that an operation reads or writes. */
export function encryptionAccess(operation: string, input: Input, deployment: Deployment): AccessRequest[] {
  const target = { bucket: String(input['Bucket']), key: String(input['Key']) };
  if (operation === 'GetObject' || (operation === 'HeadObject' && input['ChecksumMode'] !== undefined)) {
    return readAccess(target, deployment);
  }
  if (WRITES.includes(operation)) {
    return useOf(['kms:GenerateDataKey'], target, wanted(target, input, deployment), deployment);
  }
  if (operation !== 'CreateMultipartUpload' && !PARTS.includes(operation)) {
    return [];
  }
  const begun = PARTS.includes(operation) ? ofUpload(target, input, deployment) : undefined;
  // The parts that are there are read to go on with them.
  const actions = ['kms:GenerateDataKey', 'kms:Decrypt'];
  return useOf(actions, target, begun ?? wanted(target, input, deployment), deployment);
}

/** What a caller has to be allowed to read an object: also the source of a copy. */
export function readAccess(location: S3Location, deployment: Deployment): AccessRequest[] {
  const encryption = ofObject(location, deployment) ?? wanted(location, {}, deployment);
  return useOf(['kms:Decrypt'], location, encryption, deployment);
}

/** How an object is to be encrypted: as the request says, else as its bucket does. */
function wanted({ bucket }: S3Location, input: Input, deployment: Deployment): ObjectEncryption {
  return new DefaultEncryption(deployment).of(bucket, input);
}

/** How an object is encrypted; undefined for one that did not come through S3. */
function ofObject({ bucket, key }: S3Location, deployment: Deployment): ObjectEncryption | undefined {
  const store = new BucketStore(bucketsFolder(deployment.root), new DefaultEncryption(deployment));
  const object = store.has(bucket) ? store.find(bucket, key) : undefined;
  return object && encryptionIn(store.attributes(bucket, object).system);
}

/** How the object is to be encrypted that an upload makes. */
function ofUpload(
  { bucket, key }: S3Location,
  { UploadId: id }: Input,
  { root }: Deployment,
): ObjectEncryption | undefined {
  const uploads = new MultipartUploads(uploadsFolder(bucketsFolder(root)));
  const upload = uploads.get({ bucket, key, uploadId: String(id) });
  return upload && encryptionIn(upload.attributes.system);
}

function encryptionIn(system: Readonly<Record<string, string>>): ObjectEncryption | undefined {
  const { ServerSideEncryption: algorithm } = system;
  return algorithm === undefined ? undefined : { ...system, ServerSideEncryption: algorithm };
}

function useOf(
  actions: readonly string[],
  { bucket, key }: S3Location,
  { SSEKMSKeyId: keyId, BucketKeyEnabled: bucketKey }: ObjectEncryption,
  deployment: Deployment,
): AccessRequest[] {
  if (keyId === undefined) {
    return [];
  }
  const bucketArn = `arn:${deployment.environment.partition}:s3:::${bucket}`;
  const context = {
    'kms:EncryptionContext:aws:s3:arn': bucketKey === 'true' ? bucketArn : `${bucketArn}/${key}`,
    'kms:EncryptionContextKeys': ['aws:s3:arn'],
    'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT',
  };
  return keyAccess({ keyId, actions, service: 's3', context }, deployment);
}
