/** Node.js's timers take no longer delays; nothing here runs for 24 days. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Calls back after a number of seconds; returns the function that calls it off. */
export function startTimeLimit(seconds: number, onEnd: () => void): () => void {
  const timer = setTimeout(onEnd, Math.min(seconds * 1000, LONGEST_TIMER_MS));
  timer.unref();
  return () => clearTimeout(timer);
}

/** A time limit that counts with pauses. */
export class TimeBudget {
  private leftSeconds: number;
  private pauseLimit: (() => void) | undefined;

  constructor(
    seconds: number,
    private readonly onEnd: () => void,
  ) {
    this.leftSeconds = seconds;
  }

  /** Lets it count, from the first call or after a pause. */
  public resume(): void {
    if (this.pauseLimit !== undefined) return;
    const since = performance.now();
    const callOff = startTimeLimit(this.leftSeconds, this.onEnd);
    this.pauseLimit = () => {
      callOff();
      this.leftSeconds = Math.max(0, this.leftSeconds - (performance.now() - since) / 1000);
    };
  }

  public pause(): void {
    this.pauseLimit?.();
    this.pauseLimit = undefined;
  }
}
