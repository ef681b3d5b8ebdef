// The names of these errors are part of the interface: see shared/errors.ts.

/** The data cannot be used for training. The message has the reason and a solution. */
export class InvalidTrainingData extends Error {
  override readonly name = 'InvalidTrainingData';
}
