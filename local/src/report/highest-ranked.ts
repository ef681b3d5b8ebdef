/**
 * So many items, in their order: those of the lowest rank first, and of one rank the last ones.
 *
 * @param rank how far back an item stands when there is no room for all
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
