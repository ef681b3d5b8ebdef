/** An item, or a batch of items, of a Map state. */
export interface MapItemName {
  /** Name of the Map state. */
  readonly map: string;
  /** Starts at 0. */
  readonly index: number;
  /** Short label that identifies the item for the user. */
  readonly label: string;
}

/** Identifies the Map item that something runs for. */
export interface MapPlace {
  /** ARN of the execution with the outermost Map: neither a child execution, nor one that an item started. */
  readonly executionArn: string;
  /** The item and those of the enclosing Maps, outermost first. */
  readonly path: readonly MapItemName[];
}

/** The state of an item. */
export interface MapItemState extends MapPlace {
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly error?: string;
  readonly cause?: string;
  /** Number of items, or batches, of the Map. */
  readonly total: number;
}
