/** Instance time and cost of an item or an execution. */
export interface Usage {
  readonly instanceSeconds: number;
  /** Cost in the currency of the prices; missing if there are no prices. */
  readonly cost?: number;
}

/** Adds up usages. The sum has a cost only if every usage has one. */
export function sumOfUsages(usages: readonly Usage[]): Usage {
  const instanceSeconds = usages.reduce((sum, usage) => sum + usage.instanceSeconds, 0);
  if (usages.some(({ cost }) => cost === undefined)) return { instanceSeconds };
  return { instanceSeconds, cost: usages.reduce((sum, { cost = 0 }) => sum + cost, 0) };
}
