import { RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { DataLocation } from '../data-location';
import { acknowledgeInvocations, acknowledgeWildcards } from '../private/acknowledge';
import { AUTOML_JOB, jobArn } from '../private/job-policies';
import { jobStateMachine } from '../private/job-state-machine';
import { folder } from '../private/locations';
import { keepLogs } from '../private/log-groups';
import type { WorkflowPlaces } from '../private/new-data-rule';
import { createTuningBucket } from '../private/tuning-bucket';
import { validateWorkflow } from '../private/validate-workflow';
import { SageMakerWorkflow } from '../sagemaker-workflow';
import { SageMakerJobKind, StopAbandonedJobs } from '../stop-abandoned-jobs';
import type { WorkflowLogOptions } from '../workflow-options';
import { AutoMlData } from './automl-data';
import { AutoMlFragment } from './automl-fragment';
import type { AutoMlOptions } from './automl-options';
import { AUTOML_WORKFLOW } from './private/automl-shape';

/** Properties of `AutoMlWorkflow`. */
export interface AutoMlWorkflowProps extends AutoMlOptions, WorkflowLogOptions {
  /**
   * Training data.
   *
   * @default - CSV files with a header below `<inputPrefix>train/` in the workflow's bucket
   */
  readonly train?: AutoMlData;
  /**
   * Validation data, with the same format and columns as the training data.
   *
   * @default - SageMaker sets aside part of the training data
   */
  readonly validation?: AutoMlData;
  /**
   * Prefix of the data in the bucket, used if `train` is not given. An execution's input can use any location below it,
   * unless `allowedInputLocations` is given.
   *
   * @default 'input/'
   */
  readonly inputPrefix?: string;
  /**
   * Bucket for the models and, if `train` is not given, for the data. If you give a bucket, you are responsible for its
   * encryption and for blocking public access.
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
 * Finds the best model for tabular data with SageMaker Autopilot (AutoML V2). It needs only a CSV file with a header, and the
 * name of the column to predict. Creates a bucket, roles, Lambda functions and a state machine.
 *
 * Start an execution with the input `{}`, or override settings as described in `AutoMlFragment`. If the execution is
 * stopped, fails or times out, its AutoML job is stopped too.
 *
 * @example
 * new AutoMlWorkflow(this, 'Churn', { target: 'churned' });
 */
export class AutoMlWorkflow extends SageMakerWorkflow {
  /** The bucket for models and data. */
  readonly bucket: s3.IBucket;
  /** The state machine. */
  readonly stateMachine: sfn.StateMachine;
  /** The chain of states in the state machine. */
  readonly fragment: AutoMlFragment;
  /** Stops an execution's AutoML job if the execution ends before the job. */
  readonly stopAbandonedJobs: StopAbandonedJobs;
  /** Execution role of the AutoML job and of the jobs that it starts. */
  readonly trainingRole: iam.IRole;
  /** Security groups of the containers; empty without a VPC. */
  readonly connections: ec2.Connections;

  /** @internal */
  protected readonly _places: WorkflowPlaces;

  /**
   * @param scope the parent construct
   * @param id the construct's ID, unique within `scope`
   * @param props the column to predict, the data, and the settings of the workflow
   * @throws Error named `TuningValidationError` that lists every problem with the properties
   */
  constructor(scope: Construct, id: string, props: AutoMlWorkflowProps) {
    super(scope, id);
    validateWorkflow(this.node.path, AUTOML_WORKFLOW, props);
    const inputPrefix = folder(props.inputPrefix ?? 'input/');
    const outputPrefix = folder(props.outputPrefix ?? 'output/');
    this.bucket =
      props.bucket ??
      createTuningBucket(this, {
        encryptionKey: props.encryptionKey,
        removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
        outputPrefix,
      });
    const inBucket = (key: string) => DataLocation.fromBucket(this.bucket, key);
    this._places = { input: inBucket(inputPrefix), output: inBucket(outputPrefix) };
    this.fragment = new AutoMlFragment(this, 'AutoMl', {
      ...props,
      train: props.train ?? AutoMlData.csv(inBucket(`${inputPrefix}train/`)),
      allowedInputLocations: props.allowedInputLocations ?? (props.train ? undefined : [this._places.input]),
      output: this._places.output,
    });
    this.trainingRole = this.fragment.trainingRole;
    this.connections = this.fragment.connections;
    this.stateMachine = jobStateMachine(this, {
      name: props.stateMachineName,
      comment: 'Finds the best model for tabular data with Amazon SageMaker Autopilot',
      fragment: this.fragment,
      encryptionKey: props.encryptionKey,
    });
    this.stopAbandonedJobs = new StopAbandonedJobs(this, 'StopAbandonedJobs', {
      stateMachine: this.stateMachine,
      jobNamePrefix: this.fragment.jobNamePrefix,
      kinds: [SageMakerJobKind.AUTOML],
      encryptionKey: props.encryptionKey,
    });
    keepLogs(this, props);
    this.acknowledgeFindings();
  }

  /** @internal */
  protected get _jobNamePrefix(): string {
    return this.fragment.jobNamePrefix;
  }

  private acknowledgeFindings(): void {
    const { jobNamePrefix, findBestCandidateFunction, checkDataFunction, reportFunction } = this.fragment;
    acknowledgeWildcards(
      this.stateMachine,
      [jobArn(this, AUTOML_JOB, `${jobNamePrefix}-`)],
      'Jobs get their names when they start, so the permissions are limited to the prefix of the names',
    );
    acknowledgeInvocations(this.stateMachine, [findBestCandidateFunction, checkDataFunction, reportFunction]);
  }
}
