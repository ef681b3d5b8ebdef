import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { EvaluationStatesProps } from '../evaluation/private/evaluation-states';
import { isUsed } from '../evaluation/private/final-model';
import { CreateTrainingJobTask } from '../tasks/create-training-job';
import { ChainEnd, type ChainEndOptions } from './chain-end';
import { crossValidate, crossValidationFailure, describeCrossValidation } from './cross-validation-states';
import { FUNCTION_ERROR, JOB_FAILURE } from './error-reasons';
import { crossValidates, losesValidation, trainsFinalModel } from './final-training';
import { jobArn, TRAINING_JOB } from './job-policies';
import { jsonata, literal } from './jsonata';
import { failAgain } from './poll-job';
import { prepareFinalTraining } from './prepare-final-training';
import { waitForQuota } from './quota';
import { endWithReport } from './report-states';
import { RETRY_READING, retryFunction, retryJobCreation } from './retries';
import { catchFailure } from './throttling';
import { FAILED_JOB_NAME, FINAL_METRICS, HOW_ENDED } from './training-job-results';
import { type BoundDefinition, finalTrainingJobRequest } from './tuning-requests';

/** Everything that the states of the final training need. */
export interface FinalTrainingStatesProps extends EvaluationStatesProps {
  /** Function that prepares the final training; undefined if there is nothing to prepare. */
  readonly prepareFinalTrainingFunction?: lambda.IFunction;
}

/**
 * JSONata for a sentence that names the best training job. If the final training fails, the error includes this
 * sentence.
 */
const BEST_TRAINING_JOB =
  "'. Best training job of the search: ' & $states.input.result.bestTrainingJob.name & ', model ' & $states.input.result.bestTrainingJob.modelArtifacts";

/** The states after the search: the cross-validation and the final training. `ChainEnd` follows. */
export class FinalTrainingStates {
  constructor(
    private readonly scope: Construct,
    private readonly props: FinalTrainingStatesProps,
    /** State that writes the report; undefined if no report is written. */
    private readonly writeReport: tasks.LambdaInvoke | undefined,
  ) {}

  /** Adds the states that follow `findBest`. Returns the states that end the chain. */
  after(findBest: tasks.LambdaInvoke): sfn.INextable[] {
    if (trainsFinalModel(this.props)) return this.train(findBest);
    const isOnlySearch = this.props.finalTraining?.enabled === false;
    return isOnlySearch && !isUsed(this.props) ? this.endWithBest(findBest) : this.useBest(findBest);
  }

  private endWithBest(findBest: tasks.LambdaInvoke): sfn.INextable[] {
    const { scope, writeReport } = this;
    if (writeReport === undefined) return [findBest];
    findBest.next(writeReport);
    return [endWithReport(scope, writeReport, 'IsBestTrainingJobFound')];
  }

  /** Uses the model of the best training job as the final model. Fails if that job has no model. */
  private useBest(findBest: tasks.LambdaInvoke): sfn.INextable[] {
    const best = '$states.input.result.bestTrainingJob';
    const reused = `{
  'name': ${best}.name,
  'arn': ${best}.arn,
  'metrics': ${best}.metrics,
  'hyperparameters': ${best}.hyperparameters,
  'modelArtifacts': ${best}.modelArtifacts,
  'reused': true
}`;
    const validates = crossValidates(this.props);
    const { first, end } = this.chainEnd({
      id: 'IsBestModelFound',
      hasModel: `$type(${best}.modelArtifacts) = 'string'${validates ? ' and $not($exists($states.input.failure))' : ''}`,
      finalTrainingJob: this.props.finalTraining?.reuseBest ? reused : undefined,
      notCompleted: `'The best training job, ' & ${best}.name & ', has no model artifact, so there is no final model'`,
    });
    findBest.next(validates ? this.validateOnly(first) : first);
    return [end];
  }

  private train(findBest: tasks.LambdaInvoke): sfn.INextable[] {
    const { first, notCompleted, end } = this.chainEnd({
      id: 'IsFinalModelTrained',
      hasModel: "$states.input.status = 'Completed'",
      finalTrainingJob: '$states.input.finalTrainingJob',
      notCompleted: `$states.input.reason & ${BEST_TRAINING_JOB}`,
    });
    const describe = this.describeFinalTrainingJob();
    describe.next(first);
    const failed = this.writeReport ?? notCompleted;
    const training = this.trainingJobs(failed, describe);
    const jobs = crossValidates(this.props)
      ? this.crossValidation(training, this.crossValidationFailed())
      : training;
    const unprepared = `'The final training could not be prepared: ' & ${FUNCTION_ERROR}`;
    findBest.next(this.prepare(jobs, failed, this.failureInput(unprepared, 'null')));
    return [end];
  }

  private chainEnd(options: ChainEndOptions): ChainEnd {
    return new ChainEnd(this.scope, this.props, this.writeReport, options);
  }

  /** The states that prepare and run the cross-validation, if no final training follows. */
  private validateOnly(next: sfn.State): sfn.IChainable {
    const failed = this.crossValidationFailed();
    return this.prepare(this.crossValidation(next, failed), failed, {
      result: jsonata('$states.input.result'),
      failure: jsonata(crossValidationFailure(FUNCTION_ERROR, BEST_TRAINING_JOB)),
    });
  }

  /** State that follows a failed cross-validation. */
  private crossValidationFailed(): sfn.State {
    return this.writeReport ?? failAgain(this.scope, 'CrossValidationFailed');
  }

  /**
   * If the training jobs after the search need preparation, adds the state that prepares them.
   *
   * @param outputs the input of the state `failed`
   */
  private prepare(
    jobs: sfn.IChainable,
    failed: sfn.State,
    outputs: Readonly<Record<string, string>>,
  ): sfn.IChainable {
    const { scope, props } = this;
    const { prepareFinalTrainingFunction: preparing } = props;
    if (preparing === undefined) return jobs;
    const prepare = prepareFinalTraining(scope, props, props.definitions, preparing);
    retryFunction(prepare);
    catchFailure(scope, prepare, props, { failed, outputs });
    return prepare.next(jobs);
  }

  /** Adds the cross-validation before the next state. */
  private crossValidation(next: sfn.IChainable, failed: sfn.State): sfn.IChainable {
    const { scope, props, writeReport } = this;
    const options = { bestTrainingJob: BEST_TRAINING_JOB, failed, report: writeReport };
    const describe = describeCrossValidation(scope, props, options, next);
    return this.ofWinner('WhichDefinitionToValidate', (definition, number) =>
      crossValidate(scope, props, { ...options, definition, number }).next(describe),
    );
  }

  /** The final training. With several definitions, it trains the definition of the best training job. */
  private trainingJobs(failed: sfn.State, next: sfn.IChainable): sfn.IChainable {
    return this.ofWinner('WhichDefinitionWon', (definition, number) => {
      const id = number === undefined ? 'TrainFinalModel' : `TrainFinalModel-${definition.name}`;
      return this.trainingJob(id, definition, number, failed).next(next);
    });
  }

  /** Creates states for each definition. An execution runs only the states of the best training job's definition. */
  private ofWinner(
    id: string,
    states: (definition: BoundDefinition, number?: number) => sfn.IChainable,
  ): sfn.IChainable {
    const [first, ...further] = this.props.definitions as [BoundDefinition, ...BoundDefinition[]];
    if (further.length === 0) return states(first);
    const choice = sfn.Choice.jsonata(this.scope, id);
    for (const [at, definition] of further.entries()) {
      const won = `$states.input.result.bestTrainingJob.definitionName = ${literal(definition.name)}`;
      choice.when(sfn.Condition.jsonata(jsonata(won)), states(definition, at + 2));
    }
    return choice.otherwise(states(first, 1));
  }

  private trainingJob(
    id: string,
    definition: BoundDefinition,
    number: number | undefined,
    failed: sfn.State,
  ): sfn.TaskStateBase {
    const isPrepared = losesValidation(this.props, definition);
    const best = isPrepared ? '$states.input.prepared' : '$states.input.result.bestTrainingJob';
    const task = CreateTrainingJobTask.jsonata(this.scope, id, {
      ...finalTrainingJobRequest(this.props, definition, `${best}.hyperparameters`),
      integrationPattern: sfn.IntegrationPattern.RUN_JOB,
      outputs: {
        ...this.settings(),
        result: jsonata('$states.input.result'),
        trainingJobName: jsonata('$states.result.TrainingJobName'),
      },
    });
    retryJobCreation(task, this.props);
    // A definition's name could make the state's name too long, or be the suffix of another state.
    const suffix = number === undefined ? '-FinalTraining' : `-FinalTraining-${number}`;
    waitForQuota(this.scope, task, {
      suffix,
      maxWait: this.props.maxQuotaWait,
      also: BEST_TRAINING_JOB,
      exceeded: this.writeReport,
    });
    const reason = `'The final training failed with ' & $states.errorOutput.Error & ': ' & ${JOB_FAILURE}`;
    const outputs = this.failureInput(reason, FAILED_JOB_NAME);
    catchFailure(this.scope, task, this.props, { suffix, failed, outputs });
    return task;
  }

  /** The settings of the execution, which the evaluation and the registration need. */
  private settings(): Record<string, string> {
    return isUsed(this.props) ? { settings: jsonata('$states.input.settings') } : {};
  }

  /**
   * The input of the state that follows a failed final training: the result of the search, and the failure. Both
   * parameters are JSONata expressions.
   */
  private failureInput(reason: string, jobName: string): Record<string, string> {
    return {
      result: jsonata('$states.input.result'),
      ...(this.writeReport && { trainingJobName: jsonata(jobName) }),
      reason: jsonata(reason),
    };
  }

  /** Fetches the metrics and the model URI, which `.sync` does not return. */
  private describeFinalTrainingJob(): sfn.TaskStateBase {
    const describe = tasks.CallAwsService.jsonata(this.scope, 'DescribeFinalTrainingJob', {
      service: 'sagemaker',
      action: 'describeTrainingJob',
      parameters: { TrainingJobName: jsonata('$states.input.trainingJobName') },
      iamResources: [jobArn(this.scope, TRAINING_JOB, this.props.jobNamePrefix)],
      outputs: {
        ...this.settings(),
        result: jsonata('$states.input.result'),
        ...(this.writeReport && { trainingJobName: jsonata('$states.input.trainingJobName') }),
        status: jsonata('$states.result.TrainingJobStatus'),
        reason: jsonata(HOW_ENDED),
        finalTrainingJob: jsonata(`{
  'name': $states.result.TrainingJobName,
  'arn': $states.result.TrainingJobArn,
  'metrics': ${FINAL_METRICS},
  'hyperparameters': $states.result.HyperParameters,
  'modelArtifacts': $states.result.ModelArtifacts.S3ModelArtifacts
}`),
      },
    });
    for (const retry of RETRY_READING) describe.addRetry(retry);
    return describe;
  }
}
