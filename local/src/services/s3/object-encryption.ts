import type { BucketResource, Deployment } from '../../assembly/deployment';
import type { Input } from '../service';
import { invalidArgument } from './invalid-argument';

/** The encryption of an object, as members of S3's responses. Objects are not actually encrypted. */
export interface ObjectEncryption {
  readonly ServerSideEncryption: string;
  readonly SSEKMSKeyId?: string;
  readonly BucketKeyEnabled?: 'true';
}

/** The default encryption of buckets. */
export class DefaultEncryption {
  constructor(private readonly deployment: Pick<Deployment, 'buckets' | 'keys' | 'environment'>) {}

  /** Whether a bucket has its own default encryption. */
  public has(bucket: string): boolean {
    return this.find(bucket) !== undefined;
  }

  /**
   * The encryption to report for a new object: as requested, or else the bucket's default.
   *
   * @throws AwsError InvalidArgument for a KMS key without KMS encryption
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
   */
  public of(bucket: string, input: Input): ObjectEncryption {
    const { ServerSideEncryption: wanted, SSEKMSKeyId: keyId, BucketKeyEnabled: bucketKey } = input;
    const byDefault = this.find(bucket);
    const isKms = String(wanted).startsWith('aws:kms');
    if (keyId !== undefined && !isKms) {
      throw invalidArgument(
        'x-amz-server-side-encryption',
        wanted ?? 'null',
        'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
      );
    }
    if (wanted === undefined && byDefault === undefined) {
      return { ServerSideEncryption: 'AES256' };
    }
    if (wanted !== undefined && !isKms) {
      return { ServerSideEncryption: String(wanted) };
    }
    const key = wanted === undefined ? byDefault?.keyId : keyId;
    return {
      ServerSideEncryption: wanted === undefined ? 'aws:kms' : String(wanted),
      // If the request names no key, this is the account's default key for S3.
      SSEKMSKeyId: this.arnOf(String(key ?? 'alias/aws/s3')),
      ...((bucketKey ?? byDefault?.bucketKey) === true && { BucketKeyEnabled: 'true' as const }),
    };
  }

  private find(bucket: string): BucketResource['encryption'] {
    return this.deployment.buckets.find(({ name }) => name === bucket)?.encryption;
  }

  /** The ARN of a key, given its ID, alias or ARN. For an alias outside the template, the ARN of the alias. */
  private arnOf(name: string): string {
    const { keys, environment } = this.deployment;
    const { partition, region, accountId } = environment;
    const alias = /(?:^|:)(alias\/.+)$/.exec(name)?.[1];
    const resource = alias ?? `key/${name}`;
    const key = keys.find(({ aliases }) => alias !== undefined && aliases.includes(alias));
    return (
      key?.arn ?? (name.startsWith('arn:') ? name : `arn:${partition}:kms:${region}:${accountId}:${resource}`)
    );
  }
}
