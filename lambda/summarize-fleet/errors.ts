// The names are part of the interface, like those in shared/errors.ts.

/** The Map has written no results. */
export class ResultsMissingError extends Error {
  override readonly name = 'ResultsMissing';
}
