import type { Duration, Size } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { DataDistribution, FileSystemType, TrainingInputMode } from '../input-data';

/** A metric and the regular expression that finds its value in the log of a training job. */
export interface TrainingMetricDefinition {
  /** Name of the metric, 1 to 255 characters. */
  readonly name: string;
  /**
   * Regular expression of 1 to 500 characters whose first group matches the value. The group must match signs and exponents:
   * `([0-9.]+)` reads 1.2e-05 as 1.2, so the best model can look like the worst. Use
   * `([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)`, as SageMaker's XGBoost container does.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
   */
  readonly regex: string;
}

/** A channel: a named set of input data. Strings can be expressions in the state's query language. */
export interface TrainingChannel {
  /** Name of the channel, such as `train`: 1 to 64 characters. */
  readonly channelName: string;
  /**
   * An object or a key prefix in Amazon S3, as `s3://bucket/key`. Give either this or `fileSystem`.
   *
   * @default - `fileSystem`
   */
  readonly s3Uri?: string;
  /**
   * Whether `s3Uri` is the location of a manifest: a JSON list of the S3 objects to read.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
   * @default false
   */
  readonly manifest?: boolean;
  /**
   * A directory of a file system in the VPC of the containers. Give either this or `s3Uri`.
   *
   * @default - `s3Uri`
   */
  readonly fileSystem?: FileSystemChannel;
  /**
   * MIME type of the data.
   *
   * @default - no MIME type; the algorithm determines the format
   */
  readonly contentType?: string;
  /**
   * Whether the data is compressed with gzip (Pipe mode only).
   *
   * @default false
   */
  readonly gzip?: boolean;
  /**
   * How the container receives the data.
   *
   * @default TrainingInputMode.FILE
   */
  readonly inputMode?: TrainingInputMode;
  /**
   * How the objects are distributed among several instances.
   *
   * @default DataDistribution.FULLY_REPLICATED
   */
  readonly distribution?: DataDistribution;
  /**
   * Names of the instance groups that receive the data.
   *
   * @default - all instance groups
   */
  readonly instanceGroups?: string[];
}

/** A directory of a file system, mounted read-only. */
export interface FileSystemChannel {
  /** ID of the file system: `fs-` and hexadecimal digits. */
  readonly fileSystemId: string;
  /** Type of the file system. */
  readonly fileSystemType: FileSystemType;
  /** Full path of the directory. */
  readonly directoryPath: string;
}

/** A group of instances of one type, in a heterogeneous cluster. */
export interface InstanceGroup {
  /** Name of the group, 1 to 64 characters. */
  readonly name: string;
  /** Instance type, such as `ml.m5.xlarge`. */
  readonly instanceType: string;
  /** Number of instances. */
  readonly instanceCount: number;
}

/**
 * Settings of a training job, or of all training jobs of a tuning job. Strings can be expressions in the state's query
 * language.
 */
export interface TrainingJobDefinition {
  /** URI of the training image. */
  readonly trainingImage: string;
  /**
   * Metrics to find in the log, at most 40. Leave this out for SageMaker's built-in algorithms: otherwise, SageMaker
   * rejects the request.
   *
   * @default - the metrics that SageMaker defines for the algorithm
   */
  readonly metricDefinitions?: TrainingMetricDefinition[];
  /** Execution role of the training job. */
  readonly role: iam.IRole;
  /**
   * Hyperparameters: a map of strings, or one expression for the whole map.
   *
   * @default - none
   */
  readonly hyperparameters?: sfn.TaskInput;
  /** Input data, 1 to 20 channels. */
  readonly channels: TrainingChannel[];
  /** Location for the model, as `s3://bucket/prefix`. SageMaker appends the job's name. */
  readonly outputPath: string;
  /**
   * KMS key for the output of the training job.
   *
   * @default - the default encryption of the bucket
   */
  readonly outputEncryptionKey?: kms.IKey;
  /**
   * KMS key for the storage volumes. The key is left out of the request if any instance type has local NVMe storage (such as
   * ml.g5): SageMaker rejects a key for these types, and the hardware encrypts their storage. An instance type that is an
   * expression or a token is assumed to have no local storage.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
   * @default - keys that AWS manages
   */
  readonly volumeEncryptionKey?: kms.IKey;
  /**
   * Instance type, such as `ml.m5.xlarge`.
   *
   * @default 'ml.m5.xlarge'
   */
  readonly instanceType?: string;
  /**
   * Number of instances.
   *
   * @default 1
   */
  readonly instanceCount?: number;
  /**
   * Groups of instances of different types (a heterogeneous cluster), 1 to 5. They replace `instanceType` and
   * `instanceCount`.
   *
   * @default - instances of one type
   */
  readonly instanceGroups?: InstanceGroup[];
  /**
   * How long to keep the instances after the training job, so that the next similar job can reuse them (a warm pool): at most
   * 6 hours.
   *
   * @default - the instances are released when the training job ends
   */
  readonly keepAlive?: Duration;
  /**
   * Size of the storage volume of each instance, in whole gibibytes.
   *
   * @default Size.gibibytes(30)
   */
  readonly volumeSize?: Size;
  /**
   * Maximum run time: at most 28 days.
   *
   * @default Duration.hours(1)
   */
  readonly maxRuntime?: Duration;
  /**
   * Whether to use managed spot training.
   *
   * @default false
   */
  readonly managedSpotTraining?: boolean;
  /**
   * Maximum total time of managed spot training, including the wait for instances. Must be at least `maxRuntime`.
   *
   * @default - twice `maxRuntime`
   */
  readonly maxWait?: Duration;
  /**
   * Location of the checkpoints, as `s3://bucket/prefix`.
   *
   * @default - no checkpoints
   */
  readonly checkpointPath?: string;
  /**
   * Entry point of the container, 1 to 100 strings. Only for `CreateTrainingJobTask`: a tuning job has no such setting.
   *
   * @default - the entry point of the image
   */
  readonly containerEntrypoint?: string[];
  /**
   * Arguments of the entry point, 1 to 100 strings. Only for `CreateTrainingJobTask`: a tuning job has no such setting.
   *
   * @default - `train`, which SageMaker passes to the image
   */
  readonly containerArguments?: string[];
  /**
   * Subnets that the containers connect to, at most 16. Requires `securityGroups`.
   *
   * @default - no VPC
   */
  readonly subnets?: ec2.ISubnet[];
  /**
   * Security groups of the containers, at most 5. Requires `subnets`.
   *
   * @default - no VPC
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * Whether the containers have no network access.
   *
   * @default false
   */
  readonly networkIsolation?: boolean;
  /**
   * Whether traffic between the instances is encrypted.
   *
   * @default false
   */
  readonly interContainerTrafficEncryption?: boolean;
  /**
   * Environment variables of the container: at most 100 in a training job, and at most 48 in all definitions of a
   * tuning job together.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
   */
  readonly environment?: { [name: string]: string };
}
