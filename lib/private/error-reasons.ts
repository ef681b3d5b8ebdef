// JSONata for the reason in a caught error.

/** The `FailureReason` in the JSON description of a failed job; undefined if the description has no such field. */
function failureReasonIn(cause: string): string {
  return `$match(${cause}, /"FailureReason":"(.*?)"[^ a-zA-Z]/)[0].groups[0]`;
}

/**
 * The message of a Lambda function's error. If the cause is not the JSON of such an error, the whole cause is used as
 * the message. Needs the variable `$cause`.
 */
const MESSAGE = `$contains($cause, '"errorMessage":') ? $parse($cause).errorMessage : $cause`;

/** Why a task that waits for a job failed. */
export const JOB_FAILURE = `( $failure := ${failureReasonIn('$states.errorOutput.Cause')}; $exists($failure) ? $failure : $states.errorOutput.Cause )`;

/** The name and the message of an error, for a task that calls a Lambda function. */
export const FUNCTION_ERROR = `( $cause := $states.errorOutput.Cause; $told := ${MESSAGE}; $states.errorOutput.Error & ': ' & $told )`;

/** Why a task that waits for a job or calls a Lambda function failed. */
export const FAILURE = `( $cause := $states.errorOutput.Cause; $job := ${failureReasonIn('$cause')}; $exists($job) ? $job : ${MESSAGE} )`;
