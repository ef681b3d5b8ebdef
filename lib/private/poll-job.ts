import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { jsonata } from './jsonata';
import { RETRY_READING } from './retries';

/** A job that an execution waits for by looking at it from time to time. */
export interface PolledJob {
  /** What the IDs of the states call it, such as `TuningJob`. */
  readonly name: string;
  /** Member of the state's data that has the job's name. */
  readonly nameField: string;
  /** Parameter of the API that takes the name, and its two actions. */
  readonly nameParameter: string;
  readonly describeAction: string;
  readonly stopAction: string;
  /** Member of the description that has the status. */
  readonly statusMember: string;
  readonly arn: string;
  /** Members of the state's data that are kept for the states that follow. */
  readonly keeps?: readonly string[];
  readonly next: sfn.State;
}

/**
 * The longest time between two looks. Each look is 9 of the 25,000 events that an execution may have: a day takes about 190
 * looks, and the 30 days that SageMaker's jobs may run do not use the events up.
 */
const LONGEST_WAIT_SECONDS = 1200;

/**
 * Looks at a job until it has ended, ever more seldom. A job that can no longer be seen is stopped.
 *
 * The state's data needs `polls`, 1 at first.
 */
export function pollJob(scope: Construct, job: PolledJob): sfn.State {
  const wait = sfn.Wait.jsonata(scope, `WaitFor${job.name}`, {
    time: sfn.WaitTime.seconds(jsonata(`$min([${LONGEST_WAIT_SECONDS}, 5 * $states.input.polls])`)),
  });
  const describe = call(scope, `Describe${job.name}`, job.describeAction, job, {
    ...kept([...(job.keeps ?? []), job.nameField]),
    polls: jsonata('$states.input.polls + 1'),
    // The whole description can be larger than a state's payload.
    status: jsonata(`$states.result.${job.statusMember}`),
  });
  const stop = call(scope, `Stop${job.name}`, job.stopAction, job, jsonata('$states.input'));
  const outOfSight = failAgain(scope, `${job.name}OutOfSight`);
  describe.addCatch(stop, {
    errors: [sfn.Errors.ALL],
    outputs: { ...kept([job.nameField]), failure: jsonata('$states.errorOutput') },
  });
  stop.addCatch(outOfSight, { errors: [sfn.Errors.ALL], outputs: jsonata('$states.input') });
  stop.next(outOfSight);
  return wait.next(describe).next(
    sfn.Choice.jsonata(scope, `Has${job.name}Ended`)
      .when(sfn.Condition.jsonata(jsonata("$states.input.status in ['InProgress', 'Stopping']")), wait)
      .otherwise(job.next),
  ).startState;
}

/** Ends the execution with the error that was caught. */
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
