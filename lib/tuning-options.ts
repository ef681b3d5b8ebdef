import type { Duration, Size } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Algorithm } from './algorithm/algorithm';
import type { CostOptions } from './cost-bound';
import type { DataLocation } from './data-location';
import type { EvaluationOptions, InferenceContainer } from './evaluation/evaluation-options';
import type { ModelRegistry } from './evaluation/model-registry';
import type { QualityGate } from './evaluation/quality-gate';
import type { FinalTrainingData } from './final-training-data';
import type { InputData } from './input-data';
import type { Objective } from './search/objective';
import type { ParameterRange } from './search/parameter-range';
import type { TuningStrategy } from './search/tuning-strategy';
import type { WarmStart } from './search/warm-start';
import type { InstanceGroup } from './tasks/training-job-definition';

/** Instances that a training job runs on. */
export interface TrainingResources {
  /**
   * Instance type, such as `ml.m5.xlarge`.
   *
   * @default - the algorithm's recommended type if the library knows one, else 'ml.m5.xlarge'
   */
  readonly instanceType?: string;
  /**
   * Number of instances for one training job.
   *
   * @default 1
   */
  readonly instanceCount?: number;
  /**
   * Groups of instances of different types (a heterogeneous cluster), 1 to 5. They replace `instanceType` and
   * `instanceCount`.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-heterogeneous-cluster.html
   * @default - instances of one type
   */
  readonly instanceGroups?: InstanceGroup[];
  /**
   * How long to keep the instances after a training job, so that the next similar job can reuse them (a warm pool): at
   * most 6 hours. You pay for the instances during this time, and warm pools have their own quota. Cannot be combined
   * with spot instances or instance groups.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
   * @default - the instances are released when the training job ends
   */
  readonly keepAlive?: Duration;
  /**
   * Size of the storage volume of each instance, in whole gibibytes.
   *
   * @default Size.gibibytes(30)
   */
  readonly volumeSize?: Size;
}

/** Options for managed spot training, which uses cheaper instances that AWS can interrupt. */
export interface SpotOptions {
  /**
   * Maximum total time of a training job, including the wait for instances. Must be at least the maximum run time of
   * the training job.
   *
   * @default - twice the maximum run time of the training job
   */
  readonly maxWait?: Duration;
}

/**
 * Options for the k-fold cross-validation of the best hyperparameters.
 *
 * One training job combines the training and validation data and divides the rows into `folds` parts. For each part, it
 * trains a model on all other parts and evaluates this model on the part itself. The metrics in the output are the
 * means over all folds. They are a more reliable estimate than the metric of the best training job, because this job
 * was selected for its good result on a single validation data set. The division is random and differs from job to job.
 *
 * Available for `Algorithm.xgboost` from version 3.0-5, with validation data and one instance. The job uses the
 * instances, maximum run time and spot options of the final training. If the search uses early stopping, the
 * cross-validation does not. Instead, it trains the best number of rounds that the best training job found.
 *
 * @see https://github.com/aws/sagemaker-xgboost-container (`_kfold` and `_num_cv_round` in `algorithm_mode/train.py`)
 */
export interface CrossValidationOptions {
  /** Number of folds: at least 2 and at most the number of rows. */
  readonly folds: number;
  /**
   * Number of times that the cross-validation runs, each time with different folds: at least 1. The job trains `folds`
   * × `rounds` models.
   *
   * @default 1
   */
  readonly rounds?: number;
}

/** Options for the final training, which trains a model with the best hyperparameters. */
export interface FinalTrainingOptions {
  /**
   * Whether to train a final model. If false, the result is the model of the best training job.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Whether to use the model of the best training job as the final model, without another job. If true, other options
   * of the final training do not apply, and the models of the tuning job are kept (see `trialRetention`).
   * `finalTrainingJob` in the output then describes the best training job and has `reused: true`.
   *
   * @default false
   */
  readonly reuseBest?: boolean;
  /**
   * The data that the final training uses.
   *
   * @default FinalTrainingData.sameAsSearch()
   */
  readonly data?: FinalTrainingData;
  /**
   * Cross-validates the best hyperparameters before the final training, in one additional training job. The output has
   * the results in `crossValidation`.
   *
   * @default - no cross-validation
   */
  readonly crossValidation?: CrossValidationOptions;
  /**
   * Instances for the final training.
   *
   * @default - the instances of the tuning job
   */
  readonly resources?: TrainingResources;
  /**
   * Hyperparameters to add to the best hyperparameters or to override, such as a higher `num_round`: a map of strings.
   * With `furtherDefinitions`, they apply only if the first definition wins.
   *
   * @default - the best hyperparameters, unchanged
   */
  readonly hyperparameters?: { [name: string]: unknown };
  /**
   * Maximum run time of the final training: at most 28 days.
   *
   * @default - the maximum run time of the tuning job's training jobs
   */
  readonly maxRuntime?: Duration;
  /**
   * Managed spot training for the final training.
   *
   * @default - on-demand instances, even if the tuning job uses spot instances
   */
  readonly spot?: SpotOptions;
  /**
   * Whether SageMaker copies `/opt/ml/checkpoints` of the container to Amazon S3, and restores this folder when an
   * interrupted training job resumes.
   *
   * Checkpoints do not help built-in XGBoost 3: its container saves a checkpoint, but never resumes from it.
   *
   * @default - true with spot instances, else false
   */
  readonly checkpoints?: boolean;
}

/** The Step Functions integration through which the state machine calls SageMaker's tuning API. */
export enum TuningIntegration {
  /** `OPTIMIZED` if the optimized integration is known to support every field of the request, else `SDK`. */
  AUTO = 'AUTO',
  /**
   * The optimized integration: `createHyperParameterTuningJob.sync`. It takes a constant number of state transitions,
   * and stops the tuning job when the execution is stopped. However, Step Functions rejects the fields that this
   * integration does not support, and AWS does not publish which fields those are.
   */
  OPTIMIZED = 'OPTIMIZED',
  /**
   * The AWS SDK integration, with a loop that polls the tuning job. It accepts every field of the API. Each poll takes
   * three state transitions. The interval between polls grows from 5 seconds to 20 minutes within two days.
   *
   * Step Functions does not stop the tuning job when the execution is stopped, but `TuningWorkflow` does. If you embed
   * a `TuningFragment`, add `StopAbandonedJobs`.
   */
  SDK = 'SDK',
}

/** One algorithm with its search space. SageMaker calls this a training job definition. */
export interface TrainingDefinitionOptions {
  /** The algorithm to train. */
  readonly algorithm: Algorithm;
  /** The metric that the tuning job optimizes. */
  readonly objective: Objective;
  /** The search space: 1 to 30 hyperparameters. */
  readonly parameterRanges: ParameterRange[];
  /**
   * Hyperparameters that have the same value in all training jobs: a map of strings, such as `"150"` for a number. An
   * execution's input can override them. It can also set a value for a tuned hyperparameter, which is then no longer tuned.
   *
   * @default - only the hyperparameters that the algorithm adds
   */
  readonly hyperparameters?: { [name: string]: unknown };
  /**
   * Input data in addition to the training and validation data, by channel name. An execution's input cannot change it.
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
   * Maximum run time of one training job: at most 28 days. SageMaker stops a training job that takes longer.
   *
   * @default Duration.hours(1)
   */
  readonly maxTrainingRuntime?: Duration;
  /**
   * The container that serves the models, used with `evaluation` and `registry`.
   *
   * @default - the training image for `Algorithm.xgboost` and `Algorithm.builtIn`; required for other algorithms
   */
  readonly inferenceContainer?: InferenceContainer;
}

/** An additional algorithm for the same search. */
export interface FurtherDefinition extends TrainingDefinitionOptions {
  /** Name of the definition: 1 to 64 letters, digits and inner hyphens. */
  readonly name: string;
  /**
   * Training data for this definition, if its algorithm needs a different format. An execution's input cannot change it.
   *
   * @default - the training data of the first definition
   */
  readonly train?: InputData;
  /**
   * Validation data for this definition, if its algorithm needs a different format.
   *
   * @default - the validation data of the first definition, or none if `train` is given
   */
  readonly validation?: InputData;
  /**
   * Hyperparameters for the final training, to add to the best hyperparameters or to override: a map of strings. They
   * apply only if this definition wins.
   *
   * @default - the best hyperparameters, unchanged
   */
  readonly finalHyperparameters?: { [name: string]: unknown };
}

/** Options that `TuningWorkflow` and `TuningFragment` share: the algorithm, the search, and the instances. */
export interface TuningOptions extends TrainingDefinitionOptions {
  /**
   * Name of the first definition: 1 to 64 letters, digits and inner hyphens. Used with `furtherDefinitions`.
   *
   * @default 'first'
   */
  readonly definitionName?: string;
  /**
   * Additional algorithms for the same search: at most 9. The best training job of all algorithms wins, and the final
   * training uses its algorithm. SageMaker compares the values of the objective metrics across algorithms, so these
   * metrics must be comparable. Cannot be combined with a warm start or early stopping.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/multiple-algorithm-hpo.html
   * @default - none
   */
  readonly furtherDefinitions?: FurtherDefinition[];
  /**
   * How the tuning job chooses the hyperparameters of the next training jobs.
   *
   * @default TuningStrategy.bayesian()
   */
  readonly strategy?: TuningStrategy;
  /**
   * Number of training jobs of the search: 1 to 10,000. Leave it out for a grid search, which runs every combination. SageMaker
   * rejects a number that exceeds the number of combinations.
   *
   * One tuning job runs at most 750 training jobs by default. What happens if `maxTrainingJobs` is larger depends on
   * the search:
   *
   * - A Bayesian search with a single definition, and without names of tuning jobs in `warmStart`: the execution runs
   *   several tuning jobs one after the other. Each tuning job learns from up to five earlier ones (a warm start). The
   *   execution still has only one best training job and one report.
   * - A random search always runs in one tuning job. SageMaker's quota for a random search can be raised to 10,000
   *   training jobs.
   * - All other searches are limited to 750 training jobs.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-warm-start.html
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-limits.html
   * @default - 20, or the number of combinations if that is smaller
   */
  readonly maxTrainingJobs?: number;
  /**
   * Number of training jobs that run at the same time: 1 to 100. The default quota is 10.
   *
   * @default 2
   */
  readonly maxParallelTrainingJobs?: number;
  /**
   * Maximum run time of the tuning job: 2 minutes to 182.5 days. If `maxTrainingJobs` is more than 750, this is the
   * total for all tuning jobs of the execution. The search ends if less than 2 minutes are left after a tuning job.
   *
   * @default - limited only by the account's quota (30 days by default)
   */
  readonly maxTuningRuntime?: Duration;
  /**
   * Maximum time to wait for a SageMaker quota before each job starts: whole seconds, at most 1 day. If the quota is
   * still used up after that time, the execution fails with `QuotaExceeded`. 0 disables the wait. If the quota is lower
   * than what the job needs (for example, a quota of 0), waiting cannot help, and the execution fails immediately with
   * `QuotaTooLow`.
   *
   * @see https://docs.aws.amazon.com/general/latest/gr/sagemaker.html#limits_sagemaker
   * @default Duration.hours(1)
   */
  readonly maxQuotaWait?: Duration;
  /**
   * Whether SageMaker stops training jobs that are unlikely to improve on the best one. Not for Hyperband, which has its
   * own early stopping.
   *
   * @default false
   */
  readonly earlyStopping?: boolean;
  /**
   * Locations that an execution's input can use for `train`, `validation` and `test`, in addition to the locations given in the
   * properties.
   *
   * @default - only the locations given in the properties
   */
  readonly allowedInputLocations?: DataLocation[];
  /**
   * Managed spot training for the tuning job's training jobs.
   *
   * @default - on-demand instances
   */
  readonly spot?: SpotOptions;
  /**
   * Whether SageMaker copies `/opt/ml/checkpoints` of the containers to Amazon S3.
   *
   * All training jobs of a tuning job share one checkpoint location. AWS does not document whether SageMaker keeps the
   * checkpoints of different training jobs apart. If it does not, a training job could resume from another training
   * job's checkpoint.
   *
   * Checkpoints do not help built-in XGBoost 3: its container saves a checkpoint, but never resumes from it.
   *
   * @default false
   */
  readonly checkpoints?: boolean;
  /**
   * Earlier tuning jobs to learn from, and the type of the warm start. `warmStartFrom` in an execution's input replaces the
   * names of the tuning jobs.
   *
   * @default - no warm start; if an execution's input has `warmStartFrom`, the type is TransferLearning
   */
  readonly warmStart?: WarmStart;
  /**
   * Options for the final training.
   *
   * @default - the final training uses the same settings as the tuning job's training jobs
   */
  readonly finalTraining?: FinalTrainingOptions;
  /**
   * Prices, and limits on the instance time and cost of one execution. If this is set, the execution's output has
   * `cost.bound`: the maximum instance time and cost that were possible with the execution's input. In a `TuningFleet`,
   * the output has `fleet.cost` instead, with the totals for all items.
   *
   * @default - no limits
   */
  readonly cost?: CostOptions;
  /**
   * Evaluates the final model on test data (`test`): a SageMaker transform job computes the predictions, and a Lambda function
   * computes the metrics. `evaluation` in the execution's output has the results, and the report shows them.
   *
   * @default - the final model is not evaluated
   */
  readonly evaluation?: EvaluationOptions;
  /**
   * Conditions that the final model must meet on the test data. Needs `evaluation`.
   *
   * @default - none
   */
  readonly qualityGate?: QualityGate;
  /**
   * Whether an execution fails with `QualityGateFailed` if the final model does not pass the quality gate. If false, the
   * execution succeeds, and its output has `gate.passed: false`.
   *
   * @default true
   */
  readonly failOnQualityGate?: boolean;
  /**
   * Registers the final model as a version of a model package group in the SageMaker Model Registry. A model that does not pass
   * the quality gate is registered as rejected.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry.html
   * @default - the final model is not registered
   */
  readonly registry?: ModelRegistry;
  /**
   * Whether the execution writes a report: a page that shows which training job won, why, and what to try next. It is written
   * below `reports/` in the output location, even if the search failed. If the report cannot be written, the execution still
   * succeeds: `report` in its output is null, and `reportError` has the reason.
   *
   * @default true
   */
  readonly report?: boolean;
  /**
   * Names of the features in the training data, for the report. List them in column order, without the label: at most
   * 50,000 characters in total. If an execution's input sets `train`, the report shows column numbers instead of these
   * names. It does the same for a definition with its own training data.
   *
   * @default - the names stored in the model, else `f0`, `f1`, …
   */
  readonly featureNames?: string[];
  /**
   * Execution role of the training jobs. It must be in the stack's account and trust `sagemaker.amazonaws.com`. The
   * construct adds the required permissions as an inline policy. If it cannot change the role, a warning at synth lists
   * the actions that the role must already allow.
   *
   * @default - a new role with the minimum permissions that the training jobs need
   */
  readonly trainingRole?: iam.IRole;
  /**
   * KMS key that encrypts what the workflow stores: models and checkpoints, a new bucket, the volumes of the training
   * instances, and the environment variables and logs of the functions. `TuningWorkflow` also uses it to encrypt its state
   * machine, the history of the executions and the log of the state machine.
   *
   * The workflow does not use this key for:
   *
   * - volumes of instance types with local NVMe storage, such as ml.g5: SageMaker accepts no key for these types, and
   *   their hardware encrypts the storage. If the instance type is a token, the request includes the key, and SageMaker
   *   rejects the request for these types.
   * - access logs of a new bucket: S3 delivers them only to buckets with S3-managed encryption.
   * - logs of training jobs: SageMaker creates their log group.
   * - the dead-letter queue of `StopAbandonedJobs`: Amazon SQS encrypts the queue with an SQS-owned key.
   *
   * CloudWatch Logs and log delivery (`delivery.logs.amazonaws.com`) need permissions in the key policy. If this app
   * creates the key, the construct adds them. For an imported key, the owner must add them. To read executions, a user
   * needs `kms:Decrypt` on the key. You can pass an alias of a key that this app creates, but not an imported alias,
   * because its key is unknown.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
   * @default - everything is encrypted with keys that AWS owns or manages
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * VPC for the containers of the training jobs and of the final model's transform job.
   *
   * @default - no VPC
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Subnets for the training containers, at most 16.
   *
   * The containers get no public IP address. If the subnets are public or isolated, the VPC needs an endpoint for Amazon S3.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
   * @default - private subnets with a NAT gateway, else isolated subnets, else public subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * Security groups for the training containers, at most 5.
   *
   * @default - a new security group that allows all outbound traffic, if `vpc` is given
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * Whether the containers of the training jobs and of the final model have no network access. SageMaker still downloads the data and uploads the models.
   *
   * @default true
   */
  readonly networkIsolation?: boolean;
  /**
   * Whether traffic between the instances of one training job is encrypted.
   *
   * @default - true if a training job has several instances
   */
  readonly interContainerTrafficEncryption?: boolean;
  /**
   * Tags of the tuning job, the final training job, the SageMaker model and its transform job. SageMaker copies the tags of the tuning job to its training
   * jobs. These tags are added to the tags from `Tags.of()`, and override tags with the same key. At most 50 in total,
   * or 49 with integration `SDK`, because the construct then adds one. Tags of the stack (`StackProps.tags`) are not
   * applied to the jobs.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html
   * @default - only the tags from `Tags.of()`
   */
  readonly tags?: { [key: string]: string };
  /**
   * Prefix of the names of all jobs: 1 to 16 lowercase letters, digits and inner hyphens. The state machine has
   * permissions only for jobs with this prefix. A template with a fixed prefix can be deployed only once per account
   * and region.
   *
   * @default - derived from the construct's path and the ID of the deployed stack
   */
  readonly jobNamePrefix?: string;
  /**
   * The Step Functions integration through which the state machine calls SageMaker's tuning API.
   *
   * @default TuningIntegration.AUTO
   */
  readonly integration?: TuningIntegration;
}
