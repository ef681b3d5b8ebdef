import type { MetricDefinition } from '../../training/trainer';

/** A tag of a job. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** A channel of input data. Members that local mode passes on without reading them are not listed here. */
export interface Channel {
  readonly ChannelName: string;
  readonly ContentType?: string;
  readonly DataSource: {
    readonly S3DataSource?: { readonly S3DataType: string; readonly S3Uri: string };
    readonly FileSystemDataSource?: unknown;
    readonly DatasetSource?: unknown;
  };
}

/** The algorithm of a training job. */
export interface AlgorithmSpecification {
  readonly TrainingImage?: string;
  readonly AlgorithmName?: string;
  readonly TrainingInputMode: string;
  readonly MetricDefinitions?: readonly MetricDefinition[];
}

/** What training jobs and the definition in a tuning job have in common. */
export interface TrainingDefinition {
  readonly AlgorithmSpecification: AlgorithmSpecification;
  readonly RoleArn: string;
  readonly InputDataConfig?: readonly Channel[];
  readonly OutputDataConfig: { readonly S3OutputPath: string; readonly CompressionType?: string };
  readonly StoppingCondition?: { readonly MaxRuntimeInSeconds?: number };
}

/** Request of CreateTrainingJob. */
export interface CreateTrainingJobRequest extends TrainingDefinition {
  readonly TrainingJobName: string;
  readonly HyperParameters?: Readonly<Record<string, string>>;
  readonly Tags?: readonly Tag[];
}

/** Status of a training job. */
export type TrainingJobStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';

/** A step of a training job's life. */
export interface SecondaryStatusTransition {
  readonly Status: string;
  readonly StartTime: number;
  readonly EndTime?: number;
  readonly StatusMessage?: string;
}

/** A metric's final value. */
export interface MetricData {
  readonly MetricName: string;
  readonly Value: number;
  readonly Timestamp: number;
}

/** Response of DescribeTrainingJob; times are epoch seconds. */
export interface TrainingJobDescription extends Omit<CreateTrainingJobRequest, 'Tags'> {
  readonly TrainingJobArn: string;
  readonly TuningJobArn?: string;
  readonly TrainingJobStatus: TrainingJobStatus;
  readonly SecondaryStatus: string;
  readonly SecondaryStatusTransitions: readonly SecondaryStatusTransition[];
  readonly ModelArtifacts: { readonly S3ModelArtifacts: string };
  readonly CreationTime: number;
  readonly LastModifiedTime: number;
  readonly TrainingStartTime?: number;
  readonly TrainingEndTime?: number;
  readonly TrainingTimeInSeconds?: number;
  readonly BillableTimeInSeconds?: number;
  readonly FinalMetricDataList?: readonly MetricData[];
  readonly FailureReason?: string;
}

/** What a tuning job minimizes or maximizes. */
export interface Objective {
  readonly Type: 'Minimize' | 'Maximize';
  readonly MetricName: string;
}

interface NumericRange {
  readonly Name: string;
  readonly MinValue: string;
  readonly MaxValue: string;
  readonly ScalingType?: 'Auto' | 'Linear' | 'Logarithmic' | 'ReverseLogarithmic';
}

/** The search space. */
export interface ParameterRanges {
  readonly IntegerParameterRanges?: readonly NumericRange[];
  readonly ContinuousParameterRanges?: readonly NumericRange[];
  readonly CategoricalParameterRanges?: readonly {
    readonly Name: string;
    readonly Values: readonly string[];
  }[];
  readonly AutoParameters?: readonly unknown[];
}

/** How a tuning job searches. */
export interface TuningJobConfig {
  readonly Strategy: 'Bayesian' | 'Random' | 'Hyperband' | 'Grid';
  readonly StrategyConfig?: {
    readonly HyperbandStrategyConfig?: { readonly MinResource?: number; readonly MaxResource?: number };
  };
  readonly HyperParameterTuningJobObjective?: Objective;
  readonly ResourceLimits: {
    readonly MaxNumberOfTrainingJobs?: number;
    readonly MaxParallelTrainingJobs: number;
    readonly MaxRuntimeInSeconds?: number;
  };
  readonly ParameterRanges?: ParameterRanges;
  readonly TrainingJobEarlyStoppingType?: 'Off' | 'Auto';
  readonly TuningJobCompletionCriteria?: {
    readonly TargetObjectiveMetricValue?: number;
    readonly BestObjectiveNotImproving?: { readonly MaxNumberOfTrainingJobsNotImproving?: number };
    readonly ConvergenceDetected?: { readonly CompleteOnConvergence?: 'Enabled' | 'Disabled' };
  };
  readonly RandomSeed?: number;
}

/** The training jobs of a tuning job. */
export interface TuningTrainingDefinition extends TrainingDefinition {
  readonly StaticHyperParameters?: Readonly<Record<string, string>>;
}

/** Request of CreateHyperParameterTuningJob. */
export interface CreateTuningJobRequest {
  readonly HyperParameterTuningJobName: string;
  readonly HyperParameterTuningJobConfig: TuningJobConfig;
  readonly TrainingJobDefinition: TuningTrainingDefinition;
  readonly WarmStartConfig?: {
    readonly ParentHyperParameterTuningJobs: readonly { readonly HyperParameterTuningJobName?: string }[];
    readonly WarmStartType: string;
  };
  readonly Tags?: readonly Tag[];
}

/** Status of a tuning job. */
export type TuningJobStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';

/** A training job in the eyes of its tuning job. */
export interface TrainingJobSummary {
  readonly TrainingJobName: string;
  readonly TrainingJobArn: string;
  readonly TuningJobName: string;
  readonly CreationTime: number;
  readonly TrainingStartTime?: number;
  readonly TrainingEndTime?: number;
  readonly TrainingJobStatus: TrainingJobStatus;
  readonly TunedHyperParameters: Readonly<Record<string, string>>;
  readonly FailureReason?: string;
  readonly FinalHyperParameterTuningJobObjectiveMetric?: Objective & { readonly Value: number };
  readonly ObjectiveStatus: 'Succeeded' | 'Pending' | 'Failed';
}

/** Response of DescribeHyperParameterTuningJob; times are epoch seconds. */
export interface TuningJobDescription extends Omit<CreateTuningJobRequest, 'Tags'> {
  readonly HyperParameterTuningJobArn: string;
  readonly HyperParameterTuningJobStatus: TuningJobStatus;
  readonly CreationTime: number;
  readonly LastModifiedTime: number;
  readonly HyperParameterTuningEndTime?: number;
  readonly TrainingJobStatusCounters: {
    readonly Completed: number;
    readonly InProgress: number;
    readonly RetryableError: number;
    readonly NonRetryableError: number;
    readonly Stopped: number;
  };
  readonly ObjectiveStatusCounters: {
    readonly Succeeded: number;
    readonly Pending: number;
    readonly Failed: number;
  };
  readonly BestTrainingJob?: TrainingJobSummary;
  readonly OverallBestTrainingJob?: TrainingJobSummary;
  readonly TuningJobCompletionDetails?: { readonly NumberOfTrainingJobsObjectiveNotImproving?: number };
  readonly ConsumedResources?: { readonly RuntimeInSeconds: number };
  readonly FailureReason?: string;
}
