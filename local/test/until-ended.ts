import { isProcessAlive } from '../src/local-folder/process-alive';

/** Time limit in milliseconds, shorter than the time that the tests' processes would run if nothing ended them. */
const LIMIT = 20_000;

/**
 * Waits until the processes have ended. This function polls, because a killed process may take a moment to disappear,
 * and only its parent can wait for it. @throws if one of the processes still runs after 20 s
 */
export async function untilEnded(...ids: readonly number[]): Promise<void> {
  const end = performance.now() + LIMIT;
  while (ids.some(isProcessAlive)) {
    if (performance.now() > end) throw new Error(`some of the processes ${ids.join(', ')} are still running`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
