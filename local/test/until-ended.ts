import { isProcessAlive } from '../src/local-folder/process-alive';

/** Milliseconds. Shorter than the tests' processes would run if nobody ended them. */
const LIMIT = 20_000;

/**
 * Waits until the processes have ended. A killed process may take a moment to disappear, and only its parent can wait
 * for it. @throws if they still run after 20 s
 */
export async function untilEnded(...ids: readonly number[]): Promise<void> {
  const end = performance.now() + LIMIT;
  while (ids.some(isProcessAlive)) {
    if (performance.now() > end) throw new Error(`of the processes ${ids.join(', ')} some still run`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
