/**
 * Keeps at most `most` items, in their original order. Prefers items with lower ranks. Among items with the same rank,
 * prefers later items.
 *
 * @param rank items with higher ranks are dropped first
 */
export function highestRanked<T>(items: readonly T[], most: number, rank: (item: T) => number): T[] {
  if (items.length <= most) return [...items];
  return items
    .map((item, index) => ({ item, index, rank: rank(item) }))
    .sort((one, other) => one.rank - other.rank || other.index - one.index)
    .slice(0, Math.max(0, most))
    .sort((one, other) => one.index - other.index)
    .map(({ item }) => item);
}
