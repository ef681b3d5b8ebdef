import { type Duration, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { DataLocation } from '../data-location';
import { WarmStart } from '../search/warm-start';
import {
  SageMakerCreateHyperParameterTuningJob,
  type SageMakerCreateHyperParameterTuningJobOptions,
} from '../tasks/create-hyper-parameter-tuning-job';
import { SageMakerCreateTrainingJob } from '../tasks/create-training-job';
import type { TrainingJobDefinition } from '../tasks/training-job-definition';
import type { SpotOptions, TrainingResources } from '../tuning-options';
import { TuningIntegration } from '../tuning-options';
import { configureExpression } from './configure-expression';
import { jobArn, passRole, TRAINING_JOB, TUNING_JOB } from './job-policies';
import { innerExpression, jsonata, literal } from './jsonata';
import { renderRanges, renderTuningJob } from './render-tuning-job';
import { RETRY_JOB_CREATION, RETRY_READING } from './retries';
import { maxTrainingJobsOf, trainingJobsLimit } from './validate-search';
import type { TuningInput } from './validate-tuning';

/** A tuning with everything settled that its states need. */
export interface TuningStatesProps extends TuningInput {
  readonly trainingImage: string;
  readonly trainingRole: iam.IRole;
  readonly jobNamePrefix: string;
  readonly findBestTrainingJobFunction: lambda.IFunction;
  readonly allowedInputLocations: DataLocation[];
  readonly output: DataLocation;
  readonly input?: string;
  readonly subnets?: ec2.ISubnet[];
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** Identifies one attempt at one state of one execution, in Map iterations, loops and redrives too. */
const ATTEMPT = `$string([$states.context.Execution.Id, $states.context.Execution.RedriveCount, $states.context.State.Name, $states.context.State.EnteredTime, $states.context.State.RetryCount, $states.context.Map.Item.Index])`;

/** The states of a tuning, wired up. */
export class TuningStates {
  readonly start: sfn.State;
  readonly ends: sfn.INextable[];

  constructor(
    private readonly scope: Construct,
    private readonly props: TuningStatesProps,
  ) {
    const findBest = this.findBestTrainingJob();
    this.ends = this.trainFinalModel(findBest);
    this.start = this.configure(findBest);
  }

  /** Checks the input and settles what the execution runs with. */
  private configure(findBest: sfn.TaskStateBase): sfn.State {
    const { props, scope } = this;
    const configure = sfn.Pass.jsonata(scope, 'Configure', {
      comment: 'Checks the input and fills in what it leaves out',
      outputs: jsonata(
        configureExpression({
          input: innerExpression(props.input ?? jsonata('$states.input')),
          maxTrainingJobs:
            props.strategy?.name === 'Grid'
              ? undefined
              : { value: maxTrainingJobsOf(props), limit: trainingJobsLimit(props) },
          maxParallelTrainingJobs: props.maxParallelTrainingJobs ?? 2,
          train: props.train.location.uri,
          validation: props.validation?.location.uri,
          allowedInputLocations: props.allowedInputLocations.map((location) => location.uri),
          parameterRanges: props.parameterRanges,
          hyperparameterRules: props.algorithm._definition.rules?.hyperparameters,
        }),
      ),
    });
    const invalidInput = sfn.Fail.jsonata(scope, 'InvalidInput', {
      error: 'InvalidInput',
      cause: jsonata("$join($states.input.problems, '; ')"),
    });
    return configure.next(
      sfn.Choice.jsonata(scope, 'IsInputValid')
        .when(sfn.Condition.jsonata(jsonata('$exists($states.input.problems)')), invalidInput)
        .when(
          sfn.Condition.jsonata(jsonata('$count($states.input.settings.warmStartFrom) > 0')),
          this.tune('TuneWithWarmStart', findBest, this.warmTuningJob()),
        )
        .otherwise(this.tune('TuneHyperparameters', findBest, this.tuningJob())),
    ).startState;
  }

  /** The tuning job, learning from the earlier ones that the construct names. */
  private tuningJob(): SageMakerCreateHyperParameterTuningJobOptions {
    const { props } = this;
    const isGrid = props.strategy?.name === 'Grid';
    const tuned = '$keys($states.input.settings.hyperparameters)';
    const stillTuned = (ranges: object[]) =>
      ranges.length === 0
        ? ranges
        : jsonata(`[$filter(${literal(ranges)}, function($range) { $not($range.Name in ${tuned}) })]`);
    const fixed = {
      ...props.algorithm._definition.defaultHyperparameters(props.objective.metric),
      ...props.hyperparameters,
    };
    return {
      tuningJobName: jsonata(tuningJobName(props.jobNamePrefix)),
      jobNamePrefix: props.jobNamePrefix,
      objective: props.objective,
      parameterRangesInput: sfn.TaskInput.fromObject(
        Object.fromEntries(
          Object.entries(renderRanges(props.parameterRanges)).map(([kind, ranges]) => [
            kind,
            stillTuned(ranges),
          ]),
        ),
      ),
      strategy: props.strategy,
      maxTrainingJobs: isGrid ? undefined : setting('maxTrainingJobs'),
      maxParallelTrainingJobs: setting('maxParallelTrainingJobs'),
      maxRuntime: props.maxTuningRuntime,
      earlyStopping: props.earlyStopping,
      warmStart: props.warmStart?.tuningJobNames.length ? props.warmStart : undefined,
      trainingJobDefinition: this.trainingJob({
        output: 'trials/',
        hyperparameters: `$merge([${literal(fixed)}, $states.input.settings.hyperparameters])`,
        resources: props.resources,
        maxRuntime: props.maxTrainingRuntime,
        spot: props.spot,
        // One place for each tuning job: whether SageMaker separates its training jobs there is not documented.
        checkpoints: tuningJobName(props.jobNamePrefix),
      }),
      tags: props.tags,
    };
  }

  /** The tuning job, learning from those that the input names. */
  private warmTuningJob(): SageMakerCreateHyperParameterTuningJobOptions {
    return {
      ...this.tuningJob(),
      warmStart: this.props.warmStart ?? WarmStart.transferLearning(),
      warmStartParentsInput: sfn.TaskInput.fromText(
        jsonata(
          "[$map($states.input.settings.warmStartFrom, function($name) { {'HyperParameterTuningJobName': $name} })]",
        ),
      ),
    };
  }

  private trainingJob(options: {
    output: string;
    hyperparameters: string;
    resources?: TrainingResources;
    maxRuntime?: Duration;
    spot?: SpotOptions;
    checkpoints: string;
  }): TrainingJobDefinition {
    const { props } = this;
    const { resources, spot } = options;
    const uri = (channel: string) => jsonata(`$states.input.settings.${channel}`);
    return {
      trainingImage: props.trainingImage,
      role: props.trainingRole,
      hyperparameters: sfn.TaskInput.fromText(jsonata(options.hyperparameters)),
      channels: [
        props.train._channel('train', uri('train')),
        ...(props.validation ? [props.validation._channel('validation', uri('validation'))] : []),
      ],
      outputPath: props.output._child(options.output).uri,
      outputEncryptionKey: props.encryptionKey,
      volumeEncryptionKey: props.encryptionKey,
      ...resources,
      maxRuntime: options.maxRuntime,
      managedSpotTraining: spot !== undefined,
      maxWait: spot?.maxWait,
      checkpointPath:
        spot && spot.checkpoints !== false
          ? jsonata(`${literal(props.output._child('checkpoints/').uri)} & ${options.checkpoints}`)
          : undefined,
      subnets: props.subnets,
      securityGroups: props.securityGroups?.length ? props.securityGroups : undefined,
      networkIsolation: props.networkIsolation ?? true,
      interContainerTrafficEncryption:
        props.interContainerTrafficEncryption ?? (resources?.instanceCount ?? 1) > 1,
    };
  }

  /** Runs the tuning job and goes on to find its best training job, however it ended. */
  private tune(
    id: string,
    findBest: sfn.TaskStateBase,
    tuningJob: SageMakerCreateHyperParameterTuningJobOptions,
  ): sfn.State {
    return usesSdk(this.props)
      ? this.tuneBySdk(id, findBest, tuningJob)
      : this.tuneBySync(id, findBest, tuningJob);
  }

  private tuneBySync(
    id: string,
    findBest: sfn.TaskStateBase,
    tuningJob: SageMakerCreateHyperParameterTuningJobOptions,
  ): sfn.State {
    const task = SageMakerCreateHyperParameterTuningJob.jsonata(this.scope, id, {
      ...tuningJob,
      integrationPattern: sfn.IntegrationPattern.RUN_JOB,
      outputs: {
        settings: jsonata('$states.input.settings'),
        tuningJobName: jsonata('$states.result.HyperParameterTuningJobName'),
      },
    });
    for (const retry of RETRY_JOB_CREATION) task.addRetry(retry);
    task.addCatch(this.tuningFailed(findBest), {
      errors: [sfn.Errors.TASKS_FAILED],
      outputs: {
        settings: jsonata('$states.input.settings'),
        failure: jsonata('$states.errorOutput'),
        // The cause is the job's description; should it be something else, the name is what it was started with.
        tuningJobName: jsonata(
          `( $named := $match($states.errorOutput.Cause, /"HyperParameterTuningJobName":"([^"]+)"/)[0].groups[0]; $exists($named) ? $named : ${tuningJobName(this.props.jobNamePrefix)} )`,
        ),
      },
    });
    task.next(findBest);
    return task;
  }

  /** A tuning job that failed is looked into by the function; one that never started has told its reason. */
  private tuningFailed(findBest: sfn.TaskStateBase): sfn.State {
    return this.once('TuningJobStarted', (id) =>
      sfn.Choice.jsonata(this.scope, id)
        .when(
          sfn.Condition.jsonata(jsonata('$contains($states.input.failure.Error, /^SageMaker[.]/)')),
          this.failAgain('TuningJobNotStarted'),
        )
        .otherwise(findBest),
    );
  }

  private tuneBySdk(
    id: string,
    findBest: sfn.TaskStateBase,
    tuningJob: SageMakerCreateHyperParameterTuningJobOptions,
  ): sfn.State {
    const { scope, props } = this;
    const create = tasks.CallAwsService.jsonata(scope, id, {
      service: 'sagemaker',
      action: 'createHyperParameterTuningJob',
      parameters: renderTuningJob(tuningJob),
      iamResources: [jobArn(scope, TUNING_JOB, props.jobNamePrefix)],
      additionalIamStatements: [passRole(props.trainingRole), addTags(scope, props.jobNamePrefix)],
      outputs: {
        settings: jsonata('$states.input.settings'),
        // An ARN has the name in lower case, as the name itself is.
        tuningJobName: jsonata("$substringAfter($states.result.HyperParameterTuningJobArn, '/')"),
        polls: 1,
      },
    });
    for (const retry of RETRY_JOB_CREATION) create.addRetry(retry);
    create.next(this.waitForTuningJob(findBest));
    return create;
  }

  /** Looks at the tuning job until it has ended. */
  private waitForTuningJob(findBest: sfn.TaskStateBase): sfn.State {
    return this.once('WaitForTuningJob', (id) => {
      const { scope } = this;
      const wait = sfn.Wait.jsonata(scope, id, {
        // Ever more seldom: 9 of the 25,000 events that an execution may have for each look, up to 28 days.
        time: sfn.WaitTime.seconds(jsonata('$min([900, 5 * $states.input.polls])')),
      });
      const describe = this.sageMakerCall('DescribeTuningJob', 'describeHyperParameterTuningJob', {
        settings: jsonata('$states.input.settings'),
        tuningJobName: jsonata('$states.input.tuningJobName'),
        polls: jsonata('$states.input.polls + 1'),
        status: jsonata('$states.result.HyperParameterTuningJobStatus'),
      });
      const failure = {
        tuningJobName: jsonata('$states.input.tuningJobName'),
        failure: jsonata('$states.errorOutput'),
      };
      const stop = this.sageMakerCall(
        'StopTuningJob',
        'stopHyperParameterTuningJob',
        jsonata('$states.input'),
      );
      const failAgain = this.failAgain('TuningJobOutOfSight');
      describe.addCatch(stop, { errors: [sfn.Errors.ALL], outputs: failure });
      stop.addCatch(failAgain, { errors: [sfn.Errors.ALL], outputs: jsonata('$states.input') });
      stop.next(failAgain);
      return wait.next(describe).next(
        sfn.Choice.jsonata(scope, 'HasTuningJobEnded')
          .when(sfn.Condition.jsonata(jsonata("$states.input.status in ['InProgress', 'Stopping']")), wait)
          .otherwise(findBest),
      ).startState;
    });
  }

  private sageMakerCall(id: string, action: string, outputs: unknown): tasks.CallAwsService {
    const call = tasks.CallAwsService.jsonata(this.scope, id, {
      service: 'sagemaker',
      action,
      parameters: { HyperParameterTuningJobName: jsonata('$states.input.tuningJobName') },
      iamResources: [jobArn(this.scope, TUNING_JOB, this.props.jobNamePrefix)],
      outputs,
    });
    for (const retry of RETRY_READING) call.addRetry(retry);
    return call;
  }

  private failAgain(id: string): sfn.Fail {
    return sfn.Fail.jsonata(this.scope, id, {
      error: jsonata('$states.input.failure.Error'),
      cause: jsonata('$states.input.failure.Cause'),
    });
  }

  private findBestTrainingJob(): tasks.LambdaInvoke {
    return tasks.LambdaInvoke.jsonata(this.scope, 'FindBestTrainingJob', {
      lambdaFunction: this.props.findBestTrainingJobFunction,
      payload: sfn.TaskInput.fromText(
        jsonata("{'tuningJobName': $states.input.tuningJobName, 'failure': $states.input.failure}"),
      ),
      outputs: this.trainsFinalModel
        ? { settings: jsonata('$states.input.settings'), result: jsonata('$states.result.Payload') }
        : jsonata('$states.result.Payload'),
    });
  }

  private get trainsFinalModel(): boolean {
    return this.props.finalTraining?.enabled !== false;
  }

  /** Trains the final model after a state; returns the states that the chain then ends with. */
  private trainFinalModel(findBest: tasks.LambdaInvoke): sfn.INextable[] {
    if (!this.trainsFinalModel) return [findBest];
    const { scope } = this;
    const result = sfn.Pass.jsonata(scope, 'Result', {
      outputs: jsonata(
        "$merge([$states.input.result, {'finalTrainingJob': $states.input.finalTrainingJob}])",
      ),
    });
    const notCompleted = sfn.Fail.jsonata(scope, 'FinalTrainingJobNotCompleted', {
      error: 'FinalTrainingJobNotCompleted',
      cause: jsonata(
        "'Training job ' & $states.input.finalTrainingJob.name & ' ended ' & $states.input.status & ' (' & $states.input.secondaryStatus & ')'",
      ),
    });
    findBest
      .next(this.finalTrainingJob())
      .next(this.describeFinalTrainingJob())
      .next(
        sfn.Choice.jsonata(scope, 'IsFinalModelTrained')
          .when(sfn.Condition.jsonata(jsonata("$states.input.status = 'Completed'")), result)
          .otherwise(notCompleted),
      );
    return [result];
  }

  private finalTrainingJob(): sfn.TaskStateBase {
    const { props } = this;
    const { finalTraining } = props;
    const name = `$states.input.result.tuningJob.name & '-final-' & $substring($hash(${ATTEMPT}, 'SHA-256'), 0, 8)`;
    const task = SageMakerCreateTrainingJob.jsonata(this.scope, 'TrainFinalModel', {
      trainingJobName: jsonata(name),
      jobNamePrefix: props.jobNamePrefix,
      trainingJobDefinition: this.trainingJob({
        output: 'models/',
        hyperparameters: `$merge([$states.input.result.bestTrainingJob.hyperparameters, ${literal(finalTraining?.hyperparameters ?? {})}])`,
        resources: finalTraining?.resources ?? props.resources,
        maxRuntime: finalTraining?.maxRuntime ?? props.maxTrainingRuntime,
        spot: finalTraining?.spot ?? props.spot,
        checkpoints: name,
      }),
      tags: props.tags,
      integrationPattern: sfn.IntegrationPattern.RUN_JOB,
      outputs: {
        result: jsonata('$states.input.result'),
        trainingJobName: jsonata('$states.result.TrainingJobName'),
      },
    });
    for (const retry of RETRY_JOB_CREATION) task.addRetry(retry);
    return task;
  }

  /** The end of `.sync` tells no metrics. */
  private describeFinalTrainingJob(): sfn.TaskStateBase {
    const describe = tasks.CallAwsService.jsonata(this.scope, 'DescribeFinalTrainingJob', {
      service: 'sagemaker',
      action: 'describeTrainingJob',
      parameters: { TrainingJobName: jsonata('$states.input.trainingJobName') },
      iamResources: [jobArn(this.scope, TRAINING_JOB, this.props.jobNamePrefix)],
      outputs: {
        result: jsonata('$states.input.result'),
        status: jsonata('$states.result.TrainingJobStatus'),
        secondaryStatus: jsonata('$states.result.SecondaryStatus'),
        finalTrainingJob: jsonata(`{
  'name': $states.result.TrainingJobName,
  'arn': $states.result.TrainingJobArn,
  'metrics': $merge($append([{}], $map($states.result.FinalMetricDataList, function($metric) { {$metric.MetricName: $metric.Value} }))),
  'hyperparameters': $states.result.HyperParameters,
  'modelArtifacts': $states.result.ModelArtifacts.S3ModelArtifacts
}`),
      },
    });
    for (const retry of RETRY_READING) describe.addRetry(retry);
    return describe;
  }

  /** A state that two paths share. */
  private once<T extends sfn.State>(id: string, make: (id: string) => T): T {
    return (this.scope.node.tryFindChild(id) as T | undefined) ?? make(id);
  }
}

/** JSONata for the name of the tuning job: 32 characters at the most, and never used twice. */
function tuningJobName(prefix: string): string {
  return `${literal(`${prefix}-`)} & $substring($hash(${ATTEMPT}, 'SHA-256'), 0, 15)`;
}

/** A number among the execution's settings. */
function setting(name: string): number {
  return Token.asNumber(jsonata(`$states.input.settings.${name}`));
}

/** Whether the request has fields that Step Functions' optimised integration is not known to take. */
function usesSdk({ integration, strategy }: TuningStatesProps): boolean {
  if (integration === TuningIntegration.OPTIMIZED) return false;
  if (integration === TuningIntegration.SDK) return true;
  return strategy !== undefined && Object.keys(strategy._render()).length > 1;
}

function addTags(scope: Construct, jobNamePrefix: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: ['sagemaker:AddTags'],
    resources: [jobArn(scope, TUNING_JOB, jobNamePrefix)],
  });
}
