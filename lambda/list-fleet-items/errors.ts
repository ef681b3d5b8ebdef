// The names of these errors are part of the interface: see shared/errors.ts.

/** The input of the execution has a field that is unknown or invalid. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInput';
}

/** No item can run, because a quota of the account is too low. */
export class QuotaTooLowError extends Error {
  override readonly name = 'QuotaTooLow';
}

/** The list cannot be read, or has items that are invalid. */
export class InvalidItemsError extends Error {
  override readonly name = 'InvalidItems';
}
