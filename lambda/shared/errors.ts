// The `name` of an error is what Lambda reports as its type and what `Catch` and `Retry` in a state machine match on:
// a contract. Each is spelled out as a string, so that no minifier and no renamed class can change it.

/** The event is not what the function takes. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
}

/** SageMaker's answer lacks what its API promises. */
export class UnexpectedResponseError extends Error {
  override readonly name = 'UnexpectedResponseError';
}
