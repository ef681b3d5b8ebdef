import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { DataLocation } from '../data-location';
import { isUsed } from '../evaluation/private/final-model';
import { EVALUATED_FIELDS } from '../evaluation/private/gate-states';
import { registeredResources } from '../evaluation/private/model-package-group';
import { hyperparametersOfEvaluation } from '../evaluation/private/scoring';
import { trainedLocations } from '../evaluation/private/validate-evaluation';
import {
  CreateHyperParameterTuningJobTask,
  type CreateHyperParameterTuningJobTaskOptions,
} from '../tasks/create-hyper-parameter-tuning-job';
import { type ConfigureOptions, configureExpression } from './configure-expression';
import { costModel } from './cost';
import { type CostExpressions, costExpressions } from './cost-expression';
import { DEFAULTS } from './defaults';
import { EXECUTION_TAG, EXECUTION_TAG_VALUE } from './execution-tag';
import { crossValidates, trainsFinalModel, trainsTogether } from './final-training';
import { FinalTrainingStates, type FinalTrainingStatesProps } from './final-training-states';
import { ITEM, outputUri } from './fleet-item';
import { warnOfVolumesWithoutKey } from './instance-storage';
import { usesSdk } from './integration';
import { tuningJobName } from './job-names';
import { addTags, jobArn, passRole, TUNING_JOB } from './job-policies';
import { innerExpression, jsonata } from './jsonata';
import { outputKey } from './output-key';
import { failAgain, pollJob } from './poll-job';
import { waitForQuota } from './quota';
import { renderTuningJob, trainingDefinitions } from './render-tuning-job';
import { reportLocation } from './report-function';
import { orNull, writeReport } from './report-states';
import { retryJobCreation, retryThrottledFunction } from './retries';
import { fixedHyperparameters, metricListOf } from './settle-hyperparameters';
import { replaceableLocations } from './tuning-definitions';
import { tuningJobRequest, warmTuningJobRequest } from './tuning-requests';
import { maxTrainingJobsOf, trainingJobsLimit } from './validate-search';

/** Everything that the states of a search need. */
export interface TuningStatesProps extends FinalTrainingStatesProps {
  readonly findBestTrainingJobFunction: lambda.IFunction;
  readonly allowedInputLocations: DataLocation[];
  readonly allowedTestLocations: readonly DataLocation[];
  readonly input?: string;
  /** Function that writes the report; undefined if no report is written. */
  readonly reportFunction?: lambda.IFunction;
}

/** The state that lets an item of a fleet learn from the tuning job of its last success. */
const FROM_LAST_SUCCESS = 'TuneFromLastSuccess';

/** Suffixes of the states that wait for the quota of these states. */
const QUOTA_SUFFIXES: Readonly<Record<string, string>> = {
  TuneWithWarmStart: '-WarmStart',
  [FROM_LAST_SUCCESS]: '-LastSuccess',
};

/** Names of SageMaker's errors for a request that it does not accept, in both Step Functions integrations. */
const REFUSED_REQUEST = [
  'SageMaker.AmazonSageMakerException',
  'SageMaker.SageMakerException',
  'SageMaker.ResourceInUseException',
  'SageMaker.ResourceNotFoundException',
];

/** The states of a search, connected. */
export class TuningStates {
  readonly start: sfn.State;
  readonly ends: sfn.INextable[];
  /** Resources that the registration of the final model needs permissions for. */
  readonly registered: readonly string[];
  /** State that writes the report, even for a failed search; undefined if no report is written. */
  private readonly writeReport?: tasks.LambdaInvoke;

  constructor(
    private readonly scope: Construct,
    private readonly props: TuningStatesProps,
  ) {
    this.writeReport = this.report();
    const findBest = this.findBestTrainingJob();
    this.ends = new FinalTrainingStates(scope, props, this.writeReport).after(findBest);
    this.start = this.configure(findBest);
    this.registered = props.registry ? registeredResources(scope, props) : [];
  }

  /** Checks the input and sets the execution's settings. */
  private configure(findBest: sfn.TaskStateBase): sfn.State {
    const { props, scope } = this;
    const configure = sfn.Pass.jsonata(scope, 'Configure', {
      comment: 'Checks the input and fills in the defaults',
      outputs: jsonata(
        configureExpression({
          input: innerExpression(props.input ?? jsonata('$states.input')),
          maxTrainingJobs:
            props.strategy?.name === 'Grid'
              ? undefined
              : { value: maxTrainingJobsOf(props, props.definitions), limit: trainingJobsLimit(props) },
          maxParallelTrainingJobs: props.maxParallelTrainingJobs ?? DEFAULTS.parallelTrainingJobs,
          cost: costOf(props),
          locations: replaceableLocations(props),
          inOneBucket: trainsFinalModel(props) && trainsTogether(props),
          allowedInputLocations: props.allowedInputLocations.map((location) => location._uriPrefix),
          test: props.test && this.testOptions(),
          definitions: props.definitions.map((definition) => ({
            name: definition.name,
            parameterRanges: definition.parameterRanges,
            fixed: fixedHyperparameters(definition),
            metricList: metricListOf(definition),
            rules: definition.algorithm._definition.rules,
            unchangeable: hyperparametersOfEvaluation(props, definition),
          })),
        }),
      ),
    });
    const invalidInput = sfn.Fail.jsonata(scope, 'InvalidInput', {
      error: 'InvalidInput',
      cause: jsonata("$join($states.input.problems, '; ')"),
    });
    const isInputValid = sfn.Choice.jsonata(scope, 'IsInputValid').when(
      sfn.Condition.jsonata(jsonata('$exists($states.input.problems)')),
      invalidInput,
    );
    if (props._startsFromLastSuccess) {
      isInputValid.when(
        sfn.Condition.jsonata(jsonata(`$exists(${ITEM.startsFromLastSuccess})`)),
        this.tune(FROM_LAST_SUCCESS, findBest, warmTuningJobRequest(props)),
      );
    }
    // SageMaker does not support a warm start with several definitions.
    if (props.definitions.length === 1) {
      isInputValid.when(
        sfn.Condition.jsonata(jsonata('$count($states.input.settings.warmStartFrom) > 0')),
        this.tune('TuneWithWarmStart', findBest, warmTuningJobRequest(props)),
      );
    }
    isInputValid.otherwise(this.tuneWithoutParents(findBest));
    return configure.next(isInputValid).startState;
  }

  /** Options that the state `Configure` needs to check the location of the test data. */
  private testOptions(): ConfigureOptions['test'] {
    const { allowedTestLocations, definitions } = this.props;
    const replaceable = Object.values(replaceableLocations(this.props));
    const others = Object.values(trainedLocations(this.props, definitions)).map(({ uri }) => uri);
    return {
      allowedLocations: allowedTestLocations.map((location) => location._uriPrefix),
      otherLocations: others.filter((uri) => !replaceable.includes(uri)),
    };
  }

  private tuneWithoutParents(findBest: sfn.TaskStateBase): sfn.State {
    return this.once('TuneHyperparameters', (id) => this.tune(id, findBest, tuningJobRequest(this.props)));
  }

  /** Runs the tuning job, and then looks for its best training job, even if the tuning job failed. */
  private tune(
    id: string,
    findBest: sfn.TaskStateBase,
    tuningJob: CreateHyperParameterTuningJobTaskOptions,
  ): sfn.State {
    return usesSdk(this.props)
      ? this.tuneBySdk(id, findBest, tuningJob)
      : this.tuneBySync(id, findBest, tuningJob);
  }

  private tuneBySync(
    id: string,
    findBest: sfn.TaskStateBase,
    tuningJob: CreateHyperParameterTuningJobTaskOptions,
  ): sfn.State {
    const task = CreateHyperParameterTuningJobTask.jsonata(this.scope, id, {
      ...tuningJob,
      integrationPattern: sfn.IntegrationPattern.RUN_JOB,
      outputs: {
        settings: jsonata('$states.input.settings'),
        tuningJobName: jsonata('$states.result.HyperParameterTuningJobName'),
      },
    });
    this.handleRefusals(task, findBest);
    task.addCatch(this.tuningFailed(findBest), {
      errors: [sfn.Errors.TASKS_FAILED],
      outputs: {
        settings: jsonata('$states.input.settings'),
        failure: jsonata('$states.errorOutput'),
        // The cause is normally the job's description. Otherwise, the expression computes the name again.
        tuningJobName: jsonata(
          `( $named := $match($states.errorOutput.Cause, /"HyperParameterTuningJobName":"([^"]+)"/)[0].groups[0]; $exists($named) ? $named : ${tuningJobName(this.props)} )`,
        ),
      },
    });
    task.next(findBest);
    return task;
  }

  /**
   * The state after an error of the tuning job. If the job ran, the function finds out why it failed. If it never
   * started, the execution fails.
   */
  private tuningFailed(findBest: sfn.TaskStateBase): sfn.State {
    return this.once('TuningJobStarted', (id) =>
      sfn.Choice.jsonata(this.scope, id)
        .when(
          sfn.Condition.jsonata(jsonata('$contains($states.input.failure.Error, /^SageMaker[.]/)')),
          failAgain(this.scope, 'TuningJobNotStarted'),
        )
        .otherwise(findBest),
    );
  }

  private tuneBySdk(
    id: string,
    findBest: sfn.TaskStateBase,
    tuningJob: CreateHyperParameterTuningJobTaskOptions,
  ): sfn.State {
    const { scope, props } = this;
    const create = tasks.CallAwsService.jsonata(scope, id, {
      service: 'sagemaker',
      action: 'createHyperParameterTuningJob',
      parameters: renderTuningJob({
        ...tuningJob,
        tags: props.jobTags.with({
          [EXECUTION_TAG]: jsonata(props._isFleetItem ? ITEM.execution : EXECUTION_TAG_VALUE),
        }),
      }),
      iamResources: [jobArn(scope, TUNING_JOB, props.jobNamePrefix)],
      additionalIamStatements: [
        passRole(props.trainingRole),
        addTags(scope, TUNING_JOB, props.jobNamePrefix),
      ],
      outputs: {
        settings: jsonata('$states.input.settings'),
        // The ARN contains the name in lowercase, which is exact because all job names of this library are lowercase.
        tuningJobName: jsonata("$substringAfter($states.result.HyperParameterTuningJobArn, '/')"),
        polls: 1,
      },
    });
    warnOfVolumesWithoutKey(scope, trainingDefinitions(tuningJob));
    this.handleRefusals(create, findBest);
    create.next(this.waitForTuningJob(findBest));
    return create;
  }

  /** What happens if SageMaker does not create the tuning job: retries, waits for a quota, and a start without parents. */
  private handleRefusals(create: sfn.TaskStateBase, findBest: sfn.TaskStateBase): void {
    const isFromLastSuccess = create.id === FROM_LAST_SUCCESS;
    // The retries for items are long. The start without parents has them.
    retryJobCreation(create, isFromLastSuccess ? {} : this.props);
    waitForQuota(this.scope, create, {
      suffix: QUOTA_SUFFIXES[create.id] ?? '',
      maxWait: this.props.maxQuotaWait,
    });
    if (!isFromLastSuccess) return;
    // If the earlier tuning job was deleted, for example, the item would otherwise fail in each execution.
    create.addCatch(this.tuneWithoutParents(findBest), {
      errors: REFUSED_REQUEST,
      outputs: jsonata('$states.input'),
    });
  }

  private waitForTuningJob(findBest: sfn.TaskStateBase): sfn.State {
    return this.once('WaitForTuningJob', () =>
      pollJob(this.scope, {
        name: 'TuningJob',
        nameField: 'tuningJobName',
        nameParameter: 'HyperParameterTuningJobName',
        describeAction: 'describeHyperParameterTuningJob',
        stopAction: 'stopHyperParameterTuningJob',
        statusMember: 'HyperParameterTuningJobStatus',
        arn: jobArn(this.scope, TUNING_JOB, this.props.jobNamePrefix),
        keeps: ['settings'],
        next: findBest,
      }),
    );
  }

  private findBestTrainingJob(): tasks.LambdaInvoke {
    const result = this.props.cost
      ? "$merge([$states.result.Payload, $exists($states.input.settings.bound) ? {'cost': {'bound': $states.input.settings.bound}} : {}])"
      : '$states.result.Payload';
    const findBest = tasks.LambdaInvoke.jsonata(this.scope, 'FindBestTrainingJob', {
      lambdaFunction: this.props.findBestTrainingJobFunction,
      payload: sfn.TaskInput.fromText(
        jsonata("{'tuningJobName': $states.input.tuningJobName, 'failure': $states.input.failure}"),
      ),
      outputs:
        this.props.finalTraining?.enabled !== false || this.writeReport || isUsed(this.props)
          ? { settings: jsonata('$states.input.settings'), result: jsonata(result) }
          : jsonata(result),
    });
    retryThrottledFunction(findBest, this.props);
    if (this.writeReport) {
      findBest.addCatch(this.writeReport, {
        errors: ['NoCompletedTrainingJobError'],
        outputs: {
          tuningJobName: jsonata('$states.input.tuningJobName'),
          failure: jsonata('$states.errorOutput'),
        },
      });
    }
    return findBest;
  }

  /** The state that writes the report. Its input has a result, a final training job, or a failure. */
  private report(): tasks.LambdaInvoke | undefined {
    const { reportFunction, output, encryptionKey, featureNames, finalTraining, train } = this.props;
    if (reportFunction === undefined) return undefined;
    const data = train.location?.uri;
    const write = writeReport(this.scope, {
      lambdaFunction: reportFunction,
      payload: {
        tuningJobName: jsonata(
          '$exists($states.input.result) ? $states.input.result.tuningJob.name : $states.input.tuningJobName',
        ),
        bestTrainingJobName: orNull('$states.input.result.bestTrainingJob.name'),
        finalTrainingJobName: orNull('$states.input.trainingJobName'),
        output: outputUri(this.props, reportLocation(output)),
        encryptionKey: outputKey(output, encryptionKey)?.keyArn,
        reusesBest: finalTraining?.reuseBest || undefined,
        crossValidation: crossValidates(this.props)
          ? orNull('$states.input.result.crossValidation')
          : undefined,
        features: featureNames && data ? { data, names: featureNames } : undefined,
        ...(isUsed(this.props) &&
          Object.fromEntries(
            [...EVALUATED_FIELDS, 'charts'].map((name) => [name, orNull(`$states.input.${name}`)]),
          )),
      },
    });
    retryThrottledFunction(write, this.props);
    return write;
  }

  /** Creates a state once, for two paths that share it. */
  private once<T extends sfn.State>(id: string, make: (id: string) => T): T {
    return (this.scope.node.tryFindChild(id) as T | undefined) ?? make(id);
  }
}

/** The cost bound of the execution; undefined without the property `cost`, or if the bound depends on tokens. */
function costOf(props: TuningStatesProps): CostExpressions | undefined {
  const model = props.cost && costModel(props, props.definitions);
  return props.cost && model && costExpressions(model, props.cost);
}
