import type { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { DataLocation } from '../data-location';
import type { AutoMlMode, AutoMlObjective, AutoMlProblemType } from './automl-objective';

/** What is predicted, and how the best model is searched: shared by `AutoMlWorkflow` and `AutoMlFragment`. */
export interface AutoMlOptions {
  /** Name of the column to predict, as in the header of the data. An execution's input can name another. */
  readonly target: string;
  /**
   * The share of the training data that candidates are validated with: more than 0 and less than 1. With it,
   * an execution's input cannot name validation data.
   *
   * @default - SageMaker's own: 0.2, where there is no validation data
   */
  readonly validationFraction?: number;
  /**
   * What kind of value is predicted. Goes with `objective` only.
   *
   * @default - SageMaker infers it from the data, and fails where it cannot
   */
  readonly problemType?: AutoMlProblemType;
  /**
   * What the best model is best at. Goes with `problemType` only.
   *
   * @default - by problem type: MSE for regression, F1 for binary, Accuracy for multiclass classification
   */
  readonly objective?: AutoMlObjective;
  /**
   * How Autopilot searches.
   *
   * @default AutoMlMode.AUTO
   */
  readonly mode?: AutoMlMode;
  /**
   * How many candidates are tried: 1 to 750. An execution's input can give another number.
   *
   * @default 20
   */
  readonly maxCandidates?: number;
  /**
   * How long the AutoML job may take in all, up to 30 days. One that takes longer ends with the best candidate
   * by then.
   *
   * @default - no limit but SageMaker's own
   */
  readonly maxRuntime?: Duration;
  /**
   * How long the training of one candidate may take.
   *
   * @default - no limit but SageMaker's own
   */
  readonly maxRuntimePerTrainingJob?: Duration;
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
   * Name of a column that says how much each row counts: numbers from 0. Needs `AutoMlMode.ENSEMBLING`.
   *
   * @default - all rows count alike
   */
  readonly sampleWeightColumn?: string;
  /**
   * A JSON file that names the columns to learn from, and their types if need be:
   * `{"FeatureAttributeNames": ["rooms", "area"], "FeatureDataTypes": {"rooms": "numeric"}}`.
   *
   * @default - all columns but the target
   */
  readonly featureSpecification?: DataLocation;
  /**
   * Further places that an execution's input may name for `train` and `validation`.
   *
   * @default - the locations of the input data
   */
  readonly allowedInputLocations?: DataLocation[];
  /**
   * Whether the execution writes a report: a page that shows which candidate won and why. It is written below `reports/` in the
   * output location, also for a search that failed. A report that cannot be written never fails the execution: its output
   * then has `report` null, and the reason in `reportError`.
   *
   * @default true
   */
  readonly report?: boolean;
  /**
   * Role that the AutoML job and all jobs that it starts run under. It must be in the stack's account and trust
   * `sagemaker.amazonaws.com`. The construct adds the permissions it needs as an inline policy; if the role cannot be changed, a
   * warning at synth lists the actions that it must allow already.
   *
   * @default - a role with the least privileges that SageMaker documents for AutoML jobs
   */
  readonly trainingRole?: iam.IRole;
  /**
   * Key that encrypts what the workflow stores: models and reports, a new bucket, the volumes of the instances, the environment
   * variables of the functions, and the logs of the functions. `AutoMlWorkflow` also encrypts its state machine, the history of the
   * executions and the log of the state machine.
   *
   * The key does not cover:
   *
   * - access logs of a new bucket. S3 delivers them only to buckets with S3-managed encryption.
   * - logs of the jobs. SageMaker creates their log groups.
   * - the dead-letter queue of `StopAbandonedJobs`. Amazon SQS encrypts it with a key that it owns.
   *
   * For a key of this app, the construct adds what CloudWatch Logs and log delivery (`delivery.logs.amazonaws.com`) need to the
   * key policy. For an imported key, its owner must add that. To read executions, a user needs `kms:Decrypt` on the key. An alias
   * of a key of this app is accepted; an imported alias is not, because its key is unknown.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
   * @default - everything is encrypted with keys that AWS owns or manages
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * VPC that the containers are connected to.
   *
   * @default - none
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Subnets for the containers, at most 16.
   *
   * The containers get no public IP address: in public or isolated subnets the VPC needs an endpoint for Amazon S3.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
   * @default - private subnets with a NAT gateway, else isolated ones, else public ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * Security groups for the containers, at most 5.
   *
   * @default - a new one that allows all outgoing traffic, if there is a VPC
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * Whether traffic between the instances of one job is encrypted, which can make it slower.
   *
   * @default true
   */
  readonly interContainerTrafficEncryption?: boolean;
  /**
   * Tags of the AutoML job. They are added to those of `Tags.of()`, over which they win; at most 49 in all, as the
   * construct adds one. Tags of the stack itself (`StackProps.tags`) do not reach the job.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html
   * @default - those of `Tags.of()`
   */
  readonly tags?: { [key: string]: string };
  /**
   * What the names of AutoML jobs begin with: 1 to 16 lower-case letters, digits and inner hyphens. The state
   * machine may touch no other jobs. A template with a fixed prefix can be deployed only once in an account and
   * region.
   *
   * @default - derived from the construct's path and the ID of the deployed stack
   */
  readonly jobNamePrefix?: string;
}
