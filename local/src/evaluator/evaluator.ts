import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

const HOST = join(__dirname, 'host.cjs');

/** Milliseconds that one request may take: nobody knows AWS's limit. */
const TIME_LIMIT = 5_000;

/**
 * The megabytes of the heap. More than the process may take in all, so that the thread that watches the memory comes
 * first: V8 would abort the process, with a core dump.
 */
const HEAP_MEGABYTES = 512;

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
}

/**
 * Evaluates expressions of users in a process of its own, which is ended when one takes too long or too much memory:
 * neither can be limited in the process that runs everything else. It starts with the first request and stays.
 */
export class Evaluator {
  private child: ChildProcess | undefined;
  /** Requests that have no answer yet, in their order; the process has all of them. */
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;
  private limit: 'time' | 'memory' = 'memory';

  /** Whether a request waits for its answer. */
  get isBusy(): boolean {
    return this.waiting.length > 0;
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
        if (this.waiting[0] === waiting) this.end('time');
      };
      this.send(waiting);
    });
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      return (await answer) as Answer;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
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
    if (first?.signal?.aborted) this.end('time');
    else if (first) this.timer = setTimeout(() => this.end('time'), TIME_LIMIT);
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
    });
    this.limit = 'memory';
    child.on('message', (answer) => {
      this.waiting.shift()?.resolve(answer);
      this.begin();
    });
    // After the last of its messages, which `exit` may come before.
    child.on('disconnect', () => this.startAgain(child, new LimitReached(this.limit)));
    child.on('error', (error) => this.startAgain(child, error));
    return child;
  }

  private end(limit: 'time' | 'memory'): void {
    this.limit = limit;
    this.child?.kill('SIGKILL');
  }

  /** The process has ended over the first request; the others have done nothing. */
  private startAgain(child: ChildProcess, reason: unknown): void {
    if (this.child !== child) return;
    this.child = undefined;
    const [first, ...others] = this.waiting;
    this.waiting = [];
    this.begin();
    first?.reject(reason);
    for (const each of others) if (!each.signal?.aborted) this.send(each);
  }
}

/** The evaluator of this process. */
export const evaluator = new Evaluator();
