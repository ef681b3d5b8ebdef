import { type ChildProcess, fork } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { join } from 'node:path';

const HOST = join(__dirname, 'host.cjs');

/**
 * Time limit of a request, in milliseconds, without the time in which the process starts. AWS does not document its
 * limit.
 */
const TIME_LIMIT = 5_000;

/** Milliseconds after which an idle process is ended. */
const IDLE_LIMIT = 10_000;

/**
 * Maximum heap size. It is higher than the limit of the memory watch, so that the watch ends the process before V8 aborts
 * it with a core dump.
 */
const HEAP_MEGABYTES = 512;

/** The signal with which the process ends itself when it takes too much memory; see `memory-watch.cjs`. */
const MEMORY_SIGNAL = 'SIGUSR2';

/** The first message of the process: it has loaded its code and reads requests. */
const READY = 'ready';

/** Thrown when an evaluation was ended because it reached a limit. */
export class LimitReached extends Error {
  constructor(readonly limit: 'time' | 'memory') {
    super(`the evaluation reached its limit of ${limit}`);
  }
}

interface Waiting {
  readonly message: { readonly task: string; readonly request: unknown };
  readonly signal: AbortSignal | undefined;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** Set when the request is sent again because the process that handled it ended for an unknown reason. */
  isSecondTry?: true;
}

/**
 * Evaluates user expressions in a separate process, which is ended when an expression takes too much time or memory. In
 * the main process, neither could be limited. The separate process starts with the first request.
 */
export class Evaluator {
  private child: ChildProcess | undefined;
  private isReady = false;
  /** Unanswered requests, in order. All have been sent to the process. */
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** The request for which the process was ended, because the request took too long or was aborted. */
  private endedFor: Waiting | undefined;

  /** @param timeLimit time limit of a request, in milliseconds */
  constructor(private readonly timeLimit = TIME_LIMIT) {}

  /** Whether a request is unanswered. */
  get isBusy(): boolean {
    return this.waiting.length > 0;
  }

  /** Starts the process before the first request. */
  warm(): void {
    this.child ??= this.start();
    if (!this.isBusy) this.begin();
  }

  /**
   * Evaluates a request.
   *
   * @param task name of an entry of `TASKS` in `host.cjs`
   * @param signal aborts the evaluation
   * @throws LimitReached when the evaluation takes too much time or memory
   */
  async evaluate<Answer>(task: string, request: unknown, signal?: AbortSignal): Promise<Answer> {
    signal?.throwIfAborted();
    let giveUp = (): void => undefined;
    const answer = new Promise<unknown>((resolve, reject) => {
      const waiting: Waiting = { message: { task, request }, signal, resolve, reject };
      giveUp = () => {
        reject(signal?.reason);
        if (this.waiting[0] === waiting) this.end(waiting);
      };
      this.send(waiting);
    });
    // Each state that is evaluating an expression adds a listener. By default, Node.js warns about many listeners.
    if (signal) setMaxListeners(0, signal);
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      return (await answer) as Answer;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /**
   * Ends the process and waits until it has ended. Does nothing while a request is unanswered. The next request
   * starts a new process.
   */
  async close(): Promise<void> {
    const { child } = this;
    if (child === undefined || this.waiting.some(({ signal }) => !signal?.aborted)) return;
    const isThere = child.exitCode === null && child.signalCode === null;
    const exit = isThere ? once(child, 'exit') : undefined;
    child.ref();
    if (!this.isBusy) {
      clearTimeout(this.timer);
      this.child = undefined;
      child.kill('SIGKILL');
    }
    await exit;
  }

  private send(waiting: Waiting): void {
    this.child ??= this.start();
    this.waiting.push(waiting);
    this.child.send(waiting.message);
    if (this.waiting.length === 1) this.begin();
  }

  /** Sets the time limit for the first waiting request. Once the process has started, it evaluates this request. */
  private begin(): void {
    clearTimeout(this.timer);
    const [first] = this.waiting;
    this.keepAlive(first !== undefined);
    if (first === undefined) this.timer = setTimeout(() => void this.close(), IDLE_LIMIT).unref();
    else if (first.signal?.aborted) this.end(first);
    else if (this.isReady) this.timer = setTimeout(() => this.endUnanswered(first), this.timeLimit);
  }

  /**
   * Ends the process if the request is still unanswered. First reads the responses that have arrived, because this
   * process may have been too busy to read them.
   */
  private endUnanswered(request: Waiting): void {
    setImmediate(() => {
      if (this.waiting[0] === request) this.end(request);
    });
  }

  /** An idle process must not keep local mode alive. */
  private keepAlive(isAlive: boolean): void {
    const method = isAlive ? 'ref' : 'unref';
    this.child?.[method]();
    this.child?.channel?.[method]();
  }

  private start(): ChildProcess {
    const child = fork(HOST, {
      execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // The child gets its own process group. Otherwise, Ctrl-C in the terminal would kill it while it starts.
      detached: true,
    });
    this.isReady = false;
    child.on('message', (message) => {
      // A replaced process no longer counts: its requests were sent again.
      if (this.child !== child) return;
      if (message === READY) this.isReady = true;
      else this.waiting.shift()?.resolve(message);
      this.begin();
    });
    // `close` comes after the last message; `exit` may come before it.
    child.on('close', (_code, signal) => this.startAgain(child, signal === MEMORY_SIGNAL));
    child.on('error', (error) => this.startAgain(child, false, error));
    return child;
  }

  private end(waiting: Waiting): void {
    this.endedFor = waiting;
    this.child?.kill('SIGKILL');
  }

  /**
   * Called when the process has ended, either because of the first waiting request or for an unknown reason. Sends the
   * other requests again, because the process had not started them.
   */
  private startAgain(child: ChildProcess, isMemory: boolean, error?: Error): void {
    if (this.child !== child) return;
    const { waiting, endedFor } = this;
    this.child = undefined;
    this.endedFor = undefined;
    this.waiting = [];
    this.begin();
    const culprit = endedFor ?? waiting[0];
    if (endedFor) {
      endedFor.reject(new LimitReached('time'));
    } else if (isMemory || culprit?.isSecondTry) {
      culprit?.reject(error ?? new LimitReached('memory'));
    } else if (culprit) {
      // The process ended for an unknown reason, perhaps before it read the request.
      culprit.isSecondTry = true;
      this.send(culprit);
    }
    for (const each of waiting) if (each !== culprit && !each.signal?.aborted) this.send(each);
  }
}

/** All code in this process shares this evaluator. */
export const evaluator = new Evaluator();
