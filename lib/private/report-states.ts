import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { jsonata } from './jsonata';

/** JSONata for a sentence that says where the report is, to append to the cause of a failure. */
export const REPORT_SENTENCE =
  "($type($states.input.written.report) = 'string' ? '. Report: ' & $states.input.written.report : '')";

/**
 * The state that writes the report. It adds to its input what the function answers, as `written`. It never fails: then
 * `written` says why there is no report.
 */
export function writeReport(
  scope: Construct,
  options: { readonly lambdaFunction: lambda.IFunction; readonly payload: Record<string, unknown> },
): tasks.LambdaInvoke {
  return tasks.LambdaInvoke.jsonata(scope, 'WriteReport', {
    comment: 'Writes the report of the search; the execution never fails because of it',
    lambdaFunction: options.lambdaFunction,
    payload: sfn.TaskInput.fromObject(options.payload),
    outputs: jsonata(
      "$merge([$states.input, {'written': $sift($states.result.Payload, function($value, $name) { $name in ['report', 'reportError'] })}])",
    ),
  });
}

/** Whether there is a failure to end the execution with. */
export const HAS_FAILED = sfn.Condition.jsonata(jsonata('$exists($states.input.failure)'));

/** The end of a search that is its result, or a failure: returns the state that ends the chain. */
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

/** Goes on after the state that writes the report, whether it could or not. */
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
 * The end of an execution that failed before the report was written: with the error that was caught, whose cause says where
 * the report is. The cause of a function's error is JSON, and stays so.
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

/** JSONata for a value that need not be there: null where it is not, because a payload cannot have nothing. */
export function orNull(expression: string): string {
  return jsonata(`$exists(${expression}) ? ${expression} : null`);
}
