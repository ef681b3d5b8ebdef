// The names are part of the interface, like those in shared/errors.ts.

/** The data cannot be used for training. The message has the reason and a solution. */
export class InvalidTrainingData extends Error {
  override readonly name = 'InvalidTrainingData';
}
