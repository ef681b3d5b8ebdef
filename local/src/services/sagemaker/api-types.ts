import type { MetricDefinition } from '../../training/trainer';

/** A tag of a job. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** A channel of input data. Members that local mode passes on without reading are not declared. */
export interface Channel {
  readonly ChannelName: string;
  readonly ContentType?: string;
  readonly CompressionType?: string;
  readonly RecordWrapperType?: 'None' | 'RecordIO';
  readonly InputMode?: InputMode;
  readonly ShuffleConfig?: { readonly Seed: number };
  readonly DataSource: {
    readonly S3DataSource?: S3DataSource;
    readonly FileSystemDataSource?: FileSystemDataSource;
    readonly DatasetSource?: unknown;
  };
}

/** How a channel's data reaches the container. */
export type InputMode = 'File' | 'FastFile' | 'Pipe';

/** Objects in S3 that contain a channel's data. */
export interface S3DataSource {
  readonly S3DataType: string;
  readonly S3Uri: string;
  readonly S3DataDistributionType?: 'FullyReplicated' | 'ShardedByS3Key';
  readonly InstanceGroupNames?: readonly string[];
}

/** A folder on EFS or FSx for Lustre that contains a channel's data. */
export interface FileSystemDataSource {
  readonly FileSystemId: string;
  readonly FileSystemType: 'EFS' | 'FSxLustre';
  readonly FileSystemAccessMode: 'ro' | 'rw';
  readonly DirectoryPath: string;
}

/** The algorithm of a training job. */
export interface AlgorithmSpecification {
  readonly TrainingImage?: string;
  readonly AlgorithmName?: string;
  readonly TrainingInputMode: InputMode;
  readonly MetricDefinitions?: readonly MetricDefinition[];
  readonly ContainerEntrypoint?: readonly string[];
  readonly ContainerArguments?: readonly string[];
}

/** The instances of a training job: of one type, or in groups of different types. */
export interface ResourceConfig {
  readonly InstanceType?: string;
  readonly InstanceCount?: number;
  readonly InstanceGroups?: readonly {
    readonly InstanceGroupName: string;
    readonly InstanceType: string;
    readonly InstanceCount: number;
  }[];
  readonly VolumeSizeInGB?: number;
  readonly VolumeKmsKeyId?: string;
}

/** Members common to training jobs and training job definitions of tuning jobs. */
export interface TrainingDefinition {
  readonly AlgorithmSpecification: AlgorithmSpecification;
  readonly RoleArn: string;
  readonly InputDataConfig?: readonly Channel[];
  readonly OutputDataConfig: {
    readonly S3OutputPath: string;
    readonly CompressionType?: 'GZIP' | 'NONE';
    readonly KmsKeyId?: string;
  };
  readonly ResourceConfig?: ResourceConfig;
  readonly EnableNetworkIsolation?: boolean;
  readonly CheckpointConfig?: { readonly S3Uri: string; readonly LocalPath?: string };
  readonly Environment?: Readonly<Record<string, string>>;
  readonly StoppingCondition?: {
    readonly MaxRuntimeInSeconds?: number;
    readonly MaxWaitTimeInSeconds?: number;
  };
  readonly EnableManagedSpotTraining?: boolean;
  readonly RetryStrategy?: { readonly MaximumRetryAttempts: number };
}

/** Request of CreateTrainingJob. */
export interface CreateTrainingJobRequest extends TrainingDefinition {
  readonly TrainingJobName: string;
  readonly HyperParameters?: Readonly<Record<string, string>>;
  readonly Tags?: readonly Tag[];
}

/** Status of a training job. */
export type TrainingJobStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';

/** A step in the life cycle of a training job. */
export interface SecondaryStatusTransition {
  readonly Status: string;
  readonly StartTime: number;
  readonly EndTime?: number;
  readonly StatusMessage?: string;
}

/** The final value of a metric. */
export interface MetricData {
  readonly MetricName: string;
  readonly Value: number;
  readonly Timestamp: number;
}

/** Response of DescribeTrainingJob. Times are epoch seconds. */
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

/** The metric to optimize, and whether to minimize or maximize it. */
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
  /** Hyperparameters whose ranges Autotune chooses, each with an example value. */
  readonly AutoParameters?: readonly { readonly Name: string; readonly ValueHint: string }[];
}

/** Configuration of a tuning job's search. */
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

/** A training job definition of a tuning job. */
export interface TuningTrainingDefinition extends TrainingDefinition {
  readonly StaticHyperParameters?: Readonly<Record<string, string>>;
  readonly HyperParameterTuningResourceConfig?: TuningResourceConfig;
  /** If there are several definitions, each needs a DefinitionName, a TuningObjective and HyperParameterRanges. */
  readonly DefinitionName?: string;
  readonly TuningObjective?: Objective;
  readonly HyperParameterRanges?: ParameterRanges;
}

/** The instances of a tuning job's training jobs: of one type, or of several types to choose from. */
export interface TuningResourceConfig extends Omit<ResourceConfig, 'InstanceGroups'> {
  readonly InstanceConfigs?: readonly {
    readonly InstanceType: string;
    readonly InstanceCount: number;
    readonly VolumeSizeInGB: number;
  }[];
}

/** Request of CreateHyperParameterTuningJob. */
export interface CreateTuningJobRequest {
  readonly HyperParameterTuningJobName: string;
  readonly HyperParameterTuningJobConfig: TuningJobConfig;
  /**
   * A request has either a single definition, whose objective and ranges are in the configuration, or several
   * definitions, each with its own.
   */
  readonly TrainingJobDefinition?: TuningTrainingDefinition;
  readonly TrainingJobDefinitions?: readonly TuningTrainingDefinition[];
  readonly WarmStartConfig?: {
    readonly ParentHyperParameterTuningJobs: readonly { readonly HyperParameterTuningJobName?: string }[];
    readonly WarmStartType: 'IdenticalDataAndAlgorithm' | 'TransferLearning';
  };
  readonly Autotune?: { readonly Mode: 'Enabled' };
  readonly Tags?: readonly Tag[];
}

/** Status of a tuning job. */
export type TuningJobStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';

/** A training job as its tuning job lists it. */
export interface TrainingJobSummary {
  /** Name of the job's definition, if it has one. */
  readonly TrainingJobDefinitionName?: string;
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

/** Response of DescribeHyperParameterTuningJob. Times are epoch seconds. */
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
  readonly TuningJobCompletionDetails?: {
    readonly NumberOfTrainingJobsObjectiveNotImproving?: number;
    readonly ConvergenceDetectedTime?: number;
  };
  readonly ConsumedResources?: { readonly RuntimeInSeconds: number };
  readonly FailureReason?: string;
}
