import type { Tag } from '../api-types';
import type { JobRecord } from '../jobs/job-store';
import type { ContainerDefinition } from '../models/model-types';

/** Response of DescribeModelPackageGroup; times are epoch seconds. */
export interface ModelPackageGroupDescription {
  readonly ModelPackageGroupName: string;
  readonly ModelPackageGroupArn: string;
  readonly ModelPackageGroupDescription?: string;
  readonly ModelPackageGroupStatus: 'Completed';
  readonly CreationTime: number;
  readonly CreatedBy: object;
}

/** The stored record of a model package group. */
export interface ModelPackageGroupRecord extends JobRecord {
  readonly description: ModelPackageGroupDescription;
  readonly tags: readonly Tag[];
  /** The highest version number so far. The number of a deleted version is not used again. */
  readonly latestVersion: number;
}

/** Whether a version may be deployed. */
export type ModelApprovalStatus = 'Approved' | 'Rejected' | 'PendingManualApproval';

/** How to run the model of a package. */
export interface InferenceSpecification {
  readonly Containers: readonly ContainerDefinition[];
}

/** Request of CreateModelPackage. Members that local mode only returns are not declared. */
export interface CreateModelPackageRequest {
  readonly ModelPackageName?: string;
  readonly ModelPackageGroupName?: string;
  readonly ModelPackageDescription?: string;
  readonly InferenceSpecification?: InferenceSpecification;
  readonly ModelApprovalStatus?: ModelApprovalStatus;
  readonly CustomerMetadataProperties?: Readonly<Record<string, string>>;
  readonly AdditionalInferenceSpecifications?: readonly object[];
  readonly Tags?: readonly Tag[];
  readonly ClientToken?: string;
}

/** Response of DescribeModelPackage; times are epoch seconds. */
export interface ModelPackageDescription extends Omit<CreateModelPackageRequest, 'Tags' | 'ClientToken'> {
  readonly ModelPackageArn: string;
  readonly ModelPackageVersion?: number;
  readonly ModelPackageStatus: 'Completed';
  readonly CreationTime: number;
  readonly LastModifiedTime?: number;
}

/** The stored record of a model package. */
export interface ModelPackageRecord extends JobRecord {
  readonly description: ModelPackageDescription;
  readonly tags: readonly Tag[];
  /** The client token of the request. A repeated request has the same token and creates no second version. */
  readonly clientToken?: string;
}
