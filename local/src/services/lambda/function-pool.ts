import { availableParallelism } from 'node:os';
import type { FunctionProcess, InvocationResult } from './function-process';

/** If this many processes of a function are busy, a call first waits for one of them. */
const MOST_PROCESSES = Math.ceil(availableParallelism() / 2);

/**
 * How long such a call waits before it starts another process. In this way, calls that take long, or that wait for each
 * other, run in parallel, as on AWS.
 */
const PATIENCE_MS = 5000;

/** The processes of a function. A call uses a warm process if there is one. */
export class FunctionPool {
  private readonly idle: FunctionProcess[] = [];
  private readonly busy = new Set<FunctionProcess>();
  /** Calls that wait for a process, in order. They receive undefined if they have to start one. */
  private readonly waiting = new Set<(process: FunctionProcess | undefined) => void>();
  private isClosed = false;

  constructor(
    private readonly startProcess: () => FunctionProcess,
    private readonly most = MOST_PROCESSES,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** Starts a process if there is none, so that the first call does not have to wait for its start. */
  public prepare(): void {
    if (this.busy.size > 0 || this.idle.some(({ isAlive }) => isAlive)) return;
    const process = this.start();
    process.prepare();
    this.idle.push(process);
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
    for (const take of [...this.waiting]) take(undefined);
    for (const process of [...this.busy, ...this.idle.splice(0)]) process.close();
  }

  private start(): FunctionProcess {
    if (this.isClosed) throw new Error('local mode is closing');
    return this.startProcess();
  }

  private takeIdle(): FunctionProcess | undefined {
    let process = this.idle.pop();
    while (process !== undefined && !process.isAlive) process = this.idle.pop();
    return process;
  }

  /** Waits for a process. @returns undefined when the call has to start one */
  private turn(): Promise<FunctionProcess | undefined> {
    return new Promise((resolve) => {
      const take = (process: FunctionProcess | undefined): void => {
        clearTimeout(timer);
        this.waiting.delete(take);
        resolve(process);
      };
      const timer = setTimeout(() => take(undefined), this.patienceMs);
      this.waiting.add(take);
    });
  }

  /**
   * Passes a process on to the next waiting call. If no call is waiting, keeps the process, unless there are too many.
   */
  private release(process: FunctionProcess): void {
    const [next] = this.waiting;
    if (next && process.isAlive) {
      next(process);
      return;
    }
    this.busy.delete(process);
    next?.(undefined);
    if (!process.isAlive) return;
    if (this.busy.size + this.idle.length >= this.most) process.close();
    else this.idle.push(process);
  }
}
