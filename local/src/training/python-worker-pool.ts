import { internalErrorReason } from './failure-reason';
import type { BatchSettings } from './model-server';
import { describeEnd, exitCodeOf, MOST_PROCESSES, type ProcessEnd, PythonProcess } from './python-process';
import type { TrainingOutcome } from './trainer';

/**
 * How long a worker may take to stop a job before its process is killed. Much less than SageMaker's 120
 * seconds, because most stopped jobs save nothing.
 */
const STOP_GRACE_MS = 2000;

/** A job for a worker. The worker's script defines the members of the job. */
export type WorkerJob = TrainingMessage | TransformMessage;

/** Members of every job. */
interface JobMessage {
  readonly workFolder: string;
  readonly threads: number;
  /**
   * Whether the job runs in a process that a worker forks after loading the data. Jobs with the same data share the
   * memory of the data. Forking saves time if loading the data takes longer than forking.
   *
   * @default false
   */
  readonly forks?: boolean;
  /** How long the job may take to stop, if it saves its model when stopped. @default - 2 seconds */
  readonly stopGraceMilliseconds?: number;
}

/** A training job for a worker. */
export interface TrainingMessage extends JobMessage {
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly channels: readonly { name: string; contentType?: string; files: readonly unknown[] }[];
  /** Folder of the job's checkpoints. Only for XGBoost. @default - no checkpoints */
  readonly checkpointFolder?: string;
}

/** A transform job for a worker. */
export interface TransformMessage extends JobMessage {
  readonly transform: BatchSettings & {
    readonly modelFolder: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly files: readonly { readonly path: string; readonly name: string }[];
    /** Folder of the outputs. The output of file number n is a file named n. */
    readonly outputFolder: string;
  };
}

/** Callbacks of a job. */
export interface WorkerJobHandlers {
  readonly signal: AbortSignal;
  readonly onStart: () => void;
  readonly onLog: (line: string) => void;
}

/**
 * Warm worker processes of a Python environment. Each runs one job at a time and caches the parsed data
 * between jobs. If a worker dies, only its own job fails. All jobs that fork use the same worker.
 */
export class PythonWorkerPool {
  /** Idle workers. The worker that became idle last is used first. */
  private readonly idle: Worker[] = [];
  /** The worker that forks jobs; undefined while no such job is running. */
  private forking: { readonly worker: Worker; jobs: number } | undefined;
  private running = 0;
  private readonly all = new Set<Worker>();
  private readonly waiting = new Set<() => void>();
  private closed = false;

  /**
   * @param python the interpreter
   * @param maxWorkers maximum number of processes; further jobs wait
   * @param script script in `local/python/` with the protocol of `training_worker.py`
   */
  constructor(
    private readonly python: string,
    private readonly maxWorkers: number,
    private readonly script = 'xgboost_worker.py',
  ) {}

  /**
   * Starts workers early, so that the first jobs need not wait for imports.
   *
   * @returns resolves when the workers are ready or have failed to start. The first job of a failed worker reports
   *   the error
   */
  public async warm(workers: number): Promise<void> {
    while (this.all.size < Math.min(workers, this.maxWorkers)) {
      this.idle.push(this.start());
    }
    await Promise.all(this.idle.map((worker) => worker.settled));
  }

  /**
   * Runs a job on an idle worker or a new one. Uses another worker if the first one ends before it is ready.
   */
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

  /** Ends all workers and their jobs. */
  public async close(): Promise<void> {
    this.closed = true;
    for (const go of [...this.waiting]) {
      go();
    }
    await Promise.all([...this.all].map((worker) => worker.close()));
  }

  /** Waits for a worker that can take a job; undefined if the job is stopped first. */
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
      this.endIdle();
    }
    this.forking.jobs += 1;
    return this.forking.worker;
  }

  /** Ends idle workers: forked jobs do not use these workers, and need their memory for the data. */
  private endIdle(): void {
    for (const worker of this.idle.splice(0)) {
      void worker.close().then(() => this.all.delete(worker));
    }
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

/** A running job. */
interface RunningJob {
  readonly onLog: (line: string) => void;
  /** Receives the job's outcome. If the process ends before the job, receives how the process ended. */
  readonly onEnd: (end: TrainingOutcome | ProcessEnd) => void;
}

/** A worker process and its jobs. Only a worker that forks can have several jobs. */
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
      () => undefined, // reported when it ends
    );
  }

  public get isRunning(): boolean {
    return this.process.isRunning;
  }

  /** Whether the process has ever been ready. */
  public get hasBeenReady(): boolean {
    return this.wasReady;
  }

  /** Resolves when the process is ready or has ended. */
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
      // Kills the process, because native code that loads data or builds a large tree cannot be interrupted.
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

  /**
   * The failure reason when a process ends: an algorithm error if the process ends during a job, as in a container; an
   * internal error if the process never started.
   */
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
