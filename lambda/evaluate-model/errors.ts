// The names of these errors are part of the interface: see shared/errors.ts.

/** There are no rows with predictions. */
export class NoPredictionsError extends Error {
  override readonly name = 'NoPredictionsError';
}

/** An unusable row. The code that reads the rows adds the file name and the row number to the message. */
export abstract class RowError extends Error {}

/** A row has the wrong number of columns, or is not CSV. */
export class InvalidRowError extends RowError {
  override readonly name = 'InvalidRowError';
}

/** A label is missing, not a number, or not allowed for the problem. */
export class InvalidLabelError extends RowError {
  override readonly name = 'InvalidLabelError';
}

/**
 * A prediction is missing, not a finite number or, with several classes, neither a class nor a probability for each
 * class.
 */
export class InvalidPredictionError extends RowError {
  override readonly name = 'InvalidPredictionError';
}

/** A weight is missing, negative, or not a number. */
export class InvalidWeightError extends RowError {
  override readonly name = 'InvalidWeightError';
}
