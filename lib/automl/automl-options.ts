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
   * How long to wait in all when a quota of SageMaker keeps a job from starting: whole seconds, at most 1 day; 0 for
   * not at all. Each job waits anew. The execution then fails with `QuotaExceeded`. It fails at once, with `QuotaTooLow`,
   * when the quota is lower than what the job needs, as a quota of 0 is.
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
   * Role that the AutoML job and all jobs that it starts run under. It must be in the stack's account and trust
   * `sagemaker.amazonaws.com`. The construct adds the permissions it needs as an inline policy; if the role cannot be changed, a
   * warning at synth lists the actions that it must allow already.
   *
   * @default - a role with the least privileges that SageMaker documents for AutoML jobs
   */
  readonly trainingRole?: iam.IRole;
  /**
   * Key for what the workflow stores: models and reports, a new bucket, the volumes of the instances, the state machine (where the
   * construct makes one) with the history of its executions, the environment variables of the functions, and the logs of both.
   *
   * Not covered are the access logs of a new bucket (S3 can deliver them to buckets with S3's own encryption only) and the logs of
   * the jobs, whose log groups SageMaker makes.
   *
   * The dead-letter queue with the events of executions that ended is encrypted with a key that Amazon SQS owns.
   *
   * An imported key's policy has to let CloudWatch Logs and the delivery of logs (`delivery.logs.amazonaws.com`) use it; the
   * key policy of a key of this app is extended. Whoever reads executions needs `kms:Decrypt` on the key.
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
