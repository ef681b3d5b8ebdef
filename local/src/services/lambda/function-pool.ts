import { availableParallelism } from 'node:os';
import type { FunctionProcess, InvocationResult } from './function-process';

/** If this many processes of a function are busy, a call first waits until one of them is free. */
const MOST_PROCESSES = Math.ceil(availableParallelism() / 2);

/**
 * Maximum time in which no process becomes free. After this time, each waiting call starts a process of its own. So
 * long calls, and calls that depend on each other, run in parallel, as on AWS.
 */
const PATIENCE_MS = 5000;

/** Time after which an idle process is ended, because a process takes tens of megabytes. */
const IDLE_MS = 30_000;

/** The processes of a function. A call uses a warm process if there is one. */
export class FunctionPool {
  /** The idle processes, each with the timer that ends it. */
  private readonly idle = new Map<FunctionProcess, NodeJS.Timeout>();
  private readonly busy = new Set<FunctionProcess>();
  /** Calls that wait for a process, in order. A call receives undefined if it has to start a process itself. */
  private readonly waiting = new Set<(process: FunctionProcess | undefined) => void>();
  private patience: NodeJS.Timeout | undefined;
  private wasPrepared = false;
  private isClosed = false;

  constructor(
    private readonly startProcess: () => FunctionProcess,
    private readonly most = MOST_PROCESSES,
    private readonly patienceMs = PATIENCE_MS,
    private readonly idleMs = IDLE_MS,
  ) {}

  /** Starts a process before the first call, so that the call does not have to wait for it. */
  public prepare(): void {
    if (this.wasPrepared || this.busy.size > 0 || this.idle.size > 0) return;
    const process = this.start();
    process.prepare();
    this.keep(process);
  }

  /** Runs the function. */
  public async invoke(payload: string): Promise<InvocationResult> {
    const isFull = this.busy.size >= this.most;
    const process = this.takeIdle() ?? (isFull ? await this.turn() : undefined) ?? this.start();
    this.busy.add(process);
    try {
      return await process.invoke(payload);
    } finally {
      this.release(process);
    }
  }

  /** Ends all processes. Later calls fail. */
  public close(): void {
    this.isClosed = true;
    clearTimeout(this.patience);
    for (const take of [...this.waiting]) take(undefined);
    for (const process of [...this.busy, ...this.idle.keys()]) process.close();
    for (const timer of this.idle.values()) clearTimeout(timer);
    this.idle.clear();
  }

  private start(): FunctionProcess {
    if (this.isClosed) throw new Error('local mode is closing');
    this.wasPrepared = true;
    return this.startProcess();
  }

  private takeIdle(): FunctionProcess | undefined {
    for (const [process, timer] of [...this.idle].reverse()) {
      clearTimeout(timer);
      this.idle.delete(process);
      if (process.isAlive) return process;
    }
    return undefined;
  }

  private keep(process: FunctionProcess): void {
    const end = (): void => {
      this.idle.delete(process);
      process.close();
    };
    this.idle.set(process, setTimeout(end, this.idleMs).unref());
  }

  /** Waits for a process. @returns undefined when the call has to start one */
  private turn(): Promise<FunctionProcess | undefined> {
    return new Promise((resolve) => {
      const take = (process: FunctionProcess | undefined): void => {
        this.waiting.delete(take);
        resolve(process);
      };
      this.waiting.add(take);
      if (this.waiting.size === 1) this.renewPatience();
    });
  }

  private renewPatience(): void {
    clearTimeout(this.patience);
    if (this.waiting.size === 0) return;
    this.patience = setTimeout(() => {
      for (const take of [...this.waiting]) take(undefined);
    }, this.patienceMs);
  }

  /**
   * Passes a process on to the next waiting call. If no call is waiting, keeps the process, unless there are too many.
   */
  private release(process: FunctionProcess): void {
    const [next] = this.waiting;
    if (next && process.isAlive) next(process);
    else {
      this.busy.delete(process);
      next?.(undefined);
      if (process.isAlive) this.keepOrEnd(process);
    }
    this.renewPatience();
  }

  private keepOrEnd(process: FunctionProcess): void {
    if (this.busy.size + this.idle.size >= this.most) process.close();
    else this.keep(process);
  }
}
