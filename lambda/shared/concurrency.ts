/** How many items of a fleet run at the same time, and the quotas that allow it. */
export interface Concurrency {
  /** Before the quotas were read. */
  readonly requested: number;
  readonly maxConcurrency: number;
  /** The quotas, with what one item uses of them: the most of all items that fit. */
  readonly quotas: readonly { readonly name: string; readonly value: number; readonly itemUses: number }[];
  /** Number of items that cannot start, because each of them alone needs more than a quota. */
  readonly tooLarge?: number;
  /** Names of the quotas whose values are unknown. */
  readonly unknown?: readonly string[];
  /** Why they are unknown. */
  readonly error?: string;
}
