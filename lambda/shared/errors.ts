// The `name` of an error is part of the interface: Lambda reports it as the error's type, and `Catch` and `Retry` in a state
// machine match it. Each name is a string literal, so that minifying the code or renaming a class does not change it.

/** The event is not a valid input of the function. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
}

/** SageMaker's response lacks a field that the API guarantees. */
export class UnexpectedResponseError extends Error {
  override readonly name = 'UnexpectedResponseError';
}
