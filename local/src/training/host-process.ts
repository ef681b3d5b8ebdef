import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { StringDecoder } from 'node:string_decoder';
import { eventPieces } from './log-events';

/** A command to run, for one host of a job. */
export interface HostCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All that the process sees of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Stops it in another way than by SIGTERM and, after the grace, SIGKILL; where that fails, it gets a SIGTERM. */
  readonly onStop?: (graceMilliseconds: number) => Promise<void>;
}

/** How a process ended. */
export interface HostEnd {
  /** Exit code as a container has it: 128 and the signal's number for one that a signal ended. */
  readonly exitCode: number;
  /** The last lines it printed. */
  readonly lastLines: readonly string[];
}

/** How many of the last lines are kept, to find the error in. */
const KEPT_LINES = 60;

/** What another way to stop a process may take on top of the grace. */
const STOPPER_MS = 30_000;

/** How long output is waited for once the process has ended, should another process still hold it open. */
const OUTPUT_GRACE_MS = 2000;

/**
 * Runs the command with its errors in its output, so that both come in the order they were written; ends it and all
 * that it started when standard input closes, which is when this process is gone.
 */
const SUPERVISOR = `
trap : TERM
"$@" 2>&1 </dev/null 3<&- &
child=$!
{ cat >/dev/null; kill -KILL -$$; } <&3 3<&- >/dev/null 2>&1 &
exec 3<&-
wait $child
code=$?
while kill -0 $child 2>/dev/null; do wait $child; code=$?; done
exit $code
`;

/** Exit code of a command that cannot be started, as a shell has it. */
const NOT_STARTED = 126;

function notStarted({ code, message }: NodeJS.ErrnoException): string {
  return code === 'E2BIG'
    ? 'The process cannot be started: an argument or an environment variable is longer than this system takes (128 ' +
        'KiB on Linux, as in a container of SageMaker; SM_HPS and SM_TRAINING_ENV hold all hyperparameters)'
    : `The process cannot be started: ${message}`;
}

/** A process of a training job, with all the processes it starts. */
export class HostProcess {
  /** Settles when the process has ended; never rejects. */
  public readonly ended: Promise<HostEnd>;
  private readonly child: ChildProcess | undefined;
  private readonly lastLines: string[] = [];
  private killTimer: NodeJS.Timeout | undefined;
  private isStopping = false;
  private hasEnded = false;

  constructor(
    private readonly command: HostCommand,
    private readonly onLine: (line: string) => void,
  ) {
    const isName = ([name]: [string, string]) => /^[A-Za-z_]\w*$/.test(name);
    const variables = Object.entries(command.env);
    // A shell drops variables such as SM_HP_BATCH-SIZE; `env` sets them.
    const others = variables.filter((variable) => !isName(variable)).map((variable) => variable.join('='));
    const words = [...(others.length > 0 ? ['env', ...others] : []), command.command, ...command.args];
    try {
      this.child = spawn('/bin/sh', ['-c', SUPERVISOR, 'sh', ...words], {
        cwd: command.cwd,
        env: Object.fromEntries(variables.filter(isName)),
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
        detached: true, // a process group of its own, so that all of it can be ended
      });
    } catch (error) {
      this.take(notStarted(error as NodeJS.ErrnoException));
      this.hasEnded = true;
      this.ended = Promise.resolve({ exitCode: NOT_STARTED, lastLines: this.lastLines });
      return;
    }
    this.child.stdio[3]?.on('error', () => undefined);
    const { child } = this;
    const lines = [child.stdout, child.stderr].map((stream) => this.readLines(stream));
    this.ended = new Promise((resolve) => {
      let fallback: NodeJS.Timeout | undefined;
      const end = (code: number) => {
        this.hasEnded = true;
        clearTimeout(fallback);
        clearTimeout(this.killTimer);
        for (const flush of lines) flush();
        resolve({ exitCode: code, lastLines: this.lastLines });
      };
      let exitCode = 1;
      child.once('exit', (code, signal) => {
        exitCode = code ?? 128 + constants.signals[signal ?? 'SIGTERM'];
        this.signalGroup('SIGKILL'); // what it left running ends with it, as in a container
        fallback = setTimeout(() => {
          for (const stream of child.stdio) stream?.destroy();
        }, OUTPUT_GRACE_MS);
      });
      child.once('close', () => end(exitCode));
      child.once('error', (error) => {
        this.take(notStarted(error));
        end(NOT_STARTED);
      });
    });
  }

  /** Asks the process to end; what still runs after the grace is ended. A later call may shorten the grace. */
  public stop(graceMilliseconds: number): void {
    clearTimeout(this.killTimer);
    if (this.hasEnded) return;
    if (this.command.onStop) {
      this.command.onStop(graceMilliseconds).catch(() => this.hasEnded || this.signalGroup('SIGTERM'));
    } else if (!this.isStopping) {
      this.signalGroup('SIGTERM');
    }
    this.isStopping = true;
    const more = this.command.onStop ? STOPPER_MS : 0;
    this.killTimer = setTimeout(() => this.signalGroup('SIGKILL'), graceMilliseconds + more);
  }

  private signalGroup(signal: NodeJS.Signals): void {
    if (this.child?.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch {
      // Nothing of it is left.
    }
  }

  /** Splits a stream into lines; the function returned gives the last one, which need not have an end. */
  private readLines(stream: NodeJS.ReadableStream | null): () => void {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    stream?.on('data', (chunk: Buffer) => {
      const parts = (rest + decoder.write(chunk)).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) this.take(part);
      // A line that does not end must not fill the memory.
      const pieces = eventPieces(rest);
      rest = pieces.pop() ?? '';
      for (const piece of pieces) this.take(piece);
    });
    return () => {
      if (rest !== '') this.take(rest);
      rest = '';
    };
  }

  private take(line: string): void {
    this.lastLines.push(line);
    if (this.lastLines.length > KEPT_LINES) this.lastLines.shift();
    this.onLine(line);
  }
}
