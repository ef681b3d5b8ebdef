import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { FleetItemOptions } from './fleet-item';
import { innerExpression, jsonata } from './jsonata';
import { REJECTED_REQUEST } from './retries';

/** Options for the states that wait while SageMaker throttles a request. */
export interface ThrottlingOptions {
  /** Suffix of the names of the states, which makes them unique within the chain. */
  readonly suffix: string;
  /** Next state if the request was rejected for another reason, or is still throttled after the waits. */
  readonly rejected: sfn.State;
  /** The input of `rejected`: a JSONata string, or an object of JSONata strings. */
  readonly outputs: string | Readonly<Record<string, string>>;
  /** Names of the errors to handle. @default - the error names of throttled requests */
  readonly errors?: readonly string[];
}

/**
 * A regular expression in JSONata. It matches the cause of an error if SageMaker throttled the request or was
 * unavailable.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html
 */
export const TRANSIENT_CAUSE =
  '/throttl|rate exceeded|too many requests|service ?unavailable|internal ?failure|status code: 5[0-9][0-9]/i';

/**
 * `first`: the upper bound of the first random wait. `longest`: the maximum of this bound, which grows with each wait.
 * `total`: once the waits add up to this time, no other wait starts.
 */
const WAIT_SECONDS = { first: 60, longest: 300, total: 1800 };

/**
 * If SageMaker throttles a request of a fleet's item, waits for random times before further attempts. All items
 * share SageMaker's request rates. Together with the retries of each attempt, the waits take about 40 minutes.
 *
 * A `Retry` cannot wait only for throttled requests: Step Functions gives throttled and invalid requests the same error
 * name, and an invalid request must fail soon. Only the cause differs. A request that succeeds immediately takes no
 * additional state transitions.
 */
export function waitWhileThrottled(
  scope: Construct,
  request: sfn.TaskStateBase,
  item: FleetItemOptions,
  { suffix, rejected, outputs, errors = REJECTED_REQUEST }: ThrottlingOptions,
): void {
  if (!item._isFleetItem) return;
  const wait = sfn.Wait.jsonata(scope, `WaitForRetry${suffix}`, {
    time: sfn.WaitTime.seconds(jsonata('$states.input.throttled.wait')),
  });
  const wasThrottled = sfn.Choice.jsonata(scope, `WasThrottled${suffix}`)
    .when(sfn.Condition.jsonata(jsonata('$states.input.throttled.wait > 0')), wait)
    .otherwise(rejected);
  request.addCatch(wasThrottled, { errors: [...errors], outputs: jsonata(nextInput(outputs)) });
  wait.next(request);
}

/** Options for the state that follows a failed task. */
export interface CatchFailureOptions extends Pick<ThrottlingOptions, 'outputs'> {
  /** Next state if the task fails. */
  readonly failed: sfn.State;
  /**
   * Suffix of the names of the states that wait while SageMaker throttles the request; undefined if the task invokes a
   * function.
   */
  readonly suffix?: string;
  /** Names of the errors to catch. @default - States.TaskFailed */
  readonly errors?: string[];
}

/** If a task fails, continues with another state. A throttled request to SageMaker first waits for further attempts. */
export function catchFailure(
  scope: Construct,
  task: sfn.TaskStateBase,
  item: FleetItemOptions,
  { failed, suffix, outputs, errors = [sfn.Errors.TASKS_FAILED] }: CatchFailureOptions,
): void {
  // This catch must be the first, because the name States.TaskFailed includes the errors of throttled requests.
  if (suffix !== undefined) waitWhileThrottled(scope, task, item, { suffix, rejected: failed, outputs });
  task.addCatch(failed, { errors, outputs });
}

/**
 * JSONata for the input of the state `WasThrottled`: the input of the failed state if the request was throttled,
 * otherwise the given outputs. In both cases, the field `throttled` has the next wait (0 for no wait) and the sum of
 * the waits.
 */
function nextInput(outputs: ThrottlingOptions['outputs']): string {
  const { first, longest, total } = WAIT_SECONDS;
  return `(
  $waited := $exists($states.input.throttled) ? $states.input.throttled.waited : 0;
  $isThrottled := $contains($states.errorOutput.Cause, ${TRANSIENT_CAUSE}) and $waited < ${total};
  $wait := $isThrottled ? 1 + $floor($random() * $min([${longest}, ${first} + $waited])) : 0;
  $merge([$isThrottled ? $states.input : ${expression(outputs)}, {'throttled': {'wait': $wait, 'waited': $waited + $wait}}])
)`;
}

function expression(outputs: ThrottlingOptions['outputs']): string {
  if (typeof outputs === 'string') return innerExpression(outputs);
  const fields = Object.entries(outputs).map(([name, value]) => `'${name}': ${innerExpression(value)}`);
  return `{${fields.join(', ')}}`;
}
