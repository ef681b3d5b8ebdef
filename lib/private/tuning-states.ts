import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { DataLocation } from '../data-location';
import { isUsed } from '../evaluation/private/final-model';
import { registeredResources } from '../evaluation/private/model-package-group';
import {
  CreateHyperParameterTuningJobTask,
  type CreateHyperParameterTuningJobTaskOptions,
} from '../tasks/create-hyper-parameter-tuning-job';
import { configureExpression, inputFields } from './configure-expression';
import { configureOptions } from './configure-options';
import { EXECUTION_TAG, EXECUTION_TAG_VALUE } from './execution-tag';
import { FinalTrainingStates, type FinalTrainingStatesProps } from './final-training-states';
import { ITEM } from './fleet-item';
import { warnOfVolumesWithoutKey } from './instance-storage';
import { usesSdk } from './integration';
import { tuningJobName } from './job-names';
import { addTags, jobArn, passRole, TUNING_JOB } from './job-policies';
import { jsonata } from './jsonata';
import { failAgain, pollJob } from './poll-job';
import { waitForQuota } from './quota';
import { renderTuningJob, trainingDefinitions } from './render-tuning-job';
import { REJECTED_REQUEST, retryFunction, retryJobCreation } from './retries';
import { searchReport } from './search-report';
import { type ThrottlingOptions, waitWhileThrottled } from './throttling';
import { isChain } from './tuning-chain';
import { startedSettings, TuningChainStates } from './tuning-chain-states';
import { tuningJobRequest, warmTuningJobRequest } from './tuning-requests';

/** ID of the state that starts a tuning job with a warm start. */
const WITH_WARM_START = 'TuneWithWarmStart';

/**
 * JSONata that finds the name of the tuning job in the cause of an error. With a warm start, the cause also has the
 * names of the parents, which the expression ignores.
 */
const NAME_IN_CAUSE = `$match($replace($states.errorOutput.Cause, /"ParentHyperParameterTuningJobs":\\[[^\\]]*\\]/, ''), /"HyperParameterTuningJobName":"([^"]+)"/)[0].groups[0]`;

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

/**
 * JSONata condition: whether an item's tuning job has a warm start from the item's last success. If the tuning job was
 * started without the warm start, `warmStartFrom` is empty.
 */
const WARM_STARTED = `$exists(${ITEM.startsFromLastSuccess}) and $count($states.input.settings.warmStartFrom) > 0`;

/** Suffixes for the names of the states that wait for a quota, by the state that creates the tuning job. */
const WAIT_SUFFIXES: Readonly<Record<string, string>> = {
  [WITH_WARM_START]: '-WarmStart',
  [FROM_LAST_SUCCESS]: '-LastSuccess',
};

/** Names of the errors with which SageMaker can reject a warm start. */
const REJECTED_WARM_START = [
  ...REJECTED_REQUEST,
  'SageMaker.ResourceInUseException',
  'SageMaker.ResourceNotFoundException',
];

/** Creates and connects the states of a search. */
export class TuningStates {
  readonly start: sfn.State;
  readonly ends: sfn.INextable[];
  /** The names of the fields that the input of an execution can have. */
  readonly inputFields: readonly string[];
  /** Resources that the registration of the final model needs permissions for. */
  readonly registered: readonly string[];
  /** State that writes the report, even for a failed search; undefined if no report is written. */
  private readonly writeReport?: tasks.LambdaInvoke;
  /** The states between the tuning jobs of a search; undefined if the search runs only one tuning job. */
  private readonly chain?: TuningChainStates;

  constructor(
    private readonly scope: Construct,
    private readonly props: TuningStatesProps,
  ) {
    this.writeReport = searchReport(scope, props);
    const findBest = this.findBestTrainingJob();
    this.ends = new FinalTrainingStates(scope, props, this.writeReport).after(findBest);
    this.chain = isChain(props) ? new TuningChainStates(scope, props, findBest) : undefined;
    this.start = this.configure(findBest);
    this.inputFields = inputFields(configureOptions(props));
    this.registered = props.registry ? registeredResources(scope, props) : [];
  }

  /** Checks the input and sets the execution's settings. */
  private configure(findBest: sfn.TaskStateBase): sfn.State {
    const { props, scope } = this;
    const configure = sfn.Pass.jsonata(scope, 'Configure', {
      comment: 'Checks the input and fills in the defaults',
      outputs: jsonata(configureExpression(configureOptions(props))),
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
      const tuneWithWarmStart = this.tune(WITH_WARM_START, findBest, warmTuningJobRequest(props));
      isInputValid.when(
        sfn.Condition.jsonata(jsonata('$count($states.input.settings.warmStartFrom) > 0')),
        tuneWithWarmStart,
      );
      this.chain?.continueWith(tuneWithWarmStart);
    }
    isInputValid.otherwise(this.tuneWithoutParents(findBest));
    return configure.next(isInputValid).startState;
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
        ...this.settings(),
        tuningJobName: jsonata('$states.result.HyperParameterTuningJobName'),
        ...(this.chain && {
          status: jsonata(
            "$exists($states.result.HyperParameterTuningJobStatus) ? $states.result.HyperParameterTuningJobStatus : 'Completed'",
          ),
        }),
      },
    });
    this.handleRejections(task, findBest);
    task.addCatch(this.tuningFailed(findBest), {
      errors: [sfn.Errors.TASKS_FAILED],
      outputs: {
        settings: jsonata('$states.input.settings'),
        failure: jsonata('$states.errorOutput'),
        // The cause is normally the description of the tuning job, which contains the job's name. If the cause has no
        // name, the expression computes the name again.
        tuningJobName: jsonata(
          `( $named := ${NAME_IN_CAUSE}; $exists($named) ? $named : ${tuningJobName(this.props)} )`,
        ),
      },
    });
    task.next(this.chain?.afterTuningJob ?? findBest);
    return task;
  }

  /**
   * The state that follows an error of the tuning job. If the job ran, `findBest` finds out why the job failed. If the
   * job never started, the execution fails.
   */
  private tuningFailed(findBest: sfn.TaskStateBase): sfn.State {
    return this.once('TuningJobStarted', (id) =>
      sfn.Choice.jsonata(this.scope, id)
        .when(
          sfn.Condition.jsonata(jsonata('$contains($states.input.failure.Error, /^SageMaker[.]/)')),
          this.notStarted(),
        )
        .otherwise(findBest),
    );
  }

  /** The state that follows if a tuning job could not start. */
  private notStarted(): sfn.State {
    return this.chain?.notStarted ?? this.once('TuningJobNotStarted', (id) => failAgain(this.scope, id));
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
        ...this.settings(),
        // The ARN contains the name in lowercase. This is the exact name, because all job names of this library are
        // lowercase.
        tuningJobName: jsonata("$substringAfter($states.result.HyperParameterTuningJobArn, '/')"),
        polls: this.chain ? jsonata('$exists($states.input.polls) ? $states.input.polls : 1') : 1,
      },
    });
    warnOfVolumesWithoutKey(scope, trainingDefinitions(tuningJob));
    this.handleRejections(create, findBest);
    if (this.chain && id === WITH_WARM_START) {
      create.addCatch(this.chain.notStarted, {
        errors: [sfn.Errors.TASKS_FAILED],
        outputs: jsonata("$merge([$states.input, {'failure': $states.errorOutput}])"),
      });
    }
    create.next(this.waitForTuningJob(findBest));
    return create;
  }

  /**
   * Handles rejected requests to create a tuning job: retries them, waits for quotas, and starts the tuning job without
   * the warm start if SageMaker rejects the warm start.
   */
  private handleRejections(create: sfn.TaskStateBase, findBest: sfn.TaskStateBase): void {
    const suffix = WAIT_SUFFIXES[create.id] ?? '';
    retryJobCreation(create, this.props);
    waitForQuota(this.scope, create, {
      suffix,
      maxWait: this.props.maxQuotaWait,
      exceeded: create.id === WITH_WARM_START ? this.chain?.notStarted : undefined,
    });
    waitWhileThrottled(this.scope, create, this.props, {
      suffix,
      ...(create.id === FROM_LAST_SUCCESS
        ? this.withoutParents(findBest)
        : {
            rejected: this.notStarted(),
            outputs: jsonata("$merge([$states.input, {'failure': $states.errorOutput}])"),
          }),
    });
  }

  /**
   * If SageMaker rejects the warm start of an item, starts the tuning job without it. Otherwise, an item whose earlier
   * tuning job was deleted would fail in each execution.
   */
  private withoutParents(findBest: sfn.TaskStateBase): Omit<ThrottlingOptions, 'suffix'> {
    return {
      errors: REJECTED_WARM_START,
      rejected: this.tuneWithoutParents(findBest),
      outputs: jsonata(
        "$merge([$states.input, {'settings': $merge([$states.input.settings, {'warmStartFrom': []}])}])",
      ),
    };
  }

  /** The settings in the output of the state that starts a tuning job. */
  private settings(): { settings: string } {
    return { settings: jsonata(this.chain ? startedSettings(this.props) : '$states.input.settings') };
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
        next: this.chain?.afterTuningJob ?? findBest,
        outOfSight: this.chain?.notStarted,
      }),
    );
  }

  private findBestTrainingJob(): tasks.LambdaInvoke {
    const more = [
      ...(this.props.cost
        ? ["$exists($states.input.settings.bound) ? {'cost': {'bound': $states.input.settings.bound}} : {}"]
        : []),
      ...(this.props._startsFromLastSuccess ? [`{'warmStarted': ${WARM_STARTED}}`] : []),
    ];
    const payload = '$states.result.Payload';
    const result = more.length > 0 ? `$merge([${[payload, ...more].join(', ')}])` : payload;
    const findBest = tasks.LambdaInvoke.jsonata(this.scope, 'FindBestTrainingJob', {
      lambdaFunction: this.props.findBestTrainingJobFunction,
      payload: sfn.TaskInput.fromText(
        jsonata(
          `{'tuningJobName': $states.input.tuningJobName, ${isChain(this.props) ? "'earlierTuningJobNames': $states.input.settings.earlierTuningJobNames, " : ''}'failure': $states.input.failure}`,
        ),
      ),
      outputs:
        this.props.finalTraining?.enabled !== false || this.writeReport || isUsed(this.props)
          ? { settings: jsonata('$states.input.settings'), result: jsonata(result) }
          : jsonata(result),
    });
    retryFunction(findBest);
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

  /** Creates a state that two paths share, or returns it if it exists. */
  private once<T extends sfn.State>(id: string, make: (id: string) => T): T {
    return (this.scope.node.tryFindChild(id) as T | undefined) ?? make(id);
  }
}
