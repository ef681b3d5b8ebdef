/** An item, or a batch of items, of a Map state. */
export interface MapItemName {
  /** Name of the Map state. */
  readonly map: string;
  /** Starts at 0. */
  readonly index: number;
  /** Short label that identifies the item for the user. */
  readonly label: string;
  /** The full key or name of the item, if the label shortens it. @default - the label */
  readonly id?: string;
}

/** Identifies the Map item for which an execution, a task or a job runs. */
export interface MapPlace {
  /**
   * ARN of the execution that runs the outermost Map. Never a child execution, and never an execution that an item
   * started.
   */
  readonly executionArn: string;
  /** The items of the enclosing Maps, outermost first, and the item itself. */
  readonly path: readonly MapItemName[];
}

/** A wait of a Map item after a failure. For an execution that waits outside of a Map, the path is empty. */
export interface FailureWait extends MapPlace {
  readonly failure: { readonly error?: string | undefined; readonly cause?: string | undefined };
}

/** An item and its status. */
export interface MapItemState extends MapPlace {
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly error?: string;
  readonly cause?: string;
  /** Number of items, or batches, of the Map. */
  readonly total: number;
}
