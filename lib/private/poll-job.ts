import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { jsonata } from './jsonata';
import { RETRY_READING } from './retries';

/** A job that an execution polls until it ends. */
export interface PolledJob {
  /** Name of the job in the IDs of the states, such as `TuningJob`. */
  readonly name: string;
  /** Field of the state's data that contains the job's name. */
  readonly nameField: string;
  /** API parameter for the job's name, and the API actions that describe and stop the job. */
  readonly nameParameter: string;
  readonly describeAction: string;
  readonly stopAction: string;
  /** Field of the job's description that contains the status. */
  readonly statusMember: string;
  readonly arn: string;
  /** Fields of the state's data to pass on to the next states. */
  readonly keeps?: readonly string[];
  readonly next: sfn.State;
  /**
   * State that follows if the job no longer exists, or was stopped because it could no longer be described. This state
   * gets the error in `failure`. @default - the execution fails
   */
  readonly outOfSight?: sfn.State;
}

/**
 * Maximum time between two polls. Each poll takes 9 of the 25,000 events that an execution can have. The first day
 * takes about 190 polls, later days fewer. So a job can run for 30 days, SageMaker's default maximum, without exceeding
 * the limit.
 */
const LONGEST_WAIT_SECONDS = 1200;

/** Name of SageMaker's error for a job that does not exist. */
const NOT_FOUND = 'SageMaker.ResourceNotFoundException';

/**
 * Polls a job until it ends, at growing intervals. If describing the job fails, the job is stopped.
 *
 * The state's data must have the field `polls`, with the initial value 1.
 */
export function pollJob(scope: Construct, job: PolledJob): sfn.State {
  const wait = sfn.Wait.jsonata(scope, `WaitFor${job.name}`, {
    time: sfn.WaitTime.seconds(jsonata(`$min([${LONGEST_WAIT_SECONDS}, 5 * $states.input.polls])`)),
  });
  const describe = call(scope, `Describe${job.name}`, job.describeAction, job, {
    ...kept([...(job.keeps ?? []), job.nameField]),
    polls: jsonata('$states.input.polls + 1'),
    // Only the status is kept, because the whole description can exceed the maximum payload of a state.
    status: jsonata(`$states.result.${job.statusMember}`),
  });
  const stop = call(scope, `Stop${job.name}`, job.stopAction, job, jsonata('$states.input'));
  const failed = failAgain(scope, `${job.name}OutOfSight`);
  describe.addCatch(stop, {
    errors: [sfn.Errors.ALL],
    outputs: {
      ...kept([...(job.outOfSight ? (job.keeps ?? []) : []), job.nameField]),
      failure: jsonata('$states.errorOutput'),
    },
  });
  if (job.outOfSight) {
    stop.addCatch(job.outOfSight, { errors: [NOT_FOUND], outputs: jsonata('$states.input') });
  }
  // If the job might still be running, the execution fails, so that StopAbandonedJobs stops the job.
  stop.addCatch(failed, { errors: [sfn.Errors.ALL], outputs: jsonata('$states.input') });
  stop.next(job.outOfSight ?? failed);
  return wait.next(describe).next(
    sfn.Choice.jsonata(scope, `Has${job.name}Ended`)
      .when(sfn.Condition.jsonata(jsonata("$states.input.status in ['InProgress', 'Stopping']")), wait)
      .otherwise(job.next),
  ).startState;
}

/** Fails the execution with the caught error. */
export function failAgain(scope: Construct, id: string): sfn.Fail {
  return sfn.Fail.jsonata(scope, id, {
    error: jsonata('$states.input.failure.Error'),
    cause: jsonata("$exists($states.input.failure.Cause) ? $states.input.failure.Cause : ''"),
  });
}

function kept(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, jsonata(`$states.input.${name}`)]));
}

function call(
  scope: Construct,
  id: string,
  action: string,
  { nameParameter, nameField, arn }: PolledJob,
  outputs: unknown,
): tasks.CallAwsService {
  const task = tasks.CallAwsService.jsonata(scope, id, {
    service: 'sagemaker',
    action,
    parameters: { [nameParameter]: jsonata(`$states.input.${nameField}`) },
    iamResources: [arn],
    outputs,
  });
  for (const retry of RETRY_READING) task.addRetry(retry);
  return task;
}
