// The `name` of an error is what Lambda reports as its type and what `Catch` and `Retry` in a state machine match on:
// a contract. Each is spelt out as a string, so that no minifier and no renamed class can change it.

/** The event is not what `FindBestTrainingJobEvent` says. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
}

/** There is no such tuning job in this account and region. */
export class TuningJobNotFoundError extends Error {
  override readonly name = 'TuningJobNotFoundError';
}

/** The tuning job has no training job with an objective value, so there is no best one. */
export class NoCompletedTrainingJobError extends Error {
  override readonly name = 'NoCompletedTrainingJobError';
}

/** SageMaker's answer lacks what its API promises. */
export class UnexpectedResponseError extends Error {
  override readonly name = 'UnexpectedResponseError';
}

/** Whether SageMaker said that what was asked for does not exist. */
export function isNotFound(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false;
  }
  // DescribeTrainingJob answers with ValidationException, "Requested resource not found.".
  return (
    error.name === 'ResourceNotFound' ||
    error.name === 'ResourceNotFoundException' ||
    (error.name === 'ValidationException' && /not found|can('|no)t find|does not exist/i.test(error.message))
  );
}

/** Whether the function's role may not make the call. */
export function isAccessDenied(error: unknown): boolean {
  return error instanceof Error && error.name === 'AccessDeniedException';
}
