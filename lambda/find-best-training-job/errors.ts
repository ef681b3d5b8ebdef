// The names are part of the interface, like those in shared/errors.ts.

/** The tuning job does not exist in this account and region. */
export class TuningJobNotFoundError extends Error {
  override readonly name = 'TuningJobNotFoundError';
}

/** The tuning job has no training job with an objective value, so there is no best one. */
export class NoCompletedTrainingJobError extends Error {
  override readonly name = 'NoCompletedTrainingJobError';
}
