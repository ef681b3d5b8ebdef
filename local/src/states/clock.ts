import { steadyNow } from '../steady-clock';

/** Time as the interpreter sees it; tests put their own in its place. */
export interface Clock {
  now(): Date;
  /** Resolves after the time, and rejects with the signal's reason as soon as it aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Node's timers cannot be longer than this. */
const LONGEST_TIMER = 2_147_483_647;

/** The clock on the wall, which is not set back. */
export const systemClock: Clock = {
  now: () => new Date(steadyNow()),
  async sleep(milliseconds, signal) {
    for (let left = milliseconds; left > 0; left -= LONGEST_TIMER) {
      await oneTimer(Math.min(left, LONGEST_TIMER), signal);
    }
  },
};

function oneTimer(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
