/** Node.js's timers take no longer delays; nothing here runs for 24 days. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Calls back after a number of seconds; returns the function that calls it off. */
export function startTimeLimit(seconds: number, onEnd: () => void): () => void {
  const timer = setTimeout(onEnd, Math.min(seconds * 1000, LONGEST_TIMER_MS));
  timer.unref();
  return () => clearTimeout(timer);
}
