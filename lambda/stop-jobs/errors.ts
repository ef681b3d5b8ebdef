// The names are a contract, as those in shared/errors.ts are.

/** The function's environment lacks what the construct puts there. */
export class InvalidConfigurationError extends Error {
  override readonly name = 'InvalidConfigurationError';
}

/** Some jobs could not be stopped; the function is called again. */
export class JobsNotStoppedError extends Error {
  override readonly name = 'JobsNotStoppedError';
}
