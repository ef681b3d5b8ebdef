// The names of these errors are part of the interface: see shared/errors.ts.

/** The function's environment lacks variables that the construct sets. */
export class InvalidConfigurationError extends Error {
  override readonly name = 'InvalidConfigurationError';
}

/** Some jobs could not be stopped. Lambda retries the function. */
export class JobsNotStoppedError extends Error {
  override readonly name = 'JobsNotStoppedError';
}
