import type { S3DataSource, Tag } from '../api-types';
import type { JobRecord } from '../jobs/job-store';
import type { ContainerDefinition } from '../models/model-types';

/** Request of CreateTransformJob. */
export interface CreateTransformJobRequest {
  readonly TransformJobName: string;
  readonly ModelName: string;
  readonly MaxConcurrentTransforms?: number;
  readonly MaxPayloadInMB?: number;
  readonly BatchStrategy?: 'MultiRecord' | 'SingleRecord';
  readonly ModelClientConfig?: { readonly InvocationsTimeoutInSeconds?: number };
  readonly Environment?: Readonly<Record<string, string>>;
  readonly TransformInput: {
    readonly DataSource: { readonly S3DataSource: S3DataSource };
    readonly ContentType?: string;
    readonly CompressionType?: 'None' | 'Gzip';
    readonly SplitType?: 'None' | 'Line' | 'RecordIO' | 'TFRecord';
  };
  readonly TransformOutput: {
    readonly S3OutputPath: string;
    readonly Accept?: string;
    readonly AssembleWith?: 'None' | 'Line';
    readonly KmsKeyId?: string;
  };
  readonly TransformResources: {
    readonly InstanceType: string;
    readonly InstanceCount: number;
    readonly VolumeKmsKeyId?: string;
  };
  readonly DataProcessing?: {
    readonly InputFilter?: string;
    readonly OutputFilter?: string;
    readonly JoinSource?: 'None' | 'Input';
  };
  readonly Tags?: readonly Tag[];
}

/** Status of a transform job. */
export type TransformJobStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';

/** Response of DescribeTransformJob, and the time of its last change. Times are epoch seconds. */
export interface TransformJobDescription extends Omit<CreateTransformJobRequest, 'Tags'> {
  readonly TransformJobArn: string;
  readonly TransformJobStatus: TransformJobStatus;
  readonly CreationTime: number;
  readonly LastModifiedTime: number;
  readonly TransformStartTime?: number;
  readonly TransformEndTime?: number;
  readonly FailureReason?: string;
}

/** The model of a transform job as it was when the job was created, because the model may have been deleted since. */
export interface TransformModel {
  readonly container: ContainerDefinition;
  readonly roleArn: string;
  /** @default false */
  readonly networkIsolation?: boolean;
}

/** The stored record of a transform job. */
export interface TransformJobRecord extends JobRecord {
  readonly description: TransformJobDescription;
  readonly model: TransformModel;
  readonly tags: readonly Tag[];
}
