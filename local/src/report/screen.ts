/** Size of the output, and the current time. */
export interface Screen {
  readonly rows: number;
  readonly columns: number;
  /** Epoch seconds. */
  readonly now: number;
}

/** For output without a window size: a file, or the final state. */
export const UNLIMITED = { rows: Number.POSITIVE_INFINITY, columns: Number.POSITIVE_INFINITY };
