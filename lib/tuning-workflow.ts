import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { InputData } from './input-data';
import { acknowledgeTuningWildcards } from './private/acknowledge-tuning';
import { jobStateMachine } from './private/job-state-machine';
import { keepLogs } from './private/log-groups';
import type { WorkflowPlaces } from './private/new-data-rule';
import { stopTuningJobs } from './private/stop-tuning-jobs';
import { TUNING_WORKFLOW } from './private/tuning-shape';
import { tuningStorage } from './private/tuning-storage';
import { validateWorkflow } from './private/validate-workflow';
import { SageMakerWorkflow } from './sagemaker-workflow';
import type { StopAbandonedJobs } from './stop-abandoned-jobs';
import { TuningFragment } from './tuning-fragment';
import type { TuningOptions } from './tuning-options';
import type { WorkflowLogOptions } from './workflow-options';

/** Properties of `TuningWorkflow`. */
export interface TuningWorkflowProps extends TuningOptions, WorkflowLogOptions {
  /**
   * Training data.
   *
   * @default - CSV files below `trainPrefix` in the workflow's bucket
   */
  readonly train?: InputData;
  /**
   * Validation data. Required for metrics whose names begin with `validation:`.
   *
   * @default - CSV files below `validationPrefix` in the workflow's bucket
   */
  readonly validation?: InputData;
  /**
   * Test data for `evaluation`: CSV files without a header, with the label in the first column. Neither the search nor the
   * final training uses it. It must not overlap with the other data.
   *
   * @default - CSV files below `testPrefix` in the workflow's bucket, if `evaluation` is given
   */
  readonly test?: InputData;
  /**
   * Prefix of the data in the bucket, used if `train`, `validation` or `test` is not given. An execution's input can use any
   * location below it, unless `allowedInputLocations` is given.
   *
   * @default 'input/'
   */
  readonly inputPrefix?: string;
  /**
   * Prefix of the training data in the bucket, used if `train` is not given.
   *
   * @default - `train/` below `inputPrefix`
   */
  readonly trainPrefix?: string;
  /**
   * Prefix of the validation data in the bucket, used if `validation` is not given.
   *
   * @default - `validation/` below `inputPrefix`
   */
  readonly validationPrefix?: string;
  /**
   * Prefix of the test data in the bucket, used with `evaluation` if `test` is not given.
   *
   * @default - `test/` below `inputPrefix`
   */
  readonly testPrefix?: string;
  /**
   * Bucket for the models and, unless `train`, `validation` and `test` are given, for the data. If you give a bucket, you
   * are responsible for its encryption and for blocking public access.
   *
   * @default - a new bucket: encrypted, versioned, TLS only, no public access, with access logs
   */
  readonly bucket?: s3.IBucket;
  /**
   * Prefix in the bucket for models and reports.
   *
   * @default 'output/'
   */
  readonly outputPrefix?: string;
  /**
   * How long a new bucket keeps the models of the tuning job's training jobs. The bucket never deletes the final model.
   *
   * @default Duration.days(30) - forever if no final model is trained, or if the best model is reused
   */
  readonly trialRetention?: Duration;
  /**
   * Removal policy of a new bucket, which applies when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Name of the state machine.
   *
   * @default - CloudFormation generates a name
   */
  readonly stateMachineName?: string;
}

/**
 * Tunes a model and trains the best one. Creates a bucket, roles, Lambda functions and a state machine.
 *
 * Start an execution with the input `{}`, or override settings as described in `TuningFragment`.
 *
 * @example
 * new TuningWorkflow(this, 'Tuning', {
 *   algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
 *   objective: Objective.minimize('validation:rmse'),
 *   hyperparameters: { num_round: '200' },
 *   parameterRanges: [
 *     ParameterRange.integer('max_depth', { min: 3, max: 10 }),
 *     ParameterRange.continuous('eta', { min: 0.01, max: 0.5, scaling: ScalingType.LOGARITHMIC }),
 *   ],
 * });
 */
export class TuningWorkflow extends SageMakerWorkflow {
  /** The bucket for models and data. */
  readonly bucket: s3.IBucket;
  /** The state machine. */
  readonly stateMachine: sfn.StateMachine;
  /** The chain of states in the state machine. */
  readonly fragment: TuningFragment;
  /**
   * Stops an execution's tuning job if the execution ends before the job. Undefined with integration `OPTIMIZED`,
   * because Step Functions then stops the job.
   */
  readonly stopAbandonedJobs?: StopAbandonedJobs;
  /** Execution role of the training jobs. */
  readonly trainingRole: iam.IRole;
  /** Security groups of the training containers; empty without a VPC. */
  readonly connections: ec2.Connections;

  /** @internal */
  protected readonly _places: WorkflowPlaces;

  /**
   * @param scope the parent construct
   * @param id the construct's ID, unique within `scope`
   * @param props the algorithm, the search, the data, and the settings of the workflow
   * @throws Error named `TuningValidationError` that lists every problem with the properties
   */
  constructor(scope: Construct, id: string, props: TuningWorkflowProps) {
    super(scope, id);
    validateWorkflow(this.node.path, TUNING_WORKFLOW, props);
    const { bucket, places, fragment } = tuningStorage(this, props);
    this.bucket = bucket;
    this._places = places;
    this.fragment = new TuningFragment(this, 'Tuning', fragment);
    this.trainingRole = this.fragment.trainingRole;
    this.connections = this.fragment.connections;
    this.stateMachine = jobStateMachine(this, {
      name: props.stateMachineName,
      comment: 'Tunes a model on Amazon SageMaker and trains the best one',
      fragment: this.fragment,
      encryptionKey: props.encryptionKey,
    });
    this.stopAbandonedJobs = stopTuningJobs(this, props, this.stateMachine, this.fragment);
    keepLogs(this, props);
    acknowledgeTuningWildcards(this.stateMachine, this.fragment);
  }

  /** @internal */
  protected get _jobNamePrefix(): string {
    return this.fragment.jobNamePrefix;
  }
}
