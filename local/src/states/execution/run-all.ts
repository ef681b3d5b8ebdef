import { Stop } from './frame';

/**
 * Runs jobs side by side; the first that fails stops the others.
 *
 * @param limit how many run at once
 * @returns the results in the order of the jobs
 */
export async function runAll<T>(
  count: number,
  limit: number,
  parent: AbortSignal,
  run: (index: number, signal: AbortSignal) => Promise<T>,
): Promise<T[]> {
  const siblings = new AbortController();
  const signal = AbortSignal.any([parent, siblings.signal]);
  const results = new Map<number, T>();
  let next = 0;
  let failure: { readonly reason: unknown } | undefined;
  const work = async () => {
    while (next < count && !signal.aborted) {
      const index = next++;
      try {
        results.set(index, await run(index, signal));
      } catch (reason) {
        failure ??= { reason };
        siblings.abort(new Stop());
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, count) }, work));
  if (failure) throw failure.reason;
  parent.throwIfAborted();
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}
