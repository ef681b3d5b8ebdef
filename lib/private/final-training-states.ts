import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { CreateTrainingJobTask } from '../tasks/create-training-job';
import { jobArn, TRAINING_JOB } from './job-policies';
import { jsonata, literal } from './jsonata';
import { prepareFinalTraining } from './prepare-final-training';
import { waitForQuota } from './quota';
import { afterReport, endWithReport, failWithReport, HAS_FAILED, REPORT_SENTENCE } from './report-states';
import { RETRY_JOB_CREATION, RETRY_READING } from './retries';
import { type BoundDefinition, finalTrainingJobRequest, type TuningRequestProps } from './tuning-requests';

/** Everything that the states of the final training need. */
export interface FinalTrainingStatesProps extends TuningRequestProps {
  /** Prepares the final training; undefined if there is nothing to prepare. */
  readonly prepareFinalTrainingFunction?: lambda.IFunction;
}

/** JSONata for a sentence with the result of the search. If the final training fails, the error includes this result. */
const BEST_TRAINING_JOB =
  "'. Best training job of the search: ' & $states.input.result.bestTrainingJob.name & ', model ' & $states.input.result.bestTrainingJob.modelArtifacts";

/** JSONata for the name of the failed training job, from the error; null if the job never started. */
const FAILED_JOB_NAME =
  '( $name := $match($states.errorOutput.Cause, /"TrainingJobName":"([^"]+)"/)[0].groups[0]; $exists($name) ? $name : null )';

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
    const { finalTraining } = this.props;
    if (finalTraining?.enabled === false) return this.endWithBest(findBest);
    return finalTraining?.reuseBest ? this.reuseBest(findBest) : this.train(findBest);
  }

  private endWithBest(findBest: tasks.LambdaInvoke): sfn.INextable[] {
    const { scope, writeReport } = this;
    if (writeReport === undefined) return [findBest];
    findBest.next(writeReport);
    return [endWithReport(scope, writeReport, 'IsBestTrainingJobFound')];
  }

  /** Uses the best training job as the final one. Fails if that job has no model. */
  private reuseBest(findBest: tasks.LambdaInvoke): sfn.INextable[] {
    const best = '$states.input.result.bestTrainingJob';
    const result = this.result(`{
  'name': ${best}.name,
  'arn': ${best}.arn,
  'metrics': ${best}.metrics,
  'hyperparameters': ${best}.hyperparameters,
  'modelArtifacts': ${best}.modelArtifacts,
  'reused': true
}`);
    const notCompleted = this.notCompleted(
      `'The best training job, ' & ${best}.name & ', left no model that could be the final one'`,
    );
    const isFound = this.choice('IsBestModelFound', `$type(${best}.modelArtifacts) = 'string'`, result);
    isFound.otherwise(notCompleted);
    this.reportBefore(isFound);
    findBest.next(this.writeReport ?? isFound);
    return [result];
  }

  private train(findBest: tasks.LambdaInvoke): sfn.INextable[] {
    const { writeReport } = this;
    const result = this.result('$states.input.finalTrainingJob');
    const notCompleted = this.notCompleted(`$states.input.reason & ${BEST_TRAINING_JOB}`);
    const isTrained = this.choice('IsFinalModelTrained', "$states.input.status = 'Completed'", result);
    isTrained.otherwise(notCompleted);
    this.reportBefore(isTrained);
    const describe = this.describeFinalTrainingJob();
    describe.next(writeReport ?? isTrained);
    findBest.next(this.prepare(writeReport ?? notCompleted, describe));
    return [result];
  }

  /** @param finalTrainingJob JSONata for the final training job in the output */
  private result(finalTrainingJob: string): sfn.Pass {
    const written = this.writeReport ? ', $states.input.written' : '';
    return sfn.Pass.jsonata(this.scope, 'Result', {
      outputs: jsonata(`$merge([$states.input.result, {'finalTrainingJob': ${finalTrainingJob}}${written}])`),
    });
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

  private reportBefore(next: sfn.State): void {
    if (this.writeReport) afterReport(this.writeReport, next);
  }

  /** Adds the preparation before the training jobs, if it is needed. */
  private prepare(failed: sfn.State, next: sfn.IChainable): sfn.IChainable {
    const { scope, props } = this;
    const jobs = this.trainingJobs(failed, next);
    const { prepareFinalTrainingFunction: preparing } = props;
    if (preparing === undefined) return jobs;
    const prepare = prepareFinalTraining(scope, props, props.definitions, preparing);
    this.catchFailure(prepare, failed, {
      // The cause of a function's error is JSON.
      reason:
        "( $cause := $states.errorOutput.Cause; $told := $contains($cause, '\"errorMessage\":') ? $parse($cause).errorMessage : $cause; 'The final training could not be prepared: ' & $states.errorOutput.Error & ': ' & $told )",
      jobName: 'null',
    });
    return prepare.next(jobs);
  }

  /** The final training. With several definitions, it trains the definition of the best training job. */
  private trainingJobs(failed: sfn.State, next: sfn.IChainable): sfn.IChainable {
    const [first, ...further] = this.props.definitions as [BoundDefinition, ...BoundDefinition[]];
    const train = (id: string, definition: BoundDefinition) =>
      this.trainingJob(id, definition, failed).next(next);
    if (further.length === 0) return train('TrainFinalModel', first);
    const choice = sfn.Choice.jsonata(this.scope, 'WhichDefinitionWon');
    for (const definition of further) {
      const won = `$states.input.result.bestTrainingJob.definitionName = ${literal(definition.name)}`;
      choice.when(
        sfn.Condition.jsonata(jsonata(won)),
        train(`TrainFinalModel-${definition.name}`, definition),
      );
    }
    return choice.otherwise(train(`TrainFinalModel-${first.name}`, first));
  }

  private trainingJob(id: string, definition: BoundDefinition, failed: sfn.State): sfn.TaskStateBase {
    const { prepareFinalTrainingFunction: preparing } = this.props;
    const best = preparing ? '$states.input.prepared' : '$states.input.result.bestTrainingJob';
    const task = CreateTrainingJobTask.jsonata(this.scope, id, {
      ...finalTrainingJobRequest(this.props, definition, `${best}.hyperparameters`),
      integrationPattern: sfn.IntegrationPattern.RUN_JOB,
      outputs: {
        result: jsonata('$states.input.result'),
        trainingJobName: jsonata('$states.result.TrainingJobName'),
      },
    });
    for (const retry of RETRY_JOB_CREATION) task.addRetry(retry);
    waitForQuota(this.scope, task, {
      // State names can have at most 80 characters, and definition names at most 64.
      suffix: this.props.definitions.length === 1 ? '-FinalTraining' : `-${definition.name}`,
      maxWait: this.props.maxQuotaWait,
      also: BEST_TRAINING_JOB,
      exceeded: this.writeReport,
    });
    this.catchFailure(task, failed, {
      // The cause of a failed job is its description, as JSON.
      reason: `( $failure := $match($states.errorOutput.Cause, /"FailureReason":"(.*?)"[^ a-zA-Z]/)[0].groups[0]; 'The final training failed with ' & $states.errorOutput.Error & ': ' & ($exists($failure) ? $failure : $states.errorOutput.Cause) )`,
      jobName: FAILED_JOB_NAME,
    });
    return task;
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
        result: jsonata('$states.input.result'),
        ...(this.writeReport && { trainingJobName: jsonata('$states.input.trainingJobName') }),
        status: jsonata('$states.result.TrainingJobStatus'),
        reason: jsonata(
          "'Training job ' & $states.result.TrainingJobName & ' ended ' & $states.result.TrainingJobStatus & ' (' & $states.result.SecondaryStatus & ')'",
        ),
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
}
