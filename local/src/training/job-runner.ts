import { linkedController } from '../linked-controller';
import { failedFor, internalErrorReason } from './failure-reason';
import { JobError } from './job-folder';
import type { TrainingOutcome } from './job-types';

/** The job's properties that the runner uses. */
interface StoppableTask {
  readonly signal: AbortSignal;
}

/**
 * Waits for a promise, or until the signal aborts. The underlying work continues for other callers.
 *
 * @throws Error if the signal aborts while the promise is pending
 */
export async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new Error('the job was stopped'));
  });
  promise.catch(() => undefined); // prevents an unhandled rejection
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Runs jobs with limited parallelism. Every failure becomes the job's outcome. */
export class JobRunner<Task extends StoppableTask> {
  private readonly closing = new AbortController();
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  /** @param limit maximum number of parallel jobs; further jobs wait for their turn */
  constructor(private readonly limit: number) {}

  /** Signal that aborts when the trainer closes, because the jobs' results are no longer needed. */
  public get closed(): AbortSignal {
    return this.closing.signal;
  }

  /** Runs a job when its turn comes. The job's signal also aborts when the trainer closes. */
  public async run(task: Task, job: (task: Task) => Promise<TrainingOutcome>): Promise<TrainingOutcome> {
    const { controller, release } = linkedController(this.closing.signal);
    const signal = AbortSignal.any([task.signal, controller.signal]);
    const outcome = this.runInTurn({ ...task, signal }, job);
    this.underWay.add(outcome);
    try {
      return await outcome;
    } catch (error) {
      // The abort interrupted the preparation of the job.
      if (signal.aborted) return { status: 'Stopped' };
      const { message } = error as Error;
      return failedFor(error instanceof JobError ? message : internalErrorReason(message));
    } finally {
      release();
      this.underWay.delete(outcome);
    }
  }

  /** Stops all jobs and waits until they have ended. */
  public async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled(this.underWay);
  }

  private async runInTurn(
    task: Task,
    job: (task: Task) => Promise<TrainingOutcome>,
  ): Promise<TrainingOutcome> {
    if (!(await this.enter(task.signal))) return { status: 'Stopped' };
    try {
      return await job(task);
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }

  /** Waits for a turn; false if the signal aborts first. */
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
