/** Maximum delay of Node.js's timers, 24 days. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Calls back after a number of seconds. @returns a function that cancels the call */
export function startTimeLimit(seconds: number, onEnd: () => void): () => void {
  const timer = setTimeout(onEnd, Math.min(seconds * 1000, LONGEST_TIMER_MS));
  timer.unref();
  return () => clearTimeout(timer);
}

/** A time limit that can be paused. */
export class TimeBudget {
  private leftSeconds: number;
  private pauseLimit: (() => void) | undefined;

  constructor(
    seconds: number,
    private readonly onEnd: () => void,
  ) {
    this.leftSeconds = seconds;
  }

  /** Starts or continues counting. */
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
