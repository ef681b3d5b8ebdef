import type { ITaggableV2, TagManager } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { DataLocation } from './data-location';
import { FindBestTrainingJobFunction } from './find-best-training-job-function';
import type { InputData } from './input-data';
import { tagsLimit } from './private/integration';
import { tuningReadStatements } from './private/job-policies';
import { JobTags } from './private/job-tags';
import { withoutNested } from './private/locations';
import { securityGroupsOf } from './private/network';
import { reportFunction } from './private/report-function';
import { warnOfUnreachableStorage } from './private/storage-access';
import { grantTraining, trainingRole } from './private/training-permissions';
import { checkBroughtRole } from './private/training-role';
import { definitionsOf } from './private/tuning-definitions';
import { type BoundDefinition, checkpointLocation, keepsCheckpoints } from './private/tuning-requests';
import { TuningStates } from './private/tuning-states';
import { uniquePrefix } from './private/unique-names';
import { validateBound } from './private/validate-bound';
import { useOf } from './private/validate-definition';
import { validateTuning } from './private/validate-tuning';
import { warnOfDefinitions } from './private/warn-of-definitions';
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
   * below `checkpoints/`, reports below `reports/`.
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
 * - `hyperparameters`: a map of strings; a tuned hyperparameter that is given here is no longer tuned. With
 *   `furtherDefinitions`: an object of such objects, by the names of the definitions
 * - `warmStartFrom`: names of 1 to 5 earlier tuning jobs; not with `furtherDefinitions`
 *
 * Output: `tuningJob`, `bestTrainingJob`, `topTrainingJobs` and, unless they are switched off,
 * `finalTrainingJob` and `report`: the S3 URI of a page that shows the search, or null and the reason in `reportError`.
 *
 * Errors: `InvalidInput`, `QuotaTooLow` and `QuotaExceeded` (of the account's quotas, see `maxQuotaWait`),
 * `NoCompletedTrainingJobError` (with the most common reason why training jobs failed),
 * `FinalTrainingJobNotCompleted`, and those of Step Functions and SageMaker.
 */
export class TuningFragment extends sfn.StateMachineFragment implements ec2.IConnectable, ITaggableV2 {
  /** The first state. */
  readonly startState: sfn.State;
  /** The states that end the chain. */
  readonly endStates: sfn.INextable[];
  /** Role that the training jobs run under. */
  readonly trainingRole: iam.IRole;
  /** The function that finds the best training job. */
  readonly findBestTrainingJobFunction: lambda.IFunction;
  /** The function that writes the report; undefined without one. */
  readonly reportFunction?: lambda.IFunction;
  /** Security groups of the training containers; none without a VPC. */
  readonly connections: ec2.Connections;
  /** Prefix of the names of all jobs; a token, unless `jobNamePrefix` is given. */
  readonly jobNamePrefix: string;
  /** Collects the tags that `Tags.of()` adds to the SageMaker jobs. */
  readonly cdkTagManager: TagManager;

  constructor(scope: Construct, id: string, props: TuningFragmentProps) {
    super(scope, id);
    validateTuning(this.node.path, props);
    this.jobNamePrefix = props.jobNamePrefix ?? uniquePrefix(this);
    // With the hyphen that all names have: the permissions end where another construct's prefix only begins alike.
    const jobNamePrefix = `${this.jobNamePrefix}-`;
    this.connections = new ec2.Connections({
      securityGroups: securityGroupsOf(this, props, 'SageMaker training containers'),
    });
    checkBroughtRole(this, props.trainingRole);
    warnOfUnreachableStorage(this, props);
    this.trainingRole = props.trainingRole ?? trainingRole(this, 'TrainingRole');
    this.findBestTrainingJobFunction = new FindBestTrainingJobFunction(this, 'FindBestTrainingJobFunction', {
      jobNamePrefix,
      encryptionKey: props.encryptionKey,
    });

    const definitions = bindDefinitions(this, props);
    validateBound(this.node.path, definitions);
    const inputs = withoutNested(locations(props, definitions));
    const replaceable = withoutNested(
      present([props.train.location, props.validation?.location, ...(props.allowedInputLocations ?? [])]),
    );
    grantTraining(this, this.trainingRole, {
      jobNamePrefix,
      repositoryArns: [...new Set(definitions.map(({ bound }) => bound.image.repositoryArn))],
      inputs,
      output: props.output._child(''),
      checkpoints: keepsCheckpoints(props) ? checkpointLocation(props.output) : undefined,
      encryptionKey: props.encryptionKey,
      inVpc: props.vpc !== undefined,
    });
    warnOfDefinitions(this, definitions);
    if (props.report !== false) {
      this.reportFunction = tuningReportFunction(this, 'ReportFunction', props, definitions, jobNamePrefix);
    }

    const jobTags = new JobTags(this, {
      resourceType: 'AWS::SageMaker::HyperParameterTuningJob',
      tags: props.tags,
      max: tagsLimit(props),
    });
    this.cdkTagManager = jobTags.manager;
    const states = new TuningStates(this, {
      ...props,
      jobTags,
      definitions,
      trainingRole: this.trainingRole,
      jobNamePrefix,
      findBestTrainingJobFunction: this.findBestTrainingJobFunction,
      reportFunction: this.reportFunction,
      allowedInputLocations: replaceable,
      subnets: props.vpc?.selectSubnets(props.vpcSubnets).subnets,
      securityGroups: this.connections.securityGroups,
    });
    this.startState = states.start;
    this.endStates = states.ends;
  }
}

/** Makes the function that writes the report of a tuning job. */
function tuningReportFunction(
  scope: Construct,
  id: string,
  { output, encryptionKey, warmStart, finalTraining }: TuningFragmentProps,
  definitions: readonly BoundDefinition[],
  jobNamePrefix: string,
): lambda.IFunction {
  const hasXGBoost = definitions.some(({ bound }) => bound.image.repositoryArn.includes('sagemaker-xgboost'));
  return reportFunction(scope, id, {
    reading: tuningReadStatements(scope, jobNamePrefix, warmStart?.tuningJobNames),
    readsLogs: true,
    output,
    // Of these models the report shows the importance of the features.
    models: hasXGBoost ? output._child(finalTraining?.enabled === false ? 'trials/' : 'models/') : undefined,
    encryptionKey,
  });
}

/** The definitions with their algorithms settled; each but the first in a scope of its own. */
function bindDefinitions(scope: Construct, props: TuningFragmentProps): BoundDefinition[] {
  return definitionsOf(props).map((definition, index) => ({
    ...definition,
    bound: definition.algorithm._definition.bind(
      index === 0 ? scope : new Construct(scope, `Definition-${definition.name}`),
      useOf(props, definition),
    ),
  }));
}

/** Everything in Amazon S3 that training jobs read. */
function locations(props: TuningFragmentProps, definitions: readonly BoundDefinition[]): DataLocation[] {
  const read = definitions.flatMap(({ train, validation, channels = {}, bound }) => [
    train.location,
    validation?.location,
    ...Object.values(channels).map(({ location }) => location),
    ...(bound.channels ?? []).map(({ location }) => location),
  ]);
  return present([...read, ...(props.allowedInputLocations ?? [])]);
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
