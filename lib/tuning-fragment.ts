import { Names } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { DataLocation } from './data-location';
import { FindBestTrainingJobFunction } from './find-best-training-job-function';
import type { InputData } from './input-data';
import { withoutNested } from './private/locations';
import { grantTraining, trainingRole } from './private/training-permissions';
import { checkpointLocation, keepsCheckpoints } from './private/tuning-requests';
import { TuningStates } from './private/tuning-states';
import { JOB_NAME_PREFIX_LENGTH, validateTuning } from './private/validate-tuning';
import type { TuningOptions } from './tuning-options';

/** Properties of the chain of states that tunes a model. */
export interface TuningFragmentProps extends TuningOptions {
  /** Training data. */
  readonly train: InputData;
  /**
   * Validation data; needed for metrics of the form `validation:…`.
   *
   * @default - none
   */
  readonly validation?: InputData;
  /**
   * Where models go: those of the tuning job below `trials/`, the final one below `models/`, checkpoints
   * below `checkpoints/`.
   */
  readonly output: DataLocation;
  /**
   * The input of the chain, as a JSONata string. Its value has the shape of a `TuningWorkflow`'s input.
   *
   * @default '{% $states.input %}' - the input of the first state
   */
  readonly input?: string;
}

/**
 * The chain of states that tunes a model and trains the best one, to embed in a state machine of any query
 * language. Two of them in one state machine need `prefixStates()`.
 *
 * Input (every field is optional and overrides one setting; anything else ends the execution with error
 * `InvalidInput` before a job starts):
 *
 * - `maxTrainingJobs`, `maxParallelTrainingJobs`: whole numbers
 * - `train`, `validation`: S3 URIs within the locations of the input data or `allowedInputLocations`
 * - `hyperparameters`: an object of strings; a tuned hyperparameter that is given here is no longer tuned
 * - `warmStartFrom`: names of 1 to 5 earlier tuning jobs
 *
 * Output: `tuningJob`, `bestTrainingJob`, `topTrainingJobs` and, unless it is switched off,
 * `finalTrainingJob`.
 *
 * Errors: `InvalidInput`, `NoCompletedTrainingJobError` (with the most common reason why training jobs
 * failed), `FinalTrainingJobNotCompleted`, and those of Step Functions and SageMaker.
 */
export class TuningFragment extends sfn.StateMachineFragment implements ec2.IConnectable {
  /** The first state. */
  readonly startState: sfn.State;
  /** The states that end the chain. */
  readonly endStates: sfn.INextable[];
  /** Role that the training jobs run under. */
  readonly trainingRole: iam.IRole;
  /** The function that finds the best training job. */
  readonly findBestTrainingJobFunction: lambda.IFunction;
  /** Security groups of the training containers; none without a VPC. */
  readonly connections: ec2.Connections;
  /** What the names of all jobs begin with. */
  readonly jobNamePrefix: string;

  constructor(scope: Construct, id: string, props: TuningFragmentProps) {
    super(scope, id);
    validateTuning(this.node.path, props);
    this.jobNamePrefix = props.jobNamePrefix ?? uniquePrefix(this);
    // With the hyphen that all names have: the permissions end where another construct's prefix only begins alike.
    const jobNamePrefix = `${this.jobNamePrefix}-`;
    this.connections = new ec2.Connections({ securityGroups: securityGroups(this, props) });
    this.trainingRole = props.trainingRole ?? trainingRole(this, 'TrainingRole');
    this.findBestTrainingJobFunction = new FindBestTrainingJobFunction(this, 'FindBestTrainingJobFunction', {
      jobNamePrefix,
      logEncryptionKey: props.encryptionKey,
    });

    const image = props.algorithm._definition.image(this);
    const inputs = withoutNested([
      props.train.location,
      ...(props.validation ? [props.validation.location] : []),
      ...(props.allowedInputLocations ?? []),
    ]);
    grantTraining(this, this.trainingRole, {
      jobNamePrefix,
      repositoryArn: image.repositoryArn,
      inputs,
      output: props.output._child(''),
      checkpoints: keepsCheckpoints(props) ? checkpointLocation(props.output) : undefined,
      encryptionKey: props.encryptionKey,
      inVpc: props.vpc !== undefined,
    });

    const states = new TuningStates(this, {
      ...props,
      trainingImage: image.uri,
      trainingRole: this.trainingRole,
      jobNamePrefix,
      findBestTrainingJobFunction: this.findBestTrainingJobFunction,
      allowedInputLocations: inputs,
      subnets: props.vpc?.selectSubnets(props.vpcSubnets).subnets,
      securityGroups: this.connections.securityGroups,
    });
    this.startState = states.start;
    this.endStates = states.ends;
  }
}

/** A prefix for job names that no other construct of the app has. */
function uniquePrefix(construct: Construct): string {
  return Names.uniqueResourceName(construct, {
    maxLength: JOB_NAME_PREFIX_LENGTH,
    allowedSpecialCharacters: '-',
  })
    .toLowerCase()
    .replace(/^-+|-+$/g, '');
}

function securityGroups(scope: Construct, props: TuningFragmentProps): ec2.ISecurityGroup[] {
  if (!props.vpc) return [];
  return (
    props.securityGroups ?? [
      new ec2.SecurityGroup(scope, 'SecurityGroup', {
        vpc: props.vpc,
        description: 'SageMaker training containers',
      }),
    ]
  );
}
