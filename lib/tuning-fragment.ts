import type { ITaggableV2, TagManager } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { CostBound } from './cost-bound';
import type { DataLocation } from './data-location';
import { evaluateModelFunction } from './evaluation/private/evaluation-function';
import { finalModels } from './evaluation/private/final-model';
import { modelPackageGroup } from './evaluation/private/model-package-group';
import { grantTransform } from './evaluation/private/model-permissions';
import { FindBestTrainingJobFunction } from './find-best-training-job-function';
import type { InputData } from './input-data';
import { costBound } from './private/cost';
import {
  manifestLocation,
  needsPreparation,
  ownFinalData,
  trainsFinalModel,
  trainsTogether,
} from './private/final-training';
import { ITEM, ITEM_TAG } from './private/fleet-item';
import { tagsLimit } from './private/integration';
import { tuningReadStatements } from './private/job-policies';
import { JobTags } from './private/job-tags';
import { jsonata } from './private/jsonata';
import { withoutNested } from './private/locations';
import { securityGroupsOf } from './private/network';
import { prepareFinalTrainingFunction } from './private/prepare-final-training';
import { reportFunction } from './private/report-function';
import { warnOfUnreachableStorage } from './private/storage-access';
import { grantTraining, trainingRole } from './private/training-permissions';
import { checkBroughtRole, jobRole } from './private/training-role';
import { isChain } from './private/tuning-chain';
import { definitionsOf } from './private/tuning-definitions';
import { type BoundDefinition, checkpointLocation, keepsCheckpoints } from './private/tuning-requests';
import { TuningStates } from './private/tuning-states';
import { uniquePrefix } from './private/unique-names';
import { validateBound } from './private/validate-bound';
import { jobNamePrefixLength } from './private/validate-common-props';
import { useOf } from './private/validate-definition';
import { validateTuning } from './private/validate-tuning';
import { warnOfDefinitions, warnOfFinalTraining } from './private/warn-of-definitions';
import type { TuningOptions } from './tuning-options';

/** Properties of `TuningFragment`. */
export interface TuningFragmentProps extends TuningOptions {
  /** Training data. */
  readonly train: InputData;
  /**
   * Validation data. Required for metrics whose names begin with `validation:`.
   *
   * @default - none
   */
  readonly validation?: InputData;
  /**
   * Test data for `evaluation`: CSV files without a header, with the label in the first column. Neither the search nor the
   * final training uses it. It must not overlap with the other data.
   *
   * @default - none
   */
  readonly test?: InputData;
  /**
   * Location of the results: models of the tuning job below `trials/`, the final model below `models/`, checkpoints
   * below `checkpoints/`, evaluations below `evaluations/`, and reports below `reports/`.
   */
  readonly output: DataLocation;
  /**
   * A JSONata expression for the input of the chain, such as `{% $states.input.tuning %}`. The docstring of
   * `TuningFragment` describes the fields of this input.
   *
   * @default '{% $states.input %}' - the input of the first state
   */
  readonly input?: string;
  /**
   * Whether the chain runs for the items of a `TuningFleet`.
   *
   * @internal
   */
  readonly _isFleetItem?: boolean;
  /**
   * Whether the items learn from the tuning jobs of their last successes.
   *
   * @internal
   */
  readonly _startsFromLastSuccess?: boolean;
}

/**
 * A chain of states that tunes a model and trains the best one. Embed it in your own state machine, which can use
 * JSONPath or JSONata. If a state machine has two such chains, call `prefixStates()` on them to keep the state names
 * unique.
 *
 * Input (each field is optional and overrides one setting; any other field makes the execution fail with `InvalidInput`
 * before a job starts):
 *
 * - `maxTrainingJobs`, `maxParallelTrainingJobs`: whole numbers. `maxTrainingJobs` can exceed 750 only if the property
 *   `maxTrainingJobs` exceeds 750.
 * - `train`, `validation`: S3 URIs within the locations given in the properties, including `allowedInputLocations`.
 * - `test`: with `evaluation`, an S3 URI within the location of the test data or `allowedInputLocations`. The test data
 *   must not overlap with the other data.
 * - `finalTrain`, `finalValidation`: with `FinalTrainingData.of`, S3 URIs of the data of the final training, within the
 *   same locations as `train`.
 * - `hyperparameters`: a map of strings; a hyperparameter set here is no longer tuned. With `furtherDefinitions`, this
 *   is a map from the name of each definition to its map of strings.
 * - `warmStartFrom`: names of 1 to 5 earlier tuning jobs. Cannot be combined with `furtherDefinitions`.
 *
 * Output:
 *
 * - `tuningJob`, `bestTrainingJob` and `topTrainingJobs`. If the search runs several tuning jobs (`maxTrainingJobs`
 *   above 750), `tuningJob` describes the last one, but its `trainingJobs` counts the training jobs of all tuning jobs.
 *   `tuningJob` then also has `earlierTuningJobNames` and, if the search ended early, `failureReason`.
 * - `finalTrainingJob`, unless the final training is disabled: `name`, `arn`, `metrics`, `hyperparameters` and
 *   `modelArtifacts`. With `finalTraining.reuseBest`, it describes the best training job and has `reused: true`.
 * - `crossValidation`, if `finalTraining.crossValidation` is set: `name`, `arn`, `folds`, `rounds`, `metrics` (the
 *   means over all folds) and `modelArtifacts`.
 * - `evaluation`, if the property `evaluation` is set: `problem`, `rows`, `metrics` (a map from each metric to `value`,
 *   the bounds `lower` and `upper` of its confidence interval, and `baseline`), `statistics` (the S3 URI of the file
 *   with all metrics), and `transformJob` and `model`, each with `name` and `arn`.
 * - `gate`, if `qualityGate` is set: `passed`, `reason` and `conditions`. Each condition has `condition`, `passed`,
 *   `value`, `limit` and `reason`.
 * - `modelPackage`, if `registry` is set: `arn`, `group`, `version` and `approvalStatus`.
 * - `cost.bound`, if the property `cost` is set: the maximum instance time and cost that the execution could have
 *   (`instanceSeconds`, and `cost` if prices are given).
 * - `report`, unless the report is disabled: the S3 URI of a page that shows the search. If the report cannot be
 *   written, `report` is null, and `reportError` has the reason.
 * - `instanceSeconds`, unless the report is disabled: the billed time of all instances. It is missing if the time of a
 *   job is unknown.
 *
 * Errors: `InvalidInput`, `QuotaTooLow` and `QuotaExceeded` (SageMaker quotas, see `maxQuotaWait`),
 * `NoCompletedTrainingJobError` (with the most common reason why training jobs failed),
 * `CrossValidationFailed`, `FinalTrainingJobNotCompleted`, `EvaluationFailed`, `QualityGateFailed` (see
 * `failOnQualityGate`), `ModelRegistrationFailed`, and the errors of Step Functions and SageMaker.
 */
export class TuningFragment extends sfn.StateMachineFragment implements ec2.IConnectable, ITaggableV2 {
  /** The first state. */
  readonly startState: sfn.State;
  /** The states that end the chain. */
  readonly endStates: sfn.INextable[];
  /** Execution role of the training jobs. */
  readonly trainingRole: iam.IRole;
  /** The Lambda function that finds the best training job. */
  readonly findBestTrainingJobFunction: lambda.IFunction;
  /**
   * The Lambda function that combines the training and validation data for the final training, and replaces early
   * stopping with the best number of rounds; undefined if neither is necessary.
   */
  readonly prepareFinalTrainingFunction?: lambda.IFunction;
  /** The Lambda function that writes the report; undefined if `report` is false. */
  readonly reportFunction?: lambda.IFunction;
  /** Execution role of the SageMaker model that the evaluation uses; undefined without `evaluation`. */
  readonly modelRole?: iam.IRole;
  /** The Lambda function that evaluates the final model; undefined without `evaluation`. */
  readonly evaluateModelFunction?: lambda.IFunction;
  /**
   * Name of the model package group; undefined without `registry`, and in a `TuningFleet`, where each item has its own
   * group.
   */
  readonly modelPackageGroupName?: string;
  /**
   * The name of the model package group. In a fleet, the prefix of the names of all groups.
   *
   * @internal
   */
  readonly _modelPackageGroup?: string;
  /**
   * The maximum instance time and cost of an execution with the input `{}`; undefined if they depend on tokens, whose
   * values are known only when the stack is deployed.
   */
  readonly costBound?: CostBound;
  /** Security groups of the training containers; empty without a VPC. */
  readonly connections: ec2.Connections;
  /**
   * Resources that the registration of the final model needs permissions for.
   *
   * @internal
   */
  readonly _registered: readonly string[];
  /**
   * The names of the fields that the input of an execution can have.
   *
   * @internal
   */
  readonly _inputFields: readonly string[];
  /** @internal */
  readonly _definitions: readonly BoundDefinition[];
  /** Prefix of the names of all jobs; a token unless the `jobNamePrefix` property is given. */
  readonly jobNamePrefix: string;
  /** Collects the tags that `Tags.of()` adds to the SageMaker jobs. */
  readonly cdkTagManager: TagManager;

  /**
   * @param scope the parent construct
   * @param id the construct's ID, unique within `scope`
   * @param props the algorithm, the search, the data, and the settings of the jobs
   * @throws Error named `TuningValidationError` that lists every problem with the properties
   */
  constructor(scope: Construct, id: string, props: TuningFragmentProps) {
    super(scope, id);
    validateTuning(this.node.path, props);
    this.jobNamePrefix = props.jobNamePrefix ?? uniquePrefix(this, jobNamePrefixLength(props));
    // The hyphen excludes the jobs of other constructs whose longer prefix begins with this prefix.
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
    this._definitions = definitions;
    this.costBound = costBound(props, definitions);
    const inputs = withoutNested(locations(props, definitions));
    const replaceable = withoutNested(
      present([
        props.train.location,
        props.validation?.location,
        ...Object.values(ownFinalData(props)).map((data) => data?.location),
        ...(props.allowedInputLocations ?? []),
      ]),
    );
    const manifests =
      trainsFinalModel(props) && trainsTogether(props) ? [manifestLocation(props.output)] : [];
    grantTraining(this, this.trainingRole, {
      jobNamePrefix,
      repositoryArns: [...new Set(definitions.map(({ bound }) => bound.image.repositoryArn))],
      inputs: [...inputs, ...manifests],
      output: props.output._child(''),
      checkpoints: keepsCheckpoints(props) ? checkpointLocation(props.output) : undefined,
      encryptionKey: props.encryptionKey,
      inVpc: props.vpc !== undefined,
    });
    if (props.evaluation) {
      checkBroughtRole(this, props.evaluation.role, 'evaluation.role');
      this.modelRole =
        props.evaluation.role ??
        jobRole(this, 'ModelRole', 'SageMaker model: reads the model and the test data, writes predictions');
      grantTransform(this, this.modelRole, { ...props, definitions, jobNamePrefix });
    }
    this._modelPackageGroup = props.registry && modelPackageGroup(this, props.registry, props);
    this.modelPackageGroupName = props._isFleetItem ? undefined : this._modelPackageGroup;
    if (props.evaluation) {
      this.evaluateModelFunction = evaluateModelFunction(
        this,
        'EvaluateModelFunction',
        props,
        this._modelPackageGroup,
      );
    }
    warnOfDefinitions(this, definitions);
    warnOfFinalTraining(this, props, definitions);
    if (props.report !== false) {
      this.reportFunction = tuningReportFunction(this, 'ReportFunction', props, definitions, jobNamePrefix);
    }

    if (needsPreparation(props, definitions)) {
      this.prepareFinalTrainingFunction = prepareFinalTrainingFunction(
        this,
        'PrepareFinalTrainingFunction',
        props,
        definitions,
        withoutNested(searchLocations(props, definitions)),
      );
    }

    const jobTags = new JobTags(this, {
      resourceType: 'AWS::SageMaker::HyperParameterTuningJob',
      tags: props.tags,
      max: tagsLimit(props),
      own: props._isFleetItem ? { [ITEM_TAG]: jsonata(ITEM.tag) } : undefined,
    });
    this.cdkTagManager = jobTags.manager;
    const states = new TuningStates(this, {
      ...props,
      jobTags,
      definitions,
      trainingRole: this.trainingRole,
      jobNamePrefix,
      findBestTrainingJobFunction: this.findBestTrainingJobFunction,
      prepareFinalTrainingFunction: this.prepareFinalTrainingFunction,
      reportFunction: this.reportFunction,
      modelRole: this.modelRole,
      evaluateModelFunction: this.evaluateModelFunction,
      // A fleet checks the total of its items' bounds in another state. The states of the items leave the bounds out,
      // so that new prices do not make the items count as changed.
      cost: props._isFleetItem ? undefined : props.cost,
      modelPackageGroupName: this._modelPackageGroup,
      allowedInputLocations: replaceable,
      allowedTestLocations: withoutNested(
        present([props.test?.location, ...(props.allowedInputLocations ?? [])]),
      ),
      subnets: props.vpc?.selectSubnets(props.vpcSubnets).subnets,
      securityGroups: this.connections.securityGroups,
    });
    this._registered = states.registered;
    this._inputFields = states.inputFields;
    this.startState = states.start;
    this.endStates = states.ends;
  }
}

/** Creates the function that writes the report of a search. */
function tuningReportFunction(
  scope: Construct,
  id: string,
  props: TuningFragmentProps,
  definitions: readonly BoundDefinition[],
  jobNamePrefix: string,
): lambda.IFunction {
  const { output, encryptionKey, warmStart } = props;
  const hasXGBoost = definitions.some(({ bound }) => bound.image.repositoryArn.includes('sagemaker-xgboost'));
  return reportFunction(scope, id, {
    reading: tuningReadStatements(scope, jobNamePrefix, warmStart?.tuningJobNames),
    readsLogs: true,
    output,
    // The report shows feature importance from XGBoost models, so the report function reads the models.
    models: hasXGBoost ? finalModels(props) : undefined,
    encryptionKey,
    // The data of 10,000 training jobs takes about 200 MB.
    memorySize: isChain(props) ? 512 : undefined,
  });
}

/** Binds the algorithm of each definition. Each definition after the first has its own scope. */
function bindDefinitions(scope: Construct, props: TuningFragmentProps): BoundDefinition[] {
  return definitionsOf(props).map((definition, index) => {
    const own = index === 0 ? scope : new Construct(scope, `Definition-${definition.name}`);
    const bound = definition.algorithm._definition.bind(own, useOf(props, definition));
    const { image, environment } = definition.inferenceContainer ?? {};
    const serving = image?._bind(new Construct(own, 'Inference')) ?? bound.image;
    return { ...definition, bound, serving: { image: serving, environment } };
  });
}

/** All S3 locations that training jobs read. */
function locations(props: TuningFragmentProps, definitions: readonly BoundDefinition[]): DataLocation[] {
  const read = definitions.flatMap(({ train, validation, channels = {}, bound }) => [
    train.location,
    validation?.location,
    ...Object.values(channels).map(({ location }) => location),
    ...(bound.channels ?? []).map(({ location }) => location),
  ]);
  const final = Object.values(ownFinalData(props)).map((data) => data?.location);
  return present([...read, ...final, ...(props.allowedInputLocations ?? [])]);
}

/** S3 locations that can contain the training and validation data of a search. */
function searchLocations(
  props: TuningFragmentProps,
  definitions: readonly BoundDefinition[],
): DataLocation[] {
  const read = definitions.flatMap(({ train, validation }) => [train.location, validation?.location]);
  return present([...read, ...(props.allowedInputLocations ?? [])]);
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
