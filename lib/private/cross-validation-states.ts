import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { CreateTrainingJobTask } from '../tasks/create-training-job';
import { JOB_FAILURE } from './error-reasons';
import { jobArn, TRAINING_JOB } from './job-policies';
import { jsonata } from './jsonata';
import { waitForQuota } from './quota';
import { HAS_FAILED } from './report-states';
import { RETRY_READING, retryJobCreation } from './retries';
import { catchFailure } from './throttling';
import { FAILED_JOB_NAME, FINAL_METRICS, HOW_ENDED } from './training-job-results';
import { type BoundDefinition, crossValidationJobRequest, type TuningRequestProps } from './tuning-requests';

/** Options for the states of the cross-validation, in addition to the props. */
export interface CrossValidationStatesOptions {
  /** The definition whose hyperparameters are cross-validated. */
  readonly definition: BoundDefinition;
  /** Number of the definition, counted from 1; undefined if the search has only one definition. */
  readonly number?: number;
  /** JSONata for a sentence that names the best training job. Errors include this sentence. */
  readonly bestTrainingJob: string;
  /** State that follows an error. It gets the error in `failure`. */
  readonly failed: sfn.State;
  /** State that writes the report; undefined if no report is written. */
  readonly report: sfn.State | undefined;
}

/** The state that runs the training job for the cross-validation. `describeCrossValidation` creates the next state. */
export function crossValidate(
  scope: Construct,
  props: TuningRequestProps,
  { definition, number, bestTrainingJob, failed, report }: CrossValidationStatesOptions,
): sfn.TaskStateBase {
  const suffix = number === undefined ? '' : `-${number}`;
  const task = CreateTrainingJobTask.jsonata(scope, `CrossValidate${suffix}`, {
    ...crossValidationJobRequest(props, definition, '$states.input.prepared.hyperparameters'),
    integrationPattern: sfn.IntegrationPattern.RUN_JOB,
    outputs: {
      settings: jsonata('$states.input.settings'),
      prepared: jsonata('$states.input.prepared'),
      result: jsonata('$states.input.result'),
      jobName: jsonata('$states.result.TrainingJobName'),
    },
  });
  retryJobCreation(task, props);
  waitForQuota(scope, task, {
    suffix: `-CrossValidation${suffix}`,
    maxWait: props.maxQuotaWait,
    also: bestTrainingJob,
    exceeded: report,
  });
  const outputs = {
    result: jsonata('$states.input.result'),
    ...(report && { crossValidationJobName: jsonata(FAILED_JOB_NAME) }),
    failure: jsonata(
      crossValidationFailure(`$states.errorOutput.Error & ': ' & ${JOB_FAILURE}`, bestTrainingJob),
    ),
  };
  catchFailure(scope, task, props, { suffix: `-CrossValidation${suffix}`, failed, outputs });
  return task;
}

/** Adds the metrics and models of the cross-validation to the result, as `crossValidation`. */
export function describeCrossValidation(
  scope: Construct,
  props: TuningRequestProps,
  { bestTrainingJob, failed }: Pick<CrossValidationStatesOptions, 'bestTrainingJob' | 'failed'>,
  next: sfn.IChainable,
): sfn.IChainable {
  const { folds, rounds = 1 } = props.finalTraining?.crossValidation ?? {};
  const describe = tasks.CallAwsService.jsonata(scope, 'DescribeCrossValidation', {
    service: 'sagemaker',
    action: 'describeTrainingJob',
    parameters: { TrainingJobName: jsonata('$states.input.jobName') },
    iamResources: [jobArn(scope, TRAINING_JOB, props.jobNamePrefix)],
    outputs: jsonata(`$merge([
  $sift($states.input, function($value, $name) { $name != 'jobName' }),
  {'result': $merge([$states.input.result, {'crossValidation': {
    'name': $states.result.TrainingJobName,
    'arn': $states.result.TrainingJobArn,
    'folds': ${folds},
    'rounds': ${rounds},
    'metrics': ${FINAL_METRICS},
    'modelArtifacts': $states.result.ModelArtifacts.S3ModelArtifacts
  }}])},
  $states.result.TrainingJobStatus = 'Completed' ? {} : {'failure': ${crossValidationFailure(HOW_ENDED, bestTrainingJob)}}
])`),
  });
  for (const retry of RETRY_READING) describe.addRetry(retry);
  return describe.next(
    sfn.Choice.jsonata(scope, 'IsCrossValidated').when(HAS_FAILED, failed).otherwise(next),
  );
}

/** JSONata for the error with which the execution fails. */
export function crossValidationFailure(reason: string, bestTrainingJob: string): string {
  return `{
    'Error': 'CrossValidationFailed',
    'Cause': 'The cross-validation failed: ' & ${reason} & ${bestTrainingJob}
  }`;
}
