import { steadyNow } from '../steady-clock';

/** The interpreter's clock. Tests replace it. */
export interface Clock {
  now(): Date;
  /** Waits for a number of milliseconds. Rejects with the signal's reason as soon as the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Maximum delay of Node's timers. */
const LONGEST_TIMER = 2_147_483_647;

/** The system clock, except that it never goes back. */
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
