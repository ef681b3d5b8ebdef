import { failedFor, internalErrorReason } from './failure-reason';
import { JobError } from './job-folder';
import type { TrainingOutcome, TrainingTask } from './trainer';

/**
 * What a promise gives, unless the signal comes first: whatever makes it goes on, for others that wait for it.
 *
 * @throws Error when the signal came first
 */
export async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new Error('the job was stopped'));
  });
  promise.catch(() => undefined); // nobody may be left to hear of it
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Runs the jobs of a trainer, so many at once; whatever happens to a job is its outcome. */
export class JobRunner {
  private readonly closing = new AbortController();
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  /** @param limit how many jobs run at once; further ones wait for their turn */
  constructor(private readonly limit: number) {}

  /** Aborted when the trainer closes: nobody waits for the jobs any more. */
  public get closed(): AbortSignal {
    return this.closing.signal;
  }

  /** Runs a job when there is a place for it; its signal comes when the trainer closes, too. */
  public async run(
    task: TrainingTask,
    job: (task: TrainingTask) => Promise<TrainingOutcome>,
  ): Promise<TrainingOutcome> {
    const signal = AbortSignal.any([task.signal, this.closing.signal]);
    const outcome = this.runInTurn({ ...task, signal }, job);
    this.underWay.add(outcome);
    try {
      return await outcome;
    } catch (error) {
      // Its preparation was cut short.
      if (signal.aborted) return { status: 'Stopped' };
      const { message } = error as Error;
      return failedFor(error instanceof JobError ? message : internalErrorReason(message));
    } finally {
      this.underWay.delete(outcome);
    }
  }

  /** Stops all jobs and waits for their ends. */
  public async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled(this.underWay);
  }

  private async runInTurn(
    task: TrainingTask,
    job: (task: TrainingTask) => Promise<TrainingOutcome>,
  ): Promise<TrainingOutcome> {
    if (!(await this.enter(task.signal))) return { status: 'Stopped' };
    try {
      return await job(task);
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }

  /** Waits for a place; false when the signal came first. */
  private enter(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    if (this.running < this.limit) {
      this.running += 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const leave = () => {
        this.waiting.splice(this.waiting.indexOf(begin), 1);
        resolve(false);
      };
      const begin = () => {
        signal.removeEventListener('abort', leave);
        this.running += 1;
        resolve(true);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.waiting.push(begin);
    });
  }
}
