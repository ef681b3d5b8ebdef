// The names are a contract, as those in shared/errors.ts are.

/** The data cannot be learned from as it is; the message says why, and what would help. */
export class InvalidTrainingData extends Error {
  override readonly name = 'InvalidTrainingData';
}
