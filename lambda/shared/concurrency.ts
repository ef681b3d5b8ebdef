/** The number of items of a fleet that run at the same time, and the quotas that limit it. */
export interface Concurrency {
  /** The concurrency that the user asks for. */
  readonly requested: number;
  readonly maxConcurrency: number;
  /**
   * The quotas that were checked. `itemUses` is the largest use by a single item. Items that exceed a quota on their
   * own are ignored.
   */
  readonly quotas: readonly { readonly name: string; readonly value: number; readonly itemUses: number }[];
  /** Number of items that cannot start, because each of them exceeds a quota on its own. */
  readonly tooLarge?: number;
  /** Names of the quotas whose values are unknown. */
  readonly unknown?: readonly string[];
  /** Why the quotas' values are unknown. */
  readonly error?: string;
}
