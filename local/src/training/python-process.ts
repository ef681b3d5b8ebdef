import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Folder of the Python side of local mode; the same from `src/` and from `dist/`. */
export const PYTHON_FOLDER = join(__dirname, '..', '..', 'python');

/** How a Python process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines of its standard error. */
  readonly lastWords: string;
}

/** A process that ends although it should not is started again, at most so often in a row that this many have ended. */
export const MOST_PROCESSES = 4;

const KEPT_LINES = 20;

/** How much of what is no message is shown. */
const SHOWN_CHARACTERS = 200;

/** How long a process may take to end when it is asked to; then it is ended. */
const CLOSE_GRACE_MS = 5000;

/**
 * A Python process that speaks JSON lines (`local/python/protocol.py`): a message a line, both ways.
 * It ends by itself when this process does, since its standard input then closes.
 */
export class PythonProcess {
  /** Settles when the process says it is ready; rejects when it ends before. */
  public readonly ready: Promise<Record<string, unknown>>;
  /** Settles when the process has ended. */
  public readonly ended: Promise<ProcessEnd>;
  private readonly child: ChildProcess;
  private readonly errorLines: string[] = [];
  private running = true;

  /**
   * @param python the interpreter
   * @param script file name below `local/python/`
   * @param onMessage takes every message but the first (`ready`)
   */
  constructor(
    python: string,
    script: string,
    onMessage: (message: Record<string, unknown>) => void,
    env: NodeJS.ProcessEnv = process.env,
  ) {
    this.child = spawn(python, [join(PYTHON_FOLDER, script)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        // Idle OpenMP threads spin by default: on a busy machine with few cores that made a training take 20
        // times as long (2 cores, 513 rounds: 6.4 s instead of 0.3 s; asleep: 0.5 s).
        OMP_WAIT_POLICY: 'PASSIVE',
        // Importing NumPy starts a BLAS thread for each core. They spin, and the few products of small matrices that are computed
        // here need none: one thread saves 0.17 s of processor time per process (2 cores).
        OPENBLAS_NUM_THREADS: '1',
        ...env,
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONIOENCODING: 'utf-8',
      },
    });
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null) => {
        this.running = false;
        resolve({ code, signal, lastWords: this.errorLines.join('\n') });
      };
      this.child.once('close', end);
      this.child.once('error', (error) => {
        this.errorLines.push(error.message);
        end(null, null);
      });
    });
    this.ready = new Promise((resolve, reject) => {
      let isReady = false;
      createInterface({ input: this.stream('stdout') }).on('line', (line) => {
        const message = this.parse(line);
        if (message === undefined) {
          return;
        }
        if (isReady) {
          onMessage(message);
        } else {
          isReady = true;
          resolve(message);
        }
      });
      void this.ended.then((end) => reject(new Error(`${python} ${script} ${describeEnd(end)}`)));
    });
    this.ready.catch(() => undefined); // whoever waits for it hears of it; nobody has to
    createInterface({ input: this.stream('stderr') }).on('line', (line) => {
      this.errorLines.push(line);
      if (this.errorLines.length > KEPT_LINES) {
        this.errorLines.shift();
      }
    });
    // Writing to a process that has just died must not end this one: `ended` tells.
    this.child.stdin?.on('error', () => undefined);
  }

  public get isRunning(): boolean {
    return this.running;
  }

  public get pid(): number | undefined {
    return this.child.pid;
  }

  /** Sends a message; lost when the process has ended. */
  public send(message: Record<string, unknown>): void {
    this.child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  /** Ends the process at once. */
  public kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Lets the process end and waits for it; one that does not listen is ended. */
  public async close(graceMilliseconds = CLOSE_GRACE_MS): Promise<void> {
    this.child.stdin?.end();
    const timer = setTimeout(() => this.kill(), graceMilliseconds);
    await this.ended;
    clearTimeout(timer);
  }

  /** A message; undefined for half a one, of a process that is dying. One that says anything else is ended. */
  private parse(line: string): Record<string, unknown> | undefined {
    try {
      return JSON.parse(line) as Record<string, unknown>;
    } catch {
      if (!line.startsWith('{')) {
        this.errorLines.push(`it said ${JSON.stringify(line.slice(0, SHOWN_CHARACTERS))}`);
        this.kill();
      }
      return undefined;
    }
  }

  private stream(name: 'stdout' | 'stderr'): NodeJS.ReadableStream {
    const stream = this.child[name];
    if (!stream) {
      throw new Error(`no ${name}`);
    }
    return stream;
  }
}

/** The exit code as a container has it: 128 and the signal's number for a process that a signal ended. */
export function exitCodeOf({ code, signal }: ProcessEnd): number {
  return code ?? (signal === null ? 1 : 128 + constants.signals[signal]);
}

/** How a process ended, in words, with its last error line. */
export function describeEnd(end: ProcessEnd): string {
  const how = end.signal
    ? `was ended by signal ${end.signal}${end.signal === 'SIGKILL' ? ' (the machine may have run out of memory)' : ''}`
    : end.code === null
      ? 'could not be started'
      : `ended with exit code ${end.code}`;
  const lastLine = end.lastWords.trim().split('\n').pop();
  return lastLine ? `${how}: ${lastLine}` : how;
}
