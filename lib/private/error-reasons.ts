// JSONata for the reason in a caught error.

/** The reason in the description of a failed job, which is JSON; undefined if there is none. */
function failureReasonIn(cause: string): string {
  return `$match(${cause}, /"FailureReason":"(.*?)"[^ a-zA-Z]/)[0].groups[0]`;
}

/**
 * The message in a function's error, which is JSON. If the cause is not such an error, the whole cause. Needs the
 * variable `$cause`.
 */
const MESSAGE = `$contains($cause, '"errorMessage":') ? $parse($cause).errorMessage : $cause`;

/** For a task that waits for a job: the reason. */
export const JOB_FAILURE = `( $failure := ${failureReasonIn('$states.errorOutput.Cause')}; $exists($failure) ? $failure : $states.errorOutput.Cause )`;

/** For a task that calls a function: the name of the error and the reason. */
export const FUNCTION_ERROR = `( $cause := $states.errorOutput.Cause; $told := ${MESSAGE}; $states.errorOutput.Error & ': ' & $told )`;

/** For a task that waits for a job or calls a function: the reason. */
export const FAILURE = `( $cause := $states.errorOutput.Cause; $job := ${failureReasonIn('$cause')}; $exists($job) ? $job : ${MESSAGE} )`;
