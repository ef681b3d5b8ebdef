import type { Environment } from '../../assembly/deployment';
import type { ChannelData } from '../../training/trainer';
import { AwsError } from '../aws-error';
import type { Authorizer } from '../iam/authorizer';
import type { BucketStore, StoredObject } from '../s3/bucket-store';
import { parseS3Uri, type S3Location } from '../s3/s3-uri';
import type { Channel, TrainingDefinition } from './api-types';

/** What the checks of a training job's role ask for. */
export type RoleAccess = Pick<Authorizer, 'checkAccess' | 'checkTrust'>;

/** What training jobs read from and write to S3, with the rights of the job's role. */
export class DataAccess {
  constructor(
    private readonly buckets: BucketStore,
    private readonly environment: Environment,
    private readonly access: RoleAccess,
  ) {}

  /** Refuses, as SageMaker does at creation, what cannot be read or written here. */
  public validate({
    InputDataConfig: channels = [],
    OutputDataConfig: output,
    RoleArn: roleArn,
  }: TrainingDefinition): void {
    this.access.checkTrust(roleArn, 'sagemaker.amazonaws.com');
    for (const channel of channels) {
      this.objectsOf(channel, roleArn);
    }
    if (output.CompressionType === 'NONE') {
      throw new AwsError(
        'ValidationException',
        'OutputDataConfig.CompressionType: local mode stores models as model.tar.gz (GZIP) only',
      );
    }
    const { bucket } = locationOf(output.S3OutputPath, 'OutputDataConfig.S3OutputPath');
    if (!this.buckets.has(bucket)) {
      throw new AwsError(
        'ValidationException',
        `The bucket "${bucket}" in OutputDataConfig.S3OutputPath does not exist: local mode has ${this.buckets.buckets().join(', ')}`,
      );
    }
  }

  /** Files of each channel; the role has to be allowed to read them. */
  public resolveChannels({
    InputDataConfig: channels = [],
    RoleArn: roleArn,
  }: TrainingDefinition): ChannelData[] {
    return channels.map((channel) => {
      const { bucket, objects } = this.objectsOf(channel, roleArn);
      for (const { key } of objects) {
        this.access.checkAccess({ arn: roleArn }, 's3:GetObject', this.objectArn({ bucket, key }));
      }
      return {
        name: channel.ChannelName,
        ...(channel.ContentType !== undefined && { contentType: channel.ContentType }),
        files: objects.map(({ file }) => file),
      };
    });
  }

  /** File for an object that the job writes; the role has to be allowed to write it. */
  public outputFile(s3Uri: string, roleArn: string): string {
    const location = locationOf(s3Uri, 'OutputDataConfig.S3OutputPath');
    this.access.checkAccess({ arn: roleArn }, 's3:PutObject', this.objectArn(location));
    return this.buckets.fileOf(location.bucket, location.key);
  }

  private objectsOf(channel: Channel, roleArn: string): { bucket: string; objects: StoredObject[] } {
    const source = channel.DataSource.S3DataSource;
    if (source?.S3DataType !== 'S3Prefix') {
      const given =
        source === undefined ? Object.keys(channel.DataSource).join() || 'nothing' : source.S3DataType;
      throw new AwsError(
        'ValidationException',
        `channel "${channel.ChannelName}": local mode reads S3DataSource with S3DataType S3Prefix only, got ${given}`,
      );
    }
    const { bucket, key: prefix } = locationOf(source.S3Uri, `channel "${channel.ChannelName}"`);
    try {
      this.access.checkAccess(
        { arn: roleArn },
        's3:ListBucket',
        `arn:${this.environment.partition}:s3:::${bucket}`,
        {
          's3:prefix': prefix,
        },
      );
    } catch (error) {
      throw this.noObjects(source.S3Uri, bucket, roleArn, (error as Error).message);
    }
    const objects = this.buckets.has(bucket) ? this.buckets.list(bucket, prefix) : [];
    if (objects.length === 0) {
      throw this.noObjects(source.S3Uri, bucket, roleArn);
    }
    return { bucket, objects };
  }

  private noObjects(uri: string, bucket: string, roleArn: string, s3Message?: string): AwsError {
    const known = this.buckets.buckets().join(', ') || 'none';
    return new AwsError(
      'ValidationException',
      `No S3 objects found under S3 URL "${uri}" given in input data source. Please ensure that the bucket exists in the selected region (${this.environment.region}), that objects exist under that S3 prefix, and that the role "${roleArn}" has "s3:ListBucket" permissions on bucket "${bucket}".${s3Message === undefined ? '' : ` Error message from S3: ${s3Message}`} (Buckets of local mode: ${known}.)`,
    );
  }

  private objectArn({ bucket, key }: S3Location): string {
    return `arn:${this.environment.partition}:s3:::${bucket}/${key}`;
  }
}

function locationOf(uri: string, where: string): S3Location {
  const location = parseS3Uri(uri);
  if (location === undefined) {
    throw new AwsError('ValidationException', `${where}: "${uri}" is not the URI of a place in S3`);
  }
  return location;
}
