import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { EvaluationStates, type EvaluationStatesProps } from '../evaluation/private/evaluation-states';
import { isUsed } from '../evaluation/private/final-model';
import { EVALUATED, qualityGateFailed } from '../evaluation/private/gate-states';
import { CreateTrainingJobTask } from '../tasks/create-training-job';
import { crossValidate, crossValidationFailure, describeCrossValidation } from './cross-validation-states';
import { FUNCTION_ERROR, JOB_FAILURE } from './error-reasons';
import { crossValidates, losesValidation, trainsFinalModel } from './final-training';
import { jobArn, TRAINING_JOB } from './job-policies';
import { jsonata, literal } from './jsonata';
import { failAgain } from './poll-job';
import { prepareFinalTraining } from './prepare-final-training';
import { waitForQuota } from './quota';
import { afterReport, endWithReport, failWithReport, HAS_FAILED, REPORT_SENTENCE } from './report-states';
import { RETRY_READING, retryJobCreation, retryThrottledFunction } from './retries';
import { FINAL_METRICS, HOW_ENDED } from './training-job-results';
import { type BoundDefinition, finalTrainingJobRequest } from './tuning-requests';

/** Everything that the states of the final training need. */
export interface FinalTrainingStatesProps extends EvaluationStatesProps {
  /** Prepares the final training; undefined if there is nothing to prepare. */
  readonly prepareFinalTrainingFunction?: lambda.IFunction;
}

/** JSONata for a sentence with the result of the search. If the final training fails, the error includes this result. */
const BEST_TRAINING_JOB =
  "'. Best training job of the search: ' & $states.input.result.bestTrainingJob.name & ', model ' & $states.input.result.bestTrainingJob.modelArtifacts";

/** JSONata for the name of the failed training job, from the error; null if the job never started. */
const FAILED_JOB_NAME =
  '( $name := $match($states.errorOutput.Cause, /"TrainingJobName":"([^"]+)"/)[0].groups[0]; $exists($name) ? $name : null )';

/** What differs between the ways to get a final model. */
interface EndOptions {
  /** ID of the choice after the final model. */
  readonly id: string;
  /** JSONata condition: whether there is a final model. */
  readonly hasModel: string;
  /** JSONata for the final training job in the output; undefined if there is none. */
  readonly finalTrainingJob: string | undefined;
  /** JSONata for the reason why there is no final model. */
  readonly notCompleted: string;
}

interface Ends {
  /** State that follows when the final model is known. */
  readonly first: sfn.State;
  /** State for a final training that did not complete. */
  readonly notCompleted: sfn.Fail;
  /** State that ends the chain. */
  readonly end: sfn.Pass;
}

/** The states after the search: the final training, the report and the ends of the chain. */
export class FinalTrainingStates {
  constructor(
    private readonly scope: Construct,
    private readonly props: FinalTrainingStatesProps,
    /** Writes the report; undefined if no report is written. */
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

  /** Uses the model of the best training job as the final one. Fails if that job has no model. */
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
    const { first, end } = this.end({
      id: 'IsBestModelFound',
      hasModel: `$type(${best}.modelArtifacts) = 'string'${validates ? ' and $not($exists($states.input.failure))' : ''}`,
      finalTrainingJob: this.props.finalTraining?.reuseBest ? reused : undefined,
      notCompleted: `'The best training job, ' & ${best}.name & ', left no model that could be the final one'`,
    });
    findBest.next(validates ? this.validateOnly(first) : first);
    return [end];
  }

  private train(findBest: tasks.LambdaInvoke): sfn.INextable[] {
    const { first, notCompleted, end } = this.end({
      id: 'IsFinalModelTrained',
      hasModel: "$states.input.status = 'Completed'",
      finalTrainingJob: '$states.input.finalTrainingJob',
      notCompleted: `$states.input.reason & ${BEST_TRAINING_JOB}`,
    });
    const describe = this.describeFinalTrainingJob();
    describe.next(first);
    const failed = this.writeReport ?? notCompleted;
    const jobs = this.crossValidation(this.trainingJobs(failed, describe));
    findBest.next(this.prepare(failed, jobs));
    return [end];
  }

  /** The states after the final model is known: its evaluation and registration, the report, and the ends of the chain. */
  private end(options: EndOptions): Ends {
    const { scope, writeReport } = this;
    const { id, hasModel } = options;
    const end = this.result(options.finalTrainingJob);
    const notCompleted = this.notCompleted(options.notCompleted);
    const accepted = this.acceptedModel(end);
    if (!isUsed(this.props)) {
      const isFound = this.choice(id, hasModel, end).otherwise(notCompleted);
      if (writeReport) afterReport(writeReport, isFound);
      return { first: writeReport ?? isFound, notCompleted, end };
    }
    if (writeReport === undefined) {
      const failed = failAgain(scope, 'SearchFailed');
      const { start } = new EvaluationStates(scope, this.props, { next: accepted, failed });
      const isFound = this.choice(id, hasModel, start).otherwise(notCompleted);
      return { first: isFound, notCompleted, end };
    }
    const { start } = new EvaluationStates(scope, this.props, { next: writeReport, failed: writeReport });
    const isFound = this.choice(id, `${hasModel} and $not($exists($states.input.failure))`, accepted);
    afterReport(writeReport, isFound.otherwise(notCompleted));
    const hasFinalModel = sfn.Choice.jsonata(scope, 'HasFinalModel')
      .when(sfn.Condition.jsonata(jsonata(hasModel)), start)
      .otherwise(writeReport);
    return { first: hasFinalModel, notCompleted, end };
  }

  /** Fails after a quality gate that did not pass, if it is to do so. */
  private acceptedModel(result: sfn.Pass): sfn.State {
    const { scope, props } = this;
    if (!props.qualityGate || props.failOnQualityGate === false) return result;
    const failed = qualityGateFailed(scope, props, this.writeReport ? REPORT_SENTENCE : "''");
    return sfn.Choice.jsonata(scope, 'IsQualityGatePassed')
      .when(sfn.Condition.jsonata(jsonata('$states.input.gate.passed')), result)
      .otherwise(failed);
  }

  /** @param finalTrainingJob JSONata for the final training job in the output; undefined if there is none */
  private result(finalTrainingJob: string | undefined): sfn.Pass {
    const parts = [
      '$states.input.result',
      ...(finalTrainingJob ? [`{'finalTrainingJob': ${finalTrainingJob}}`] : []),
      ...(isUsed(this.props) ? [EVALUATED] : []),
      ...(this.writeReport ? ['$states.input.written'] : []),
    ];
    return sfn.Pass.jsonata(this.scope, 'Result', { outputs: jsonata(`$merge([${parts.join(', ')}])`) });
  }

  /** @param cause JSONata for the reason why there is no final model */
  private notCompleted(cause: string): sfn.Fail {
    return sfn.Fail.jsonata(this.scope, 'FinalTrainingJobNotCompleted', {
      error: 'FinalTrainingJobNotCompleted',
      cause: jsonata(`${cause}${this.writeReport ? ` & ${REPORT_SENTENCE}` : ''}`),
    });
  }

  private choice(id: string, condition: string, next: sfn.State): sfn.Choice {
    const choice = sfn.Choice.jsonata(this.scope, id).when(sfn.Condition.jsonata(jsonata(condition)), next);
    if (this.writeReport) choice.when(HAS_FAILED, failWithReport(this.scope));
    return choice;
  }

  /** Adds the preparation before the training jobs, if it is needed. */
  private prepare(failed: sfn.State, jobs: sfn.IChainable): sfn.IChainable {
    const { scope, props } = this;
    const { prepareFinalTrainingFunction: preparing } = props;
    if (preparing === undefined) return jobs;
    const prepare = prepareFinalTraining(scope, props, props.definitions, preparing);
    retryThrottledFunction(prepare, props);
    this.catchFailure(prepare, failed, {
      reason: `'The final training could not be prepared: ' & ${FUNCTION_ERROR}`,
      jobName: 'null',
    });
    return prepare.next(jobs);
  }

  /** The cross-validation with its preparation, without a final training. */
  private validateOnly(next: sfn.State): sfn.IChainable {
    const { scope, props } = this;
    const { prepareFinalTrainingFunction: preparing, definitions } = props;
    if (preparing === undefined) return next;
    const failed = this.writeReport ?? failAgain(scope, 'CrossValidationFailed');
    const prepare = prepareFinalTraining(scope, props, definitions, preparing);
    retryThrottledFunction(prepare, props);
    prepare.addCatch(failed, {
      errors: [sfn.Errors.TASKS_FAILED],
      outputs: {
        result: jsonata('$states.input.result'),
        failure: jsonata(crossValidationFailure(FUNCTION_ERROR, BEST_TRAINING_JOB)),
      },
    });
    return prepare.next(this.crossValidation(next, failed));
  }

  /** Adds the cross-validation before the next state, if it is wanted. */
  private crossValidation(next: sfn.IChainable, failedState?: sfn.State): sfn.IChainable {
    const { scope, props, writeReport } = this;
    if (!crossValidates(props)) return next;
    const failed = failedState ?? writeReport ?? failAgain(scope, 'CrossValidationFailed');
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
      return this.trainingJob(id, definition, failed).next(next);
    });
  }

  /**
   * Creates states for each definition, and runs those of the definition that the best training job has. The number of the
   * definition is undefined if it is the only one.
   */
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

  private trainingJob(id: string, definition: BoundDefinition, failed: sfn.State): sfn.TaskStateBase {
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
    waitForQuota(this.scope, task, {
      // State names can have at most 80 characters, and definition names at most 64.
      suffix: this.props.definitions.length === 1 ? '-FinalTraining' : `-${definition.name}`,
      maxWait: this.props.maxQuotaWait,
      also: BEST_TRAINING_JOB,
      exceeded: this.writeReport,
    });
    this.catchFailure(task, failed, {
      reason: `'The final training failed with ' & $states.errorOutput.Error & ': ' & ${JOB_FAILURE}`,
      jobName: FAILED_JOB_NAME,
    });
    return task;
  }

  /** The settings of the execution, which the evaluation and the registration need. */
  private settings(): Record<string, string> {
    return isUsed(this.props) ? { settings: jsonata('$states.input.settings') } : {};
  }

  /** @param told JSONata for the reason for the failure and for the name of the training job that failed */
  private catchFailure(
    task: sfn.TaskStateBase,
    failed: sfn.State,
    told: { readonly reason: string; readonly jobName: string },
  ): void {
    task.addCatch(failed, {
      errors: [sfn.Errors.TASKS_FAILED],
      outputs: {
        result: jsonata('$states.input.result'),
        ...(this.writeReport && { trainingJobName: jsonata(told.jobName) }),
        reason: jsonata(told.reason),
      },
    });
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
