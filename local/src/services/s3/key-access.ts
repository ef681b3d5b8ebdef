import type { Deployment } from '../../assembly/deployment';
import { keyAccess } from '../iam/key-access';
import type { AccessRequest } from '../iam/policy-evaluation';
import type { Input } from '../service';
import type { BucketStore } from './bucket-store';
import type { MultipartUploads } from './multipart-uploads';
import type { ObjectEncryption } from './object-encryption';
import type { S3Location } from './s3-uri';

/** The permissions that a caller needs for the KMS key of an object (S3 API reference and user guide). */
export class KeyAccess {
  constructor(
    private readonly store: BucketStore,
    private readonly uploads: MultipartUploads,
    private readonly deployment: Pick<Deployment, 'environment' | 'keys'>,
  ) {}

  /**
   * Permissions to read an object, including the source of a copy. An object that was not written through S3
   * has its bucket's encryption.
   */
  toRead(location: S3Location): AccessRequest[] {
    const { store } = this;
    const object = store.has(location.bucket) ? store.find(location.bucket, location.key) : undefined;
    const known = object && encryptionIn(store.attributes(location.bucket, object).system);
    return this.useOf(['kms:Decrypt'], location, known ?? store.encryption.of(location.bucket, {}));
  }

  /** Permissions to write an object in one request. */
  toWrite(input: Input): AccessRequest[] {
    const target = targetOf(input);
    return this.useOf(['kms:GenerateDataKey'], target, this.store.encryption.of(target.bucket, input));
  }

  /** Permissions for a multipart upload, which also reads existing parts. */
  toUpload(input: Input): AccessRequest[] {
    const target = targetOf(input);
    const upload = this.uploads.get({ ...target, uploadId: String(input['UploadId']) });
    const known = upload && encryptionIn(upload.attributes.system);
    const actions = ['kms:GenerateDataKey', 'kms:Decrypt'];
    return this.useOf(actions, target, known ?? this.store.encryption.of(target.bucket, input));
  }

  private useOf(
    actions: readonly string[],
    { bucket, key }: S3Location,
    { SSEKMSKeyId: keyId, BucketKeyEnabled: bucketKey }: ObjectEncryption,
  ): AccessRequest[] {
    if (keyId === undefined) {
      return [];
    }
    const bucketArn = `arn:${this.deployment.environment.partition}:s3:::${bucket}`;
    const context = {
      'kms:EncryptionContext:aws:s3:arn': bucketKey === 'true' ? bucketArn : `${bucketArn}/${key}`,
      'kms:EncryptionContextKeys': ['aws:s3:arn'],
      'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT',
    };
    return keyAccess({ keyId, actions, service: 's3', context }, this.deployment);
  }
}

function targetOf(input: Input): S3Location {
  return { bucket: String(input['Bucket']), key: String(input['Key']) };
}

function encryptionIn(system: Readonly<Record<string, string>>): ObjectEncryption | undefined {
  const { ServerSideEncryption: algorithm } = system;
  return algorithm === undefined ? undefined : { ...system, ServerSideEncryption: algorithm };
}
