import { internalErrorReason } from './failure-reason';
import { describeEnd, exitCodeOf, MOST_PROCESSES, type ProcessEnd, PythonProcess } from './python-process';
import type { TrainingOutcome } from './trainer';

/**
 * How long a worker may take to stop a job by itself; then the process is ended. Much less than SageMaker's 120 seconds:
 * a job that is stopped saves nothing, unless it says so.
 */
const STOP_GRACE_MS = 2000;

/** A job for a worker: what its script makes of it. */
export interface WorkerJob {
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly channels: readonly { name: string; contentType?: string; files: readonly unknown[] }[];
  readonly workFolder: string;
  readonly threads: number;
  /** How long it may take to stop, for one that saves what it has. @default - 2 seconds */
  readonly stopGraceMilliseconds?: number;
}

/** What goes along with a job. */
export interface WorkerJobHandlers {
  readonly signal: AbortSignal;
  readonly onStart: () => void;
  readonly onLog: (line: string) => void;
}

/**
 * Warm worker processes of one Python environment. Each runs a job at a time and keeps the parsed data between
 * jobs. A worker that dies takes its job with it and nothing else.
 */
export class PythonWorkerPool {
  private readonly idle: Worker[] = [];
  private readonly all = new Set<Worker>();
  private readonly waiting = new Set<() => void>();
  private closed = false;

  /**
   * @param python the interpreter
   * @param maxWorkers how many processes there may be; further jobs wait
   * @param script what the workers run, of `local/python/`: it speaks as `training_worker.py` does
   */
  constructor(
    private readonly python: string,
    private readonly maxWorkers: number,
    private readonly script = 'xgboost_worker.py',
  ) {}

  /**
   * Starts workers ahead of the jobs, so that the first ones need not wait for imports.
   *
   * @returns resolves when they are ready; one that does not come up says so to the job that it gets
   */
  public async warm(workers: number): Promise<void> {
    while (this.all.size < Math.min(workers, this.maxWorkers)) {
      this.idle.push(this.start());
    }
    await Promise.all(this.idle.map((worker) => worker.settled));
  }

  /** Runs a job on an idle worker, or on a new one; on another one if that ends before it is ready. */
  public async run(job: WorkerJob, handlers: WorkerJobHandlers): Promise<TrainingOutcome> {
    for (let processes = 1; ; processes += 1) {
      const worker = await this.acquire(handlers.signal);
      if (worker === undefined) {
        return { status: 'Stopped' };
      }
      try {
        if (processes === 1) handlers.onStart();
        const outcome = await worker.run(job, handlers);
        if (worker.hasBeenReady || outcome.status !== 'Failed' || processes === MOST_PROCESSES) {
          return outcome;
        }
      } finally {
        this.release(worker);
      }
    }
  }

  /** Ends all workers, with the jobs they run. */
  public async close(): Promise<void> {
    this.closed = true;
    for (const go of [...this.waiting]) {
      go();
    }
    await Promise.all([...this.all].map((worker) => worker.close()));
  }

  /** Waits for a worker that has nothing to do; undefined when the job is stopped before. */
  private async acquire(signal: AbortSignal): Promise<Worker | undefined> {
    for (;;) {
      if (this.closed) {
        throw new Error('the trainer is closed');
      }
      if (signal.aborted) {
        return undefined;
      }
      const worker = this.idle.pop() ?? (this.all.size < this.maxWorkers ? this.start() : undefined);
      if (worker?.isRunning) {
        return worker;
      }
      if (worker) {
        this.all.delete(worker);
      } else {
        await this.turn(signal);
      }
    }
  }

  private release(worker: Worker): void {
    if (worker.isRunning) {
      this.idle.push(worker);
    } else {
      this.all.delete(worker);
    }
    const [next] = this.waiting;
    next?.();
  }

  /** Resolves when a worker may be free, or the signal aborts. */
  private turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        this.waiting.delete(go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      this.waiting.add(go);
      signal.addEventListener('abort', go, { once: true });
    });
  }

  private start(): Worker {
    const worker = new Worker(this.python, this.script);
    this.all.add(worker);
    return worker;
  }
}

/** One process and the job it runs. */
class Worker {
  private readonly process: PythonProcess;
  private jobs = 0;
  private wasReady = false;
  private onLog: ((line: string) => void) | undefined;
  private onOutcome: ((outcome: TrainingOutcome) => void) | undefined;

  constructor(python: string, script: string) {
    this.process = new PythonProcess(python, script, (message) => this.receive(message));
    this.process.ready.then(
      () => {
        this.wasReady = true;
      },
      () => undefined, // its end tells
    );
  }

  public get isRunning(): boolean {
    return this.process.isRunning;
  }

  /** Whether the process came up, even if it has ended since. */
  public get hasBeenReady(): boolean {
    return this.wasReady;
  }

  /** Settles when the process is ready, or has ended before. */
  public get settled(): Promise<unknown> {
    return Promise.allSettled([this.process.ready]);
  }

  public async run(
    { stopGraceMilliseconds = STOP_GRACE_MS, ...job }: WorkerJob,
    { signal, onLog }: WorkerJobHandlers,
  ): Promise<TrainingOutcome> {
    this.jobs += 1;
    const number = this.jobs;
    let forced: NodeJS.Timeout | undefined;
    const stop = () => {
      this.process.send({ op: 'stop', job: number });
      // Native code that loads data or builds a large tree cannot be interrupted.
      forced = setTimeout(() => this.process.kill(), stopGraceMilliseconds);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      const outcome = new Promise<TrainingOutcome>((resolve) => {
        this.onLog = onLog;
        this.onOutcome = resolve;
      });
      this.process.send({ op: 'train', job: number, ...job });
      const result = await Promise.race([outcome, this.process.ended]);
      if ('status' in result) {
        return result;
      }
      return signal.aborted
        ? { status: 'Stopped' }
        : { status: 'Failed', failureReason: this.failureOf(result) };
    } finally {
      signal.removeEventListener('abort', stop);
      clearTimeout(forced);
      this.onLog = undefined;
      this.onOutcome = undefined;
    }
  }

  public async close(): Promise<void> {
    await this.process.close();
  }

  /** A process that dies in a job is the algorithm's fault, as in a container; one that never came up is not. */
  private failureOf(end: ProcessEnd): string {
    const what = `the training process ${describeEnd(end)}`;
    return this.wasReady
      ? `AlgorithmError: ${what}, exit code: ${exitCodeOf(end)}`
      : internalErrorReason(what);
  }

  private receive(message: Record<string, unknown>): void {
    if (message.job !== this.jobs) {
      return;
    }
    if (Array.isArray(message.log)) {
      for (const line of message.log) {
        this.onLog?.(String(line));
      }
    } else if (message.outcome) {
      this.onOutcome?.(message.outcome as TrainingOutcome);
    }
  }
}
