import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { jsonata } from './jsonata';
import { retryFunction } from './retries';

/** JSONata for a sentence with the location of the report, to append to the cause of an error. */
export const REPORT_SENTENCE =
  "($type($states.input.written.report) = 'string' ? '. Report: ' & $states.input.written.report : '')";

/**
 * The state that writes the report. It adds the function's result to its input, as `written`. It never fails: on an error,
 * `written` has the reason.
 */
export function writeReport(
  scope: Construct,
  options: { readonly lambdaFunction: lambda.IFunction; readonly payload: Record<string, unknown> },
): tasks.LambdaInvoke {
  const write = tasks.LambdaInvoke.jsonata(scope, 'WriteReport', {
    comment: 'Writes the report of the search; the execution never fails because of it',
    lambdaFunction: options.lambdaFunction,
    payload: sfn.TaskInput.fromObject(options.payload),
    outputs: jsonata(
      "$merge([$states.input, {'written': $sift($states.result.Payload, function($value, $name) { $name in ['report', 'reportError', 'instanceSeconds'] })}])",
    ),
  });
  retryFunction(write);
  return write;
}

/** Whether the execution must fail. */
export const HAS_FAILED = sfn.Condition.jsonata(jsonata('$exists($states.input.failure)'));

/** Ends a search with its result or with its error. Returns the state that ends the chain. */
export function endWithReport(scope: Construct, write: tasks.LambdaInvoke, choiceId: string): sfn.Pass {
  const result = sfn.Pass.jsonata(scope, 'Result', {
    outputs: jsonata('$merge([$states.input.result, $states.input.written])'),
  });
  afterReport(
    write,
    sfn.Choice.jsonata(scope, choiceId).when(HAS_FAILED, failWithReport(scope)).otherwise(result),
  );
  return result;
}

/** Continues with `next` after the report. If the report could not be written, continues with the error as `reportError`. */
export function afterReport(write: tasks.LambdaInvoke, next: sfn.State): void {
  write.addCatch(next, {
    errors: [sfn.Errors.ALL],
    outputs: jsonata(
      "$merge([$states.input, {'written': {'report': null, 'reportError': $substring($states.errorOutput.Error & ': ' & $states.errorOutput.Cause, 0, 2000)}}])",
    ),
  });
  write.next(next);
}

/**
 * Fails the execution after the report, with the error that was caught before the report. The location of the report is
 * appended to the error's cause. A cause that is the JSON of a function's error stays valid JSON.
 */
export function failWithReport(scope: Construct): sfn.Fail {
  return sfn.Fail.jsonata(scope, 'SearchFailed', {
    error: jsonata('$states.input.failure.Error'),
    cause: jsonata(`(
  $cause := $exists($states.input.failure.Cause) ? $states.input.failure.Cause : '';
  $report := ${REPORT_SENTENCE};
  $isJson := $substring($cause, 0, 1) = '{' and $contains($cause, '"errorMessage":');
  $parsed := $isJson ? $parse($cause);
  $isJson ? $string($merge([$parsed, {'errorMessage': $parsed.errorMessage & $report}])) : $cause & $report
)`),
  });
}

/** JSONata for a value that can be missing. A missing value becomes null, because a payload field cannot be undefined. */
export function orNull(expression: string): string {
  return jsonata(`$exists(${expression}) ? ${expression} : null`);
}
