// The `name` of an error is what Lambda reports as its type and what `Catch` and `Retry` in a state machine match on:
// a contract. Each is spelt out as a string, so that no minifier and no renamed class can change it.

/** The event is not what `FindBestCandidateEvent` says. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
}

/** There is no such AutoML job in this account and region. */
export class AutoMlJobNotFoundError extends Error {
  override readonly name = 'AutoMlJobNotFoundError';
}

/** The AutoML job has no completed candidate with a value of its objective metric, so there is no best one. */
export class NoCompletedCandidateError extends Error {
  override readonly name = 'NoCompletedCandidateError';
}

/** SageMaker's answer lacks what its API promises. */
export class UnexpectedResponseError extends Error {
  override readonly name = 'UnexpectedResponseError';
}
