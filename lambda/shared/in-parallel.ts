/** Calls a function for each value, for at most `limit` values at the same time. */
export async function inParallel<Value>(
  values: Iterable<Value>,
  limit: number,
  use: (value: Value) => Promise<void>,
): Promise<void> {
  const queue = values[Symbol.iterator]();
  const work = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await use(next.value);
  };
  await Promise.all(Array.from({ length: limit }, work));
}
