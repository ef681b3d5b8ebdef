/** The room and the time that something is drawn for. */
export interface Screen {
  readonly rows: number;
  readonly columns: number;
  /** Epoch seconds. */
  readonly now: number;
}

/** Where there is no window: a file, or the lines that stay when all has ended. */
export const UNLIMITED = { rows: Number.POSITIVE_INFINITY, columns: Number.POSITIVE_INFINITY };
