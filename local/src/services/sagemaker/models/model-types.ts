import type { Tag } from '../api-types';
import type { JobRecord } from '../jobs/job-store';

/** A container of a model. Members that local mode only stores are not declared. */
export interface ContainerDefinition {
  readonly Image?: string;
  readonly Mode?: 'SingleModel' | 'MultiModel';
  readonly ModelDataUrl?: string;
  readonly ModelDataSource?: {
    readonly S3DataSource?: { readonly S3Uri: string; readonly S3DataType: 'S3Object' | 'S3Prefix' };
  };
  readonly Environment?: Readonly<Record<string, string>>;
  readonly ModelPackageName?: string;
  readonly InferenceSpecificationName?: string;
}

/** Request of CreateModel. */
export interface CreateModelRequest {
  readonly ModelName: string;
  readonly PrimaryContainer?: ContainerDefinition;
  readonly Containers?: readonly ContainerDefinition[];
  readonly ExecutionRoleArn?: string;
  readonly EnableNetworkIsolation?: boolean;
  readonly Tags?: readonly Tag[];
}

/** Response of DescribeModel; times are epoch seconds. */
export interface ModelDescription extends Omit<CreateModelRequest, 'Tags'> {
  readonly ModelArn: string;
  readonly CreationTime: number;
}

/** The stored record of a model. */
export interface ModelRecord extends JobRecord {
  readonly description: ModelDescription;
  readonly tags: readonly Tag[];
}
