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
   * Regular expression of 1 to 500 characters whose first group is the value. The group must match signs and exponents:
   * `([0-9.]+)` reads 1.2e-05 as 1.2, so the worst model can look like the best. Use
   * `([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)`, as SageMaker's own XGBoost container does.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
   */
  readonly regex: string;
}

/** A named set of input data. Texts may be expressions of the state's query language. */
export interface TrainingChannel {
  /** Name of the channel, such as `train`; 1 to 64 characters. */
  readonly channelName: string;
  /**
   * An object, or everything whose key begins with a prefix, as `s3://bucket/key`. Give either this or `fileSystem`.
   *
   * @default - `fileSystem`
   */
  readonly s3Uri?: string;
  /**
   * A directory of a file system in the VPC of the containers.
   *
   * @default - `s3Uri`
   */
  readonly fileSystem?: FileSystemChannel;
  /**
   * MIME type of the data.
   *
   * @default - none: the algorithm decides
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
   * How the objects are spread over several instances.
   *
   * @default DataDistribution.FULLY_REPLICATED
   */
  readonly distribution?: DataDistribution;
  /**
   * Groups of instances that receive the data.
   *
   * @default - all
   */
  readonly instanceGroups?: string[];
}

/** A directory of a file system, mounted read-only. */
export interface FileSystemChannel {
  /** ID of the file system, `fs-` and hexadecimal digits. */
  readonly fileSystemId: string;
  /** What kind of file system it is. */
  readonly fileSystemType: FileSystemType;
  /** Full path of the directory. */
  readonly directoryPath: string;
}

/** Instances of one type in a training cluster of several types. */
export interface InstanceGroup {
  /** Name of the group, 1 to 64 characters. */
  readonly name: string;
  /** Instance type as SageMaker names it. */
  readonly instanceType: string;
  /** Number of instances. */
  readonly instanceCount: number;
}

/**
 * A training job but for its name, and what a tuning job starts its training jobs from. Texts may be
 * expressions of the state's query language.
 */
export interface TrainingJobDefinition {
  /** URI of the training image. */
  readonly trainingImage: string;
  /**
   * Metrics to find in the log, at most 40. SageMaker refuses them for its own algorithms.
   *
   * @default - those that SageMaker knows for the algorithm
   */
  readonly metricDefinitions?: TrainingMetricDefinition[];
  /** Role that the training job runs under. */
  readonly role: iam.IRole;
  /**
   * Hyperparameters: a map from names to texts, or one expression for the whole map.
   *
   * @default - none
   */
  readonly hyperparameters?: sfn.TaskInput;
  /** Input data, 1 to 20 channels. */
  readonly channels: TrainingChannel[];
  /** Where the model goes, as `s3://bucket/prefix`: SageMaker adds the job's name. */
  readonly outputPath: string;
  /**
   * Key for what the training job writes.
   *
   * @default - the bucket's own encryption
   */
  readonly outputEncryptionKey?: kms.IKey;
  /**
   * Key for the storage volumes. The request has no key if the instance type, or that of any instance group, has local NVMe
   * storage (such as ml.g5): SageMaker refuses a key for these types, and the hardware encrypts their storage. An instance type that
   * is an expression or a token counts as a type without local storage.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
   * @default - keys that AWS manages
   */
  readonly volumeEncryptionKey?: kms.IKey;
  /**
   * Instance type as SageMaker names it.
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
   * Groups of instances of different types, 1 to 5; instead of `instanceType` and `instanceCount`.
   *
   * @default - instances of one type
   */
  readonly instanceGroups?: InstanceGroup[];
  /**
   * How long the instances are kept after the end, for the next training job (a warm pool); at most 6 hours.
   *
   * @default - not at all
   */
  readonly keepAlive?: Duration;
  /**
   * Size of each instance's storage volume.
   *
   * @default Size.gibibytes(30)
   */
  readonly volumeSize?: Size;
  /**
   * The longest run time, at most 28 days.
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
   * How long a managed spot training may take in all; at least `maxRuntime`.
   *
   * @default - twice `maxRuntime`
   */
  readonly maxWait?: Duration;
  /**
   * Where checkpoints are kept, as `s3://bucket/prefix`.
   *
   * @default - no checkpoints
   */
  readonly checkpointPath?: string;
  /**
   * Entry point of the container, 1 to 100 texts. CreateTrainingJob only: a tuning job has no such setting.
   *
   * @default - that of the image
   */
  readonly containerEntrypoint?: string[];
  /**
   * Arguments of the entry point, 1 to 100 texts. CreateTrainingJob only: a tuning job has no such setting.
   *
   * @default - those that the image gets from SageMaker: `train`
   */
  readonly containerArguments?: string[];
  /**
   * Subnets that the containers are connected to, at most 16; goes with `securityGroups`.
   *
   * @default - no VPC
   */
  readonly subnets?: ec2.ISubnet[];
  /**
   * Security groups of the containers, at most 5.
   *
   * @default - no VPC
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * Whether the containers are cut off from the network.
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
   * Environment variables of the container, at most 48.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
}
