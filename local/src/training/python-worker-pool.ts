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
  /**
   * Whether it runs in a process of its own that a worker forks once it has loaded the data: jobs with the same data share
   * its memory. For data that takes longer to load than a process to fork.
   *
   * @default false
   */
  readonly forks?: boolean;
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
 * jobs. A worker that dies takes its job with it and nothing else. Jobs that fork all do so in one worker.
 */
export class PythonWorkerPool {
  /** The last one is taken first. */
  private readonly idle: Worker[] = [];
  /** The worker that jobs fork in, while it runs such jobs. */
  private forking: { readonly worker: Worker; jobs: number } | undefined;
  private running = 0;
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
      const worker = await this.acquire(handlers.signal, job.forks);
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

  /** Waits for a worker that can take a job; undefined when the job is stopped before. */
  private async acquire(signal: AbortSignal, forks = false): Promise<Worker | undefined> {
    for (;;) {
      if (this.closed) {
        throw new Error('the trainer is closed');
      }
      if (signal.aborted) {
        return undefined;
      }
      if (this.running < this.maxWorkers) {
        this.running += 1;
        return forks ? this.acquireForking() : this.acquireIdle();
      }
      await this.turn(signal);
    }
  }

  private acquireIdle(): Worker {
    for (let worker = this.idle.pop(); worker !== undefined; worker = this.idle.pop()) {
      if (worker.isRunning) return worker;
      this.all.delete(worker);
    }
    return this.start();
  }

  private acquireForking(): Worker {
    if (!this.forking?.worker.isRunning) {
      this.forking = { worker: this.acquireIdle(), jobs: 0 };
    }
    this.forking.jobs += 1;
    return this.forking.worker;
  }

  private release(worker: Worker): void {
    this.running -= 1;
    const { forking } = this;
    if (worker === forking?.worker) {
      forking.jobs -= 1;
      if (forking.jobs === 0) this.forking = undefined;
    }
    if (!worker.isRunning) {
      this.all.delete(worker);
    } else if (worker !== this.forking?.worker) {
      this.idle.push(worker);
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

/** A job that runs. */
interface RunningJob {
  readonly onLog: (line: string) => void;
  /** Takes how it ended, or how its process did before. */
  readonly onEnd: (end: TrainingOutcome | ProcessEnd) => void;
}

/** One process and the jobs it runs: several only where they fork. */
class Worker {
  private readonly process: PythonProcess;
  private jobs = 0;
  private wasReady = false;
  private readonly running = new Map<number, RunningJob>();

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
      forced = setTimeout(() => {
        if (job.forks) this.process.send({ op: 'kill', job: number });
        else this.process.kill();
      }, stopGraceMilliseconds);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      const ended = new Promise<TrainingOutcome | ProcessEnd>((onEnd) => {
        this.running.set(number, { onLog, onEnd });
      });
      this.process.send({ op: 'train', job: number, ...job });
      const end = await Promise.race([ended, this.process.ended]);
      if ('status' in end) {
        return end;
      }
      return signal.aborted
        ? { status: 'Stopped' }
        : { status: 'Failed', failureReason: this.failureOf(end) };
    } finally {
      signal.removeEventListener('abort', stop);
      clearTimeout(forced);
      this.running.delete(number);
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

  private receive({ job, log, outcome, ended }: Record<string, unknown>): void {
    const running = this.running.get(job as number);
    if (running === undefined) {
      return;
    }
    if (Array.isArray(log)) {
      for (const line of log) {
        running.onLog(String(line));
      }
    } else if (outcome) {
      running.onEnd(outcome as TrainingOutcome);
    } else if (ended) {
      running.onEnd({ code: null, signal: null, lastWords: '', ...ended });
    }
  }
}
