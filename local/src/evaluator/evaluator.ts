import { type ChildProcess, fork } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { join } from 'node:path';

const HOST = join(__dirname, 'host.cjs');

/** Milliseconds that one request may take: nobody knows AWS's limit. */
const TIME_LIMIT = 5_000;

/** Milliseconds after which a process that has nothing to do is ended. */
const IDLE_LIMIT = 10_000;

/**
 * The megabytes of the heap. More than the process may take in all, so that the thread that watches the memory comes
 * first: V8 would abort the process, with a core dump.
 */
const HEAP_MEGABYTES = 512;

/** The signal with which the process ends itself when it takes too much memory: see `memory-watch.cjs`. */
const MEMORY_SIGNAL = 'SIGUSR2';

/** An expression that has reached a limit, and was ended. */
export class LimitReached extends Error {
  constructor(readonly limit: 'time' | 'memory') {
    super(`the evaluation has reached its limit of ${limit}`);
  }
}

interface Waiting {
  readonly message: { readonly task: string; readonly request: unknown };
  readonly signal: AbortSignal | undefined;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** Whether the process that was asked first has ended for no reason known here. */
  isSecondTry?: true;
}

/**
 * Evaluates expressions of users in a process of its own, which is ended when one takes too long or too much memory:
 * neither can be limited in the process that runs everything else. It starts with the first request.
 */
export class Evaluator {
  private child: ChildProcess | undefined;
  /** Requests that have no answer yet, in their order; the process has all of them. */
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** The request over which this has ended the process. */
  private endedFor: Waiting | undefined;

  /** @param timeLimit milliseconds that a request may take */
  constructor(private readonly timeLimit = TIME_LIMIT) {}

  /** Whether a request waits for its answer. */
  get isBusy(): boolean {
    return this.waiting.length > 0;
  }

  /** Starts the process ahead of the first request. */
  warm(): void {
    this.child ??= this.start();
    if (!this.isBusy) this.begin();
  }

  /**
   * Evaluates a request.
   *
   * @param task the entry of `TASKS` in `host.cjs`
   * @param signal ends the evaluation
   * @throws LimitReached
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
    // As many as there are states that evaluate something at once.
    if (signal) setMaxListeners(0, signal);
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      return (await answer) as Answer;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /** Ends the process, unless somebody waits for it, and waits for its end. The next request starts another one. */
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

  /** The process turns to the first of the requests that wait. */
  private begin(): void {
    clearTimeout(this.timer);
    const [first] = this.waiting;
    this.keepAlive(first !== undefined);
    if (first === undefined) this.timer = setTimeout(() => void this.close(), IDLE_LIMIT).unref();
    else if (first.signal?.aborted) this.end(first);
    else this.timer = setTimeout(() => this.end(first), this.timeLimit);
  }

  /** Local mode does not wait for a process that does nothing. */
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
      // A group of its own: Ctrl-C goes to all processes of the terminal's, and would end this one while it starts.
      detached: true,
    });
    child.on('message', (answer) => {
      this.waiting.shift()?.resolve(answer);
      this.begin();
    });
    // After the last of its messages, which `exit` may come before.
    child.on('close', (_code, signal) => this.startAgain(child, signal === MEMORY_SIGNAL));
    child.on('error', (error) => this.startAgain(child, false, error));
    return child;
  }

  private end(waiting: Waiting): void {
    this.endedFor = waiting;
    this.child?.kill('SIGKILL');
  }

  /** The process has ended over its first request, or by accident; the other requests have done nothing. */
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
      // Somebody else has ended the process, perhaps before it could read the request.
      culprit.isSecondTry = true;
      this.send(culprit);
    }
    for (const each of waiting) if (each !== culprit && !each.signal?.aborted) this.send(each);
  }
}

/** The evaluator of this process. */
export const evaluator = new Evaluator();
