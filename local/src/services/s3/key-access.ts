import type { Deployment } from '../../assembly/deployment';
import { keyAccess } from '../iam/key-access';
import type { AccessRequest } from '../iam/policy-evaluation';
import type { Input } from '../service';
import type { BucketStore } from './bucket-store';
import type { MultipartUploads } from './multipart-uploads';
import type { ObjectEncryption } from './object-encryption';
import type { S3Location } from './s3-uri';

/**
 * What a caller has to be allowed for the KMS key of the object that an operation reads or writes; from the S3 API
 * reference and user guide.
 */
export class KeyAccess {
  constructor(
    private readonly store: BucketStore,
    private readonly uploads: MultipartUploads,
    private readonly deployment: Pick<Deployment, 'environment' | 'keys'>,
  ) {}

  /** Reading an object: also the source of a copy. One that did not come through S3 is as its bucket says. */
  toRead(location: S3Location): AccessRequest[] {
    const { store } = this;
    const object = store.has(location.bucket) ? store.find(location.bucket, location.key) : undefined;
    const known = object && encryptionIn(store.attributes(location.bucket, object).system);
    return this.useOf(['kms:Decrypt'], location, known ?? store.encryption.of(location.bucket, {}));
  }

  /** Writing an object in one piece. */
  toWrite(input: Input): AccessRequest[] {
    const target = targetOf(input);
    return this.useOf(['kms:GenerateDataKey'], target, this.store.encryption.of(target.bucket, input));
  }

  /** An upload in parts: those that are there are read to go on with them. */
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
