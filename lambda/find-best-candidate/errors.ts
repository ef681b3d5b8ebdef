// The names of these errors are part of the interface: see shared/errors.ts.

/** The AutoML job does not exist in this account and region. */
export class AutoMlJobNotFoundError extends Error {
  override readonly name = 'AutoMlJobNotFoundError';
}

/** The AutoML job has no best candidate, because no completed candidate has an objective value. */
export class NoCompletedCandidateError extends Error {
  override readonly name = 'NoCompletedCandidateError';
}
