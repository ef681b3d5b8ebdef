import type { Tag } from '../api-types';
import type { JobRecord } from '../jobs/job-store';

/** A channel of an AutoML job. */
export interface AutoMLJobChannel {
  readonly ChannelType?: string;
  readonly ContentType?: string;
  readonly CompressionType?: string;
  readonly DataSource: { readonly S3DataSource: { readonly S3DataType: string; readonly S3Uri: string } };
}

/** Limits of an AutoML job. */
export interface AutoMLCompletionCriteria {
  readonly MaxCandidates?: number;
  readonly MaxRuntimePerTrainingJobInSeconds?: number;
  readonly MaxAutoMLJobRuntimeInSeconds?: number;
}

/** Configuration of an AutoML job for tabular data. */
export interface TabularJobConfig {
  readonly TargetAttributeName: string;
  readonly Mode?: string;
  readonly ProblemType?: string;
  readonly SampleWeightAttributeName?: string;
  readonly FeatureSpecificationS3Uri?: string;
  readonly GenerateCandidateDefinitionsOnly?: boolean;
  readonly CompletionCriteria?: AutoMLCompletionCriteria;
  readonly CandidateGenerationConfig?: {
    readonly AlgorithmsConfig?: readonly { readonly AutoMLAlgorithms: readonly string[] }[];
  };
}

/** Request of CreateAutoMLJobV2. Members that local mode passes on without reading are not declared. */
export interface CreateAutoMLJobRequest {
  readonly AutoMLJobName: string;
  readonly AutoMLJobInputDataConfig: readonly AutoMLJobChannel[];
  readonly OutputDataConfig: { readonly S3OutputPath: string; readonly KmsKeyId?: string };
  readonly AutoMLProblemTypeConfig: { readonly TabularJobConfig?: TabularJobConfig };
  readonly RoleArn: string;
  readonly AutoMLJobObjective?: { readonly MetricName: string };
  readonly DataSplitConfig?: { readonly ValidationFraction?: number };
  readonly ModelDeployConfig?: {
    readonly AutoGenerateEndpointName?: boolean;
    readonly EndpointName?: string;
  };
  readonly Tags?: readonly Tag[];
}

/** Status of an AutoML job or a candidate. */
export type AutoMLJobStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';

/** A candidate as Describe and List return it. Times are epoch seconds. */
export interface AutoMLCandidate {
  readonly CandidateName: string;
  readonly CandidateStatus: AutoMLJobStatus;
  readonly ObjectiveStatus: 'Succeeded' | 'Pending' | 'Failed';
  readonly FinalAutoMLJobObjectiveMetric?: {
    readonly Type: string;
    readonly MetricName: string;
    readonly Value: number;
    readonly StandardMetricName: string;
  };
  readonly CandidateSteps: readonly {
    readonly CandidateStepType: string;
    readonly CandidateStepArn: string;
    readonly CandidateStepName: string;
  }[];
  readonly InferenceContainers?: readonly {
    readonly Image: string;
    readonly ModelDataUrl: string;
    readonly Environment: Readonly<Record<string, string>>;
  }[];
  readonly CandidateProperties?: {
    readonly CandidateMetrics: readonly {
      readonly MetricName?: string;
      readonly StandardMetricName: string;
      readonly Set: string;
      readonly Value: number;
    }[];
  };
  readonly CreationTime: number;
  readonly LastModifiedTime: number;
  readonly EndTime?: number;
  readonly FailureReason?: string;
}

/** Response of DescribeAutoMLJobV2. Times are epoch seconds. */
export interface AutoMLJobDescription extends Omit<CreateAutoMLJobRequest, 'Tags'> {
  readonly AutoMLJobArn: string;
  readonly AutoMLProblemTypeConfigName: 'Tabular';
  readonly AutoMLJobStatus: AutoMLJobStatus;
  readonly AutoMLJobSecondaryStatus: string;
  readonly CreationTime: number;
  readonly LastModifiedTime: number;
  readonly EndTime?: number;
  readonly FailureReason?: string;
  readonly BestCandidate?: AutoMLCandidate;
  readonly ResolvedAttributes?: {
    readonly AutoMLJobObjective: { readonly MetricName: string };
    readonly CompletionCriteria: AutoMLCompletionCriteria;
    readonly AutoMLProblemTypeResolvedAttributes: {
      readonly TabularResolvedAttributes: { readonly ProblemType: string };
    };
  };
}

/** The stored record of an AutoML job. */
export interface AutoMLJobRecord extends JobRecord {
  readonly description: AutoMLJobDescription;
  /** Ordered by creation. */
  readonly candidates: readonly AutoMLCandidate[];
  readonly tags: readonly Tag[];
}
