// The names of these errors are part of the interface: see shared/errors.ts.

/** A single manifest cannot list the data of the final training. */
export class TrainingDataError extends Error {
  override readonly name = 'TrainingDataError';
}

/**
 * The best training job's model cannot be read, or does not contain the number of rounds that early stopping chose.
 */
export class BestIterationUnknownError extends Error {
  override readonly name = 'BestIterationUnknownError';
}
