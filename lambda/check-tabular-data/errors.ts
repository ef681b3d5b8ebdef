// The `name` of an error is what Lambda reports as its type and what `Catch` and `Retry` in a state machine match on:
// a contract. Each is spelt out as a string, so that no minifier and no renamed class can change it.

/** The event is not what `CheckTabularDataEvent` says. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
}

/** The data cannot be learned from as it is; the message says why, and what would help. */
export class InvalidTrainingData extends Error {
  override readonly name = 'InvalidTrainingData';
}
