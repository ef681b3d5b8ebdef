/** Size of the output, and the current time. */
export interface Screen {
  readonly rows: number;
  readonly columns: number;
  /** Epoch seconds. */
  readonly now: number;
}

/** Width of standard output. Piped output has no maximum width. */
export function outputColumns(): number {
  return process.stdout.columns ?? Number.POSITIVE_INFINITY;
}

/** An unlimited screen size, for output to a file and for the final state of a table. */
export const UNLIMITED = { rows: Number.POSITIVE_INFINITY, columns: Number.POSITIVE_INFINITY };
