import { linkedController } from '../../linked-controller';
import { Stop } from './stop';

/**
 * Runs jobs in parallel. The first failure stops the others.
 *
 * @param limit the maximum number of parallel jobs
 * @param run also receives the worker's number. Each worker runs one job at a time
 * @returns the results in the order of the jobs
 */
export async function runAll<Job, Result>(
  jobs: readonly Job[],
  limit: number,
  parent: AbortSignal,
  run: (job: Job, signal: AbortSignal, index: number, worker: number) => Promise<Result>,
): Promise<Result[]> {
  const { controller: siblings, release } = linkedController(parent);
  const { signal } = siblings;
  const results: Result[] = [];
  const queue = jobs.entries();
  let failure: { readonly reason: unknown } | undefined;
  const work = async (_: unknown, worker: number) => {
    for (const [index, job] of queue) {
      if (signal.aborted) return;
      try {
        results[index] = await run(job, signal, index, worker);
      } catch (reason) {
        failure ??= { reason };
        siblings.abort(new Stop());
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, jobs.length) }, () => undefined).map(work));
  release();
  if (failure) throw failure.reason;
  parent.throwIfAborted();
  return results;
}
