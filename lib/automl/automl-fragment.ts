import { type ITaggableV2, Stack, type TagManager } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { DataLocation } from '../data-location';
import { JobTags } from '../private/job-tags';
import { LIMITS } from '../private/limits';
import { withoutNested } from '../private/locations';
import { securityGroupsOf } from '../private/network';
import { reportFunction } from '../private/report-function';
import { warnOfUnreachableStorage } from '../private/storage-access';
import { checkBroughtRole } from '../private/training-role';
import { uniquePrefix } from '../private/unique-names';
import type { AutoMlData } from './automl-data';
import type { AutoMlOptions } from './automl-options';
import {
  candidateStatements,
  checkTabularDataFunction,
  findBestCandidateFunction,
} from './private/automl-functions';
import { autoMlRole, grantAutoMl } from './private/automl-permissions';
import { AutoMlStates } from './private/automl-states';
import { validateAutoMl } from './private/validate-automl';

/** Properties of `AutoMlFragment`. */
export interface AutoMlFragmentProps extends AutoMlOptions {
  /** Training data. */
  readonly train: AutoMlData;
  /**
   * Validation data, with the same format and columns as the training data.
   *
   * @default - SageMaker sets aside part of the training data
   */
  readonly validation?: AutoMlData;
  /**
   * Location of the results. SageMaker writes the models and reports of an AutoML job to a folder with the name of the
   * job. This library writes its own reports below `reports/`. The URI can have at most 512 characters.
   */
  readonly output: DataLocation;
  /**
   * A JSONata expression for the input of the chain, such as `{% $states.input.automl %}`. The docstring of
   * `AutoMlFragment` describes the fields of this input.
   *
   * @default '{% $states.input %}' - the input of the first state
   */
  readonly input?: string;
}

/**
 * A chain of states that runs an AutoML job (SageMaker Autopilot, AutoML V2) on tabular data. Embed it in your own
 * state machine, which can use JSONPath or JSONata. If a state machine has two such chains, call `prefixStates()` on
 * them to keep the state names unique.
 *
 * Step Functions does not stop the AutoML job when the execution is stopped. To stop the job, add `StopAbandonedJobs`,
 * as `AutoMlWorkflow` does.
 *
 * Input (each field is optional and overrides one setting; any other field makes the execution fail with `InvalidInput`
 * before a job starts):
 *
 * - `target`: name of the column to predict.
 * - `train`, `validation`: S3 URIs within the locations given in the properties, including `allowedInputLocations`.
 * - `maxCandidates`: a whole number.
 *
 * Output: `autoMlJob`, `bestCandidate`, `leaderboard` and, unless it is disabled, `report`: the S3 URI of a page that shows
 * the search. If the report cannot be written, `report` is null, and `reportError` has the reason.
 *
 * Errors: `InvalidInput`, `InvalidTrainingData`, `QuotaTooLow` and `QuotaExceeded` (SageMaker quotas, see `maxQuotaWait`),
 * `NoCompletedCandidateError` (with the reason why the AutoML job failed), and the errors of Step Functions and SageMaker.
 */
export class AutoMlFragment extends sfn.StateMachineFragment implements ec2.IConnectable, ITaggableV2 {
  /** The first state. */
  readonly startState: sfn.State;
  /** The states that end the chain. */
  readonly endStates: sfn.INextable[];
  /** Execution role of the AutoML job and of the jobs that it starts. */
  readonly trainingRole: iam.IRole;
  /** The Lambda function that checks the data before the AutoML job starts. */
  readonly checkDataFunction: lambda.IFunction;
  /** The Lambda function that finds the best candidate. */
  readonly findBestCandidateFunction: lambda.IFunction;
  /** The Lambda function that writes the report; undefined if `report` is false. */
  readonly reportFunction?: lambda.IFunction;
  /** Security groups of the containers; empty without a VPC. */
  readonly connections: ec2.Connections;
  /** Prefix of the names of AutoML jobs; a token unless the `jobNamePrefix` property is given. */
  readonly jobNamePrefix: string;
  /** Collects the tags that `Tags.of()` adds to the AutoML jobs. */
  readonly cdkTagManager: TagManager;

  /**
   * @param scope the parent construct
   * @param id the construct's ID, unique within `scope`
   * @param props the column to predict, the data, and the settings of the AutoML job
   * @throws Error named `TuningValidationError` that lists every problem with the properties
   */
  constructor(scope: Construct, id: string, props: AutoMlFragmentProps) {
    super(scope, id);
    validateAutoMl(this.node.path, props, Stack.of(this).region);
    this.jobNamePrefix = props.jobNamePrefix ?? uniquePrefix(this);
    // The hyphen excludes the jobs of other constructs whose longer prefix begins with this prefix.
    const jobNamePrefix = `${this.jobNamePrefix}-`;
    this.connections = new ec2.Connections({
      securityGroups: securityGroupsOf(this, props, 'SageMaker AutoML containers'),
    });
    const inputs = withoutNested([
      props.train.location,
      ...(props.validation ? [props.validation.location] : []),
      ...(props.allowedInputLocations ?? []),
    ]);
    checkBroughtRole(this, props.trainingRole);
    warnOfUnreachableStorage(this, props);
    this.trainingRole = props.trainingRole ?? autoMlRole(this, 'TrainingRole');
    grantAutoMl(this, this.trainingRole, {
      inputs: props.featureSpecification ? withoutNested([...inputs, props.featureSpecification]) : inputs,
      output: props.output._child(''),
      encryptionKey: props.encryptionKey,
      inVpc: props.vpc !== undefined,
    });
    this.checkDataFunction = checkTabularDataFunction(this, 'CheckDataFunction', {
      inputs,
      encryptionKey: props.encryptionKey,
    });
    this.findBestCandidateFunction = findBestCandidateFunction(this, 'FindBestCandidateFunction', {
      jobNamePrefix,
      encryptionKey: props.encryptionKey,
    });
    if (props.report !== false) {
      this.reportFunction = reportFunction(this, 'ReportFunction', {
        reading: candidateStatements(this, jobNamePrefix),
        readsLogs: false,
        output: props.output,
        encryptionKey: props.encryptionKey,
      });
    }
    const jobTags = new JobTags(this, {
      resourceType: 'AWS::SageMaker::AutoMLJob',
      tags: props.tags,
      max: LIMITS.tags - 1,
    });
    this.cdkTagManager = jobTags.manager;
    const states = new AutoMlStates(this, {
      ...props,
      jobTags,
      trainingRole: this.trainingRole,
      jobNamePrefix,
      checkDataFunction: this.checkDataFunction,
      findBestCandidateFunction: this.findBestCandidateFunction,
      reportFunction: this.reportFunction,
      allowedInputLocations: inputs,
      subnets: props.vpc?.selectSubnets(props.vpcSubnets).subnets,
      connectedTo: this.connections.securityGroups,
    });
    this.startState = states.start;
    this.endStates = states.ends;
  }
}
