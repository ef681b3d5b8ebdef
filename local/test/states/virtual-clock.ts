import { evaluator } from '../../src/evaluator/evaluator';
import type { Clock } from '../../src/states';

interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
}

/** A clock that stands still while code runs and then jumps to the time of the earliest wait. */
export class VirtualClock implements Clock {
  private readonly sleepers = new Set<Sleeper>();
  private ticking = false;

  constructor(private time = Date.parse('2030-01-01T00:00:00Z')) {}

  now(): Date {
    return new Date(this.time);
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = () => {
        this.sleepers.delete(sleeper);
        reject(signal.reason);
      };
      const wake = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const sleeper = { wakesAt: this.time + milliseconds, wake };
      this.sleepers.add(sleeper);
      signal.addEventListener('abort', onAbort, { once: true });
      this.tick();
    });
  }

  /**
   * Ends the earliest wait. `setImmediate` calls this method when all promises have settled and only waits are left. If
   * the evaluator process is busy, `tick` runs again later.
   */
  private tick(): void {
    if (this.ticking) return;
    this.ticking = true;
    setImmediate(() => {
      this.ticking = false;
      if (evaluator.isBusy) {
        setTimeout(() => this.tick(), 1);
        return;
      }
      const [next] = [...this.sleepers].sort((a, b) => a.wakesAt - b.wakesAt);
      if (!next) return;
      this.sleepers.delete(next);
      this.time = Math.max(this.time, next.wakesAt);
      next.wake();
      if (this.sleepers.size > 0) this.tick();
    });
  }
}
