/** An item, or a batch of items, of a Map state. */
export interface MapItemName {
  /** Name of the Map state. */
  readonly map: string;
  /** From 0. */
  readonly index: number;
  /** Short text that tells a person which item it is. */
  readonly label: string;
}

/** Where something runs that belongs to an item of a Map. */
export interface MapPlace {
  /** The execution with the outermost Map: not a child execution, and not one that an item has started. */
  readonly executionArn: string;
  /** The item, and those of the Maps around it: the outermost first. */
  readonly path: readonly MapItemName[];
}

/** What has become of an item. */
export interface MapItemState extends MapPlace {
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly error?: string;
  readonly cause?: string;
  /** How many items, or batches, the Map has. */
  readonly total: number;
}
