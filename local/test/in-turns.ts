/** Limits the number of tasks that run at once. Other tasks wait for their turn. */
export function inTurns(most: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  const running = new Set<Promise<unknown>>();
  return async (task) => {
    while (running.size >= most) await Promise.race(running);
    const run = task().finally(() => running.delete(run));
    running.add(run);
    return run;
  };
}
