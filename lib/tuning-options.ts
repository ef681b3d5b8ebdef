import type { Duration, Size } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Algorithm } from './algorithm/algorithm';
import type { DataLocation } from './data-location';
import type { InputData } from './input-data';
import type { Objective } from './search/objective';
import type { ParameterRange } from './search/parameter-range';
import type { TuningStrategy } from './search/tuning-strategy';
import type { WarmStart } from './search/warm-start';
import type { InstanceGroup } from './tasks/training-job-definition';

/** Instances that train. */
export interface TrainingResources {
  /**
   * Instance type as SageMaker names it.
   *
   * @default - what the algorithm recommends, where that is known, else 'ml.m5.xlarge'
   */
  readonly instanceType?: string;
  /**
   * Number of instances for one training job.
   *
   * @default 1
   */
  readonly instanceCount?: number;
  /**
   * Groups of instances of different types (a heterogeneous cluster), 1 to 5; instead of `instanceType` and
   * `instanceCount`.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-heterogeneous-cluster.html
   * @default - instances of one type
   */
  readonly instanceGroups?: InstanceGroup[];
  /**
   * How long the instances are kept after a training job, for the next one like it (a warm pool); at most 6 hours.
   * Not with spot instances or instance groups. Kept instances are paid for, and need a quota of their own.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
   * @default - not at all
   */
  readonly keepAlive?: Duration;
  /**
   * Size of the storage volume of each instance.
   *
   * @default Size.gibibytes(30)
   */
  readonly volumeSize?: Size;
}

/** Managed spot training: cheaper instances that may be taken away. */
export interface SpotOptions {
  /**
   * How long a training job may take in all, the wait for instances included; at least the longest run time
   * of the training job.
   *
   * @default - twice the longest run time of the training job
   */
  readonly maxWait?: Duration;
}

/** How the final model is trained, once the best hyperparameters are known. */
export interface FinalTrainingOptions {
  /**
   * Whether to train a final model at all. Without it, the model of the best training job is the result.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Instances for the final training.
   *
   * @default - those of the tuning job
   */
  readonly resources?: TrainingResources;
  /**
   * Hyperparameters on top of the best ones, such as a higher `num_round`. Of the first definition, where there are
   * `furtherDefinitions`.
   *
   * @default - the best hyperparameters as they are
   */
  readonly hyperparameters?: { [name: string]: string };
  /**
   * The longest run time of the final training; at most 28 days.
   *
   * @default - that of the tuning job's training jobs
   */
  readonly maxRuntime?: Duration;
  /**
   * Managed spot training for the final training.
   *
   * @default - on-demand instances, whatever the tuning job uses
   */
  readonly spot?: SpotOptions;
  /**
   * Whether what the container writes to `/opt/ml/checkpoints` is kept in Amazon S3, and is there again when an
   * interrupted training goes on.
   *
   * @default - true with spot instances, else false
   */
  readonly checkpoints?: boolean;
}

/** How the state machine talks to SageMaker's tuning API. */
export enum TuningIntegration {
  /**
   * `OPTIMIZED` where every field of the request is known to be supported by it, else `SDK`.
   */
  AUTO = 'AUTO',
  /**
   * Step Functions' optimised integration: `createHyperParameterTuningJob.sync`. A constant number of state
   * transitions, and the tuning job is stopped with the execution; but Step Functions refuses fields that
   * its list lacks, and that list is not published.
   */
  OPTIMIZED = 'OPTIMIZED',
  /**
   * The AWS SDK integration and a loop that waits. Takes every field of the API; costs three state
   * transitions a look (every few seconds at first, every 20 minutes after two days). The tuning job would go
   * on when the execution is stopped: `TuningWorkflow` stops it, and so does `StopAbandonedJobs` where a
   * `TuningFragment` is embedded.
   */
  SDK = 'SDK',
}

/** One algorithm with its search space: what SageMaker calls a training job definition. */
export interface TrainingDefinitionOptions {
  /** What is trained. */
  readonly algorithm: Algorithm;
  /** What the tuning job optimises. */
  readonly objective: Objective;
  /** The search space: 1 to 30 hyperparameters. */
  readonly parameterRanges: ParameterRange[];
  /**
   * Hyperparameters that stay the same in all training jobs. An execution's input can override them, and can
   * fix ones that are tuned.
   *
   * @default - none but those that the algorithm adds
   */
  readonly hyperparameters?: { [name: string]: string };
  /**
   * Data beside the training and the validation data, by the name of its channel. An execution's input does not
   * change it.
   *
   * @default - none
   */
  readonly channels?: { [channelName: string]: InputData };
  /**
   * Instances for the training jobs.
   *
   * @default - one instance with a volume of 30 GiB
   */
  readonly resources?: TrainingResources;
  /**
   * How long one training job may take; at most 28 days. One that takes longer is stopped.
   *
   * @default Duration.hours(1)
   */
  readonly maxTrainingRuntime?: Duration;
}

/** A further algorithm that takes part in the same search. */
export interface FurtherDefinition extends TrainingDefinitionOptions {
  /** Name of the definition: 1 to 64 letters, digits and inner hyphens. */
  readonly name: string;
  /**
   * Training data of its own, where the algorithm needs another format. An execution's input does not change it.
   *
   * @default - that of the first definition
   */
  readonly train?: InputData;
  /**
   * Validation data of its own, where the algorithm needs another format.
   *
   * @default - that of the first definition, unless `train` is given
   */
  readonly validation?: InputData;
  /**
   * Hyperparameters on top of the best ones for the final training.
   *
   * @default - the best hyperparameters as they are
   */
  readonly finalHyperparameters?: { [name: string]: string };
}

/** What is tuned, how, and on what: shared by `TuningWorkflow` and `TuningFragment`. */
export interface TuningOptions extends TrainingDefinitionOptions {
  /**
   * Name of the first definition, where there are `furtherDefinitions`.
   *
   * @default 'first'
   */
  readonly definitionName?: string;
  /**
   * Further algorithms that take part in the same search, at most 9: the best training job of all wins, and the final
   * training is one of its algorithm. SageMaker compares the values of their objective metrics, which therefore
   * have to mean the same. Not with a warm start or early stopping.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/multiple-algorithm-hpo.html
   * @default - none
   */
  readonly furtherDefinitions?: FurtherDefinition[];
  /**
   * How the tuning job chooses the next hyperparameters.
   *
   * @default TuningStrategy.bayesian()
   */
  readonly strategy?: TuningStrategy;
  /**
   * How many training jobs the tuning job runs: 1 to 750, for random search to 10,000. Not for a grid search,
   * which runs each combination. SageMaker refuses more training jobs than there are combinations of the ranges.
   *
   * @default - 20, or the number of combinations if that is smaller
   */
  readonly maxTrainingJobs?: number;
  /**
   * How many training jobs run at once: 1 to 100 (default quota: 10).
   *
   * @default 2
   */
  readonly maxParallelTrainingJobs?: number;
  /**
   * How long the tuning job may take in all: 2 minutes to 182.5 days.
   *
   * @default - no limit but the account's quota (30 days)
   */
  readonly maxTuningRuntime?: Duration;
  /**
   * Maximum time that each job waits while a SageMaker quota keeps it from starting: whole seconds, at most 1 day; 0 to
   * not wait. After that, the execution fails with `QuotaExceeded`. If the quota is lower than what the job needs, such as
   * a quota of 0, waiting cannot help: the execution fails at once with `QuotaTooLow`.
   *
   * @see https://docs.aws.amazon.com/general/latest/gr/sagemaker.html#limits_sagemaker
   * @default Duration.hours(1)
   */
  readonly maxQuotaWait?: Duration;
  /**
   * Whether SageMaker stops training jobs that promise nothing. Not for Hyperband, which does so itself.
   *
   * @default false
   */
  readonly earlyStopping?: boolean;
  /**
   * Further places that an execution's input may name for `train` and `validation`.
   *
   * @default - the locations of the input data
   */
  readonly allowedInputLocations?: DataLocation[];
  /**
   * Managed spot training for the tuning job's training jobs.
   *
   * @default - on-demand instances
   */
  readonly spot?: SpotOptions;
  /**
   * Whether what the containers write to `/opt/ml/checkpoints` is kept in Amazon S3.
   *
   * A tuning job has one place for all of its training jobs, and whether SageMaker keeps them apart there is
   * not documented: if it does not, a training job could go on from another one's model.
   *
   * @default false
   */
  readonly checkpoints?: boolean;
  /**
   * Earlier tuning jobs to learn from, and how (`warmStartFrom` in an execution's input names others).
   *
   * @default - none; those in an execution's input are used as TransferLearning
   */
  readonly warmStart?: WarmStart;
  /**
   * The final training.
   *
   * @default - a final model is trained like the tuning job's training jobs
   */
  readonly finalTraining?: FinalTrainingOptions;
  /**
   * Whether the execution writes a report: a page that shows which training job won, why, and what to try next. It is written
   * below `reports/` in the output location, also for a search that failed. A report that cannot be written never fails the
   * execution: its output then has `report` null, and the reason in `reportError`.
   *
   * @default true
   */
  readonly report?: boolean;
  /**
   * Names of the features in the training data for the report, in the order of the columns, without the label: at most 50,000
   * characters in all. The report of an execution that trains with other data has numbers in place of names, and so has
   * that of a definition with training data of its own.
   *
   * @default - the report has the names that the model knows, else `f0`, `f1`, …
   */
  readonly featureNames?: string[];
  /**
   * Role that the training jobs run under. It must be in the stack's account and trust
   * `sagemaker.amazonaws.com`. The construct adds the permissions it needs as an inline policy; if the role cannot be changed, a
   * warning at synth lists the actions that it must allow already.
   *
   * @default - a role with the least privileges the training jobs need
   */
  readonly trainingRole?: iam.IRole;
  /**
   * Key that encrypts what the workflow stores: models and checkpoints, a new bucket, the volumes of the training instances,
   * the environment variables of the functions, and the logs of the functions. `TuningWorkflow` also encrypts its state machine, the
   * history of the executions and the log of the state machine.
   *
   * The key does not cover:
   *
   * - volumes of instance types with local NVMe storage, such as ml.g5. SageMaker accepts no key for them, and the hardware
   *   encrypts them. If the instance type is a token, the request has the key, and SageMaker refuses it for such types.
   * - access logs of a new bucket. S3 delivers them only to buckets with S3-managed encryption.
   * - logs of training jobs. SageMaker creates their log group.
   * - the dead-letter queue of `StopAbandonedJobs`. Amazon SQS encrypts it with a key that it owns.
   *
   * For a key of this app, the construct adds what CloudWatch Logs and log delivery (`delivery.logs.amazonaws.com`) need to the
   * key policy. For an imported key, its owner must add that. To read executions, a user needs `kms:Decrypt` on the key. An alias
   * of a key of this app is accepted; an imported alias is not, because its key is unknown.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
   * @default - everything is encrypted with keys that AWS owns or manages
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * VPC that the training containers are connected to.
   *
   * @default - none
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Subnets for the training containers, at most 16.
   *
   * The containers get no public IP address: in public or isolated subnets the VPC needs an endpoint for Amazon S3.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
   * @default - private subnets with a NAT gateway, else isolated ones, else public ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * Security groups for the training containers, at most 5.
   *
   * @default - a new one that allows all outgoing traffic, if there is a VPC
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * Whether the training containers are cut off from the network. SageMaker still moves data and models.
   *
   * @default true
   */
  readonly networkIsolation?: boolean;
  /**
   * Whether traffic between the instances of one training job is encrypted.
   *
   * @default - true where a training job has several instances
   */
  readonly interContainerTrafficEncryption?: boolean;
  /**
   * Tags of the tuning job, which SageMaker also puts on its training jobs, and of the final training job. They are
   * added to those of `Tags.of()`, over which they win. At most 50 in all, or 49 with integration `SDK`, for which the
   * construct adds one. Tags of the stack itself (`StackProps.tags`) do not reach the jobs.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html
   * @default - those of `Tags.of()`
   */
  readonly tags?: { [key: string]: string };
  /**
   * What the names of all jobs begin with: 1 to 16 lower-case letters, digits and inner hyphens. The state
   * machine may touch no other jobs. A template with a fixed prefix can be deployed only once in an account and
   * region.
   *
   * @default - derived from the construct's path and the ID of the deployed stack
   */
  readonly jobNamePrefix?: string;
  /**
   * How the state machine talks to SageMaker's tuning API.
   *
   * @default TuningIntegration.AUTO
   */
  readonly integration?: TuningIntegration;
}
