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

/** Properties of the chain of states that runs an AutoML job. */
export interface AutoMlFragmentProps extends AutoMlOptions {
  /** Training data. */
  readonly train: AutoMlData;
  /**
   * Validation data, in the format of the training data and with the same columns.
   *
   * @default - SageMaker takes it from the training data
   */
  readonly validation?: AutoMlData;
  /**
   * Where SageMaker's models and reports go, below the name of each AutoML job, and the workflow's reports below `reports/`; a
   * URI of at most 512 characters.
   */
  readonly output: DataLocation;
  /**
   * The input of the chain, as a JSONata string. Its value has the shape of an `AutoMlWorkflow`'s input.
   *
   * @default '{% $states.input %}' - the input of the first state
   */
  readonly input?: string;
}

/**
 * The chain of states that runs an AutoML job (SageMaker Autopilot, AutoML V2) on tabular data, to embed in a
 * state machine of any query language. Two of them in one state machine need `prefixStates()`.
 *
 * The AutoML job is not stopped with the execution: add `StopAbandonedJobs` for that, as `AutoMlWorkflow` does.
 *
 * Input (every field is optional and overrides one setting; anything else ends the execution with error
 * `InvalidInput` before a job starts):
 *
 * - `target`: name of the column to predict
 * - `train`, `validation`: S3 URIs within the locations of the input data or `allowedInputLocations`
 * - `maxCandidates`: a whole number
 *
 * Output: `autoMlJob`, `bestCandidate`, `leaderboard` and, unless it is switched off, `report`: the S3 URI of a page that
 * shows the search, or null and the reason in `reportError`.
 *
 * Errors: `InvalidInput`, `InvalidTrainingData`, `QuotaTooLow` and `QuotaExceeded` (of the account's quotas, see
 * `maxQuotaWait`), `NoCompletedCandidateError` (with the reason why the AutoML job failed), and those of Step Functions
 * and SageMaker.
 */
export class AutoMlFragment extends sfn.StateMachineFragment implements ec2.IConnectable, ITaggableV2 {
  /** The first state. */
  readonly startState: sfn.State;
  /** The states that end the chain. */
  readonly endStates: sfn.INextable[];
  /** Role that the AutoML job, and the jobs that it starts, run under. */
  readonly trainingRole: iam.IRole;
  /** The function that looks into the data before the AutoML job starts. */
  readonly checkDataFunction: lambda.IFunction;
  /** The function that finds the best candidate. */
  readonly findBestCandidateFunction: lambda.IFunction;
  /** The function that writes the report; undefined without one. */
  readonly reportFunction?: lambda.IFunction;
  /** Security groups of the containers; none without a VPC. */
  readonly connections: ec2.Connections;
  /** Prefix of the names of AutoML jobs; a token, unless `jobNamePrefix` is given. */
  readonly jobNamePrefix: string;
  /** Collects the tags that `Tags.of()` adds to the AutoML jobs. */
  readonly cdkTagManager: TagManager;

  constructor(scope: Construct, id: string, props: AutoMlFragmentProps) {
    super(scope, id);
    validateAutoMl(this.node.path, props, Stack.of(this).region);
    this.jobNamePrefix = props.jobNamePrefix ?? uniquePrefix(this);
    // With the hyphen that all names have: the permissions end where another construct's prefix only begins alike.
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
