// The names of these errors are part of the interface: see shared/errors.ts.

/** The tuning job does not exist in this account and region. */
export class TuningJobNotFoundError extends Error {
  override readonly name = 'TuningJobNotFoundError';
}

/** The tuning job has no best training job, because no training job has an objective value. */
export class NoCompletedTrainingJobError extends Error {
  override readonly name = 'NoCompletedTrainingJobError';
}
