// The names are a contract, as those in shared/errors.ts are.

/** There is no such AutoML job in this account and region. */
export class AutoMlJobNotFoundError extends Error {
  override readonly name = 'AutoMlJobNotFoundError';
}

/** The AutoML job has no completed candidate with a value of its objective metric, so there is no best one. */
export class NoCompletedCandidateError extends Error {
  override readonly name = 'NoCompletedCandidateError';
}
