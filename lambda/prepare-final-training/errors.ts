// The names are part of the interface, like those in shared/errors.ts.

/** The data of the final training cannot be listed in one manifest. */
export class TrainingDataError extends Error {
  override readonly name = 'TrainingDataError';
}

/** The best training job's model does not have the number of rounds that early stopping chose, or cannot be read. */
export class BestIterationUnknownError extends Error {
  override readonly name = 'BestIterationUnknownError';
}
