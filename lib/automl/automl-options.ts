import type { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { DataLocation } from '../data-location';
import type { AutoMlMode, AutoMlObjective, AutoMlProblemType } from './automl-objective';

/** Options that `AutoMlWorkflow` and `AutoMlFragment` share: the column to predict, and the settings of the AutoML job. */
export interface AutoMlOptions {
  /** Name of the column to predict, as in the header of the data. An execution's input can override it. */
  readonly target: string;
  /**
   * The share of the training data that SageMaker uses for validation: more than 0 and less than 1. If it is given, an
   * execution's input cannot set `validation`.
   *
   * @default - SageMaker's default, 0.2, if there is no validation data
   */
  readonly validationFraction?: number;
  /**
   * The kind of value to predict. Requires `objective`.
   *
   * @default - SageMaker infers the kind from the data. If this is not possible, the job fails
   */
  readonly problemType?: AutoMlProblemType;
  /**
   * The metric that the AutoML job optimizes. Requires `problemType`.
   *
   * @default - MSE for regression, F1 for binary classification, Accuracy for multiclass classification
   */
  readonly objective?: AutoMlObjective;
  /**
   * The training mode of Autopilot.
   *
   * @default AutoMlMode.AUTO
   */
  readonly mode?: AutoMlMode;
  /**
   * Maximum number of candidates to train: 1 to 750. An execution's input can override it.
   *
   * @default 20
   */
  readonly maxCandidates?: number;
  /**
   * Maximum run time of the AutoML job: at most 30 days. If the job reaches this limit, the result is the best
   * candidate so far.
   *
   * @default - limited only by SageMaker
   */
  readonly maxRuntime?: Duration;
  /**
   * Maximum run time of one training job that the AutoML job starts.
   *
   * @default - limited only by SageMaker
   */
  readonly maxRuntimePerTrainingJob?: Duration;
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
   * Name of the column with the row weights: numbers of at least 0. Requires `AutoMlMode.ENSEMBLING`.
   *
   * @default - all rows have the same weight
   */
  readonly sampleWeightColumn?: string;
  /**
   * A JSON file with the names of the feature columns and, optionally, their types:
   * `{"FeatureAttributeNames": ["rooms", "area"], "FeatureDataTypes": {"rooms": "numeric"}}`.
   *
   * @default - all columns except the target
   */
  readonly featureSpecification?: DataLocation;
  /**
   * Locations that an execution's input can use for `train` and `validation`, in addition to the locations given in the
   * properties.
   *
   * @default - only the locations given in the properties
   */
  readonly allowedInputLocations?: DataLocation[];
  /**
   * Whether the execution writes a report: a page that shows which candidate won and why. It is written below `reports/` in the
   * output location, even if the search failed. If the report cannot be written, the execution still succeeds: `report` in its
   * output is null, and `reportError` has the reason.
   *
   * @default true
   */
  readonly report?: boolean;
  /**
   * Execution role of the AutoML job and of all jobs that it starts. It must be in the stack's account and trust
   * `sagemaker.amazonaws.com`. The construct adds the required permissions as an inline policy. If it cannot change the role,
   * a warning at synth lists the actions that the role must already allow.
   *
   * @default - a new role with the minimum permissions that SageMaker documents for AutoML jobs
   */
  readonly trainingRole?: iam.IRole;
  /**
   * KMS key that encrypts what the workflow stores: models and reports, a new bucket, the volumes of the instances, and the
   * environment variables and logs of the functions. `AutoMlWorkflow` also uses it to encrypt its state machine, the history
   * of the executions and the log of the state machine.
   *
   * The workflow does not use this key for:
   *
   * - access logs of a new bucket: S3 delivers them only to buckets with S3-managed encryption.
   * - logs of the jobs: SageMaker creates their log groups.
   * - the dead-letter queue of `StopAbandonedJobs`: Amazon SQS encrypts the queue with an SQS-owned key.
   *
   * CloudWatch Logs and log delivery (`delivery.logs.amazonaws.com`) need permissions in the key policy. If this app
   * creates the key, the construct adds them. For an imported key, the owner must add them. To read executions, a user
   * needs `kms:Decrypt` on the key. You can pass an alias of a key that this app creates, but not an imported alias,
   * because its key is unknown.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
   * @default - everything is encrypted with keys that AWS owns or manages
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * VPC that the containers connect to.
   *
   * @default - no VPC
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Subnets for the containers, at most 16.
   *
   * The containers get no public IP address. If the subnets are public or isolated, the VPC needs an endpoint for Amazon S3.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
   * @default - private subnets with a NAT gateway, else isolated subnets, else public subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * Security groups for the containers, at most 5.
   *
   * @default - a new security group that allows all outbound traffic, if `vpc` is given
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * Whether traffic between the instances of one job is encrypted. Encryption can make the job slower.
   *
   * @default true
   */
  readonly interContainerTrafficEncryption?: boolean;
  /**
   * Tags of the AutoML job. These tags are added to the tags from `Tags.of()`, and override tags with the same key. At
   * most 49 in total, because the construct adds one. Tags of the stack (`StackProps.tags`) are not applied to the job.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html
   * @default - only the tags from `Tags.of()`
   */
  readonly tags?: { [key: string]: string };
  /**
   * Prefix of the names of AutoML jobs: 1 to 16 lowercase letters, digits and inner hyphens. The state machine has
   * permissions only for jobs with this prefix. A template with a fixed prefix can be deployed only once per account
   * and region.
   *
   * @default - derived from the construct's path and the ID of the deployed stack
   */
  readonly jobNamePrefix?: string;
}
