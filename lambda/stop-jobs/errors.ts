// The `name` of an error is what Lambda reports as its type: spelt out as a string, so that no minifier and no renamed
// class can change it.

/** The event is no change of an execution's status. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
}

/** The function's environment lacks what the construct puts there. */
export class InvalidConfigurationError extends Error {
  override readonly name = 'InvalidConfigurationError';
}

/** Some jobs could not be stopped; the function is called again. */
export class JobsNotStoppedError extends Error {
  override readonly name = 'JobsNotStoppedError';
}
