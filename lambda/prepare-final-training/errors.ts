// The names are a contract, as those in shared/errors.ts are.

/** The data of the final training cannot be listed in one manifest. */
export class TrainingDataError extends Error {
  override readonly name = 'TrainingDataError';
}

/** The number of rounds that early stopping chose cannot be read from the best training job's model. */
export class BestIterationUnknownError extends Error {
  override readonly name = 'BestIterationUnknownError';
}
