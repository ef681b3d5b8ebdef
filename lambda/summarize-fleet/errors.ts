// The names of these errors are part of the interface: see shared/errors.ts.

/** The Map state has written no results. */
export class ResultsMissingError extends Error {
  override readonly name = 'ResultsMissing';
}
