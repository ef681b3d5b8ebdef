import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Folder of local mode's Python code. The relative path is the same from `src/` and from `dist/`. */
export const PYTHON_FOLDER = join(__dirname, '..', '..', 'python');

/** How a Python process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines of the process's standard error. */
  readonly lastWords: string;
}

/** After this number of processes in a row has ended unexpectedly, no new process starts. */
export const MOST_PROCESSES = 4;

const KEPT_LINES = 20;

/** Maximum number of characters to show of an invalid message. */
const SHOWN_CHARACTERS = 200;

/** How long a process may take to end after `close` asked it to end. A process that takes longer is killed. */
const CLOSE_GRACE_MS = 5000;

/**
 * A Python process that exchanges JSON lines (`local/python/protocol.py`), one message per line. When local mode
 * exits, the standard input of the Python process closes, and the process ends.
 */
export class PythonProcess {
  /** Resolves when the process reports that it is ready. Rejects if the process ends first. */
  public readonly ready: Promise<Record<string, unknown>>;
  /** Resolves when the process has ended. */
  public readonly ended: Promise<ProcessEnd>;
  private readonly child: ChildProcess;
  private readonly errorLines: string[] = [];
  private running = true;

  /**
   * @param python the interpreter
   * @param script file name in `local/python/`
   * @param onMessage receives every message except the first (`ready`)
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
        // By default, idle OpenMP threads spin. On a busy machine with 2 cores, training 513 rounds then took
        // 6.4 s instead of 0.3 s. With passive threads, it took 0.5 s.
        OMP_WAIT_POLICY: 'PASSIVE',
        // Importing NumPy starts a spinning BLAS thread for each core, which the few small matrix products
        // here do not need. A single thread saves 0.17 s of processor time per process (2 cores).
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
    this.ready.catch(() => undefined); // prevents an unhandled rejection; callers may await it
    createInterface({ input: this.stream('stderr') }).on('line', (line) => {
      this.errorLines.push(line);
      if (this.errorLines.length > KEPT_LINES) {
        this.errorLines.shift();
      }
    });
    // Writing to a process that has ended must not crash local mode. `ended` reports the end.
    this.child.stdin?.on('error', () => undefined);
  }

  public get isRunning(): boolean {
    return this.running;
  }

  public get pid(): number | undefined {
    return this.child.pid;
  }

  /** Sends a message, which is lost if the process has ended. */
  public send(message: Record<string, unknown>): void {
    this.child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  /** Kills the process. */
  public kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Asks the process to end and waits. Kills it after the grace period. */
  public async close(graceMilliseconds = CLOSE_GRACE_MS): Promise<void> {
    this.child.stdin?.end();
    const timer = setTimeout(() => this.kill(), graceMilliseconds);
    await this.ended;
    clearTimeout(timer);
  }

  /**
   * Parses a message. Returns undefined for an incomplete message, which a process can send when it ends. Kills the
   * process if the line is not a message.
   */
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

/** The exit code as in a container: 128 plus the signal's number if a signal ended the process. */
export function exitCodeOf({ code, signal }: ProcessEnd): number {
  return code ?? (signal === null ? 1 : 128 + constants.signals[signal]);
}

/** Describes how a process ended, with the last line of its error output. */
export function describeEnd(end: ProcessEnd): string {
  const how = end.signal
    ? `was ended by signal ${end.signal}${end.signal === 'SIGKILL' ? ' (the machine may have run out of memory)' : ''}`
    : end.code === null
      ? 'could not be started'
      : `ended with exit code ${end.code}`;
  const lastLine = end.lastWords.trim().split('\n').pop();
  return lastLine ? `${how}: ${lastLine}` : how;
}
