import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { StringDecoder } from 'node:string_decoder';
import { eventPieces } from './log-events';

/** A command to run on one host of a job. */
export interface HostCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The complete environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Replaces the default way to stop the process (SIGTERM, then SIGKILL after the grace period). If this function
   * fails, the process gets a SIGTERM.
   */
  readonly onStop?: (graceMilliseconds: number) => Promise<void>;
}

/** How a process ended. */
export interface HostEnd {
  /** Exit code as in a container: for a process ended by a signal, 128 plus the signal's number. */
  readonly exitCode: number;
  /** The last lines of the process's output. */
  readonly lastLines: readonly string[];
}

/** Number of lines to keep from the end of the output, because they may contain the error. */
const KEPT_LINES = 60;

/** Additional time, beyond the grace period, for `onStop`. */
const STOPPER_MS = 30_000;

/** How long to wait for output after the process has ended, in case another process keeps the stream open. */
const OUTPUT_GRACE_MS = 2000;

/**
 * A shell script that runs the command. It redirects standard error to standard output, so that the lines of both
 * streams stay in order. When local mode exits, the script's standard input closes. The script then kills the command
 * and everything that the command started.
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

/** A shell's exit code for a command that cannot be started. */
const NOT_STARTED = 126;

function notStarted({ code, message }: NodeJS.ErrnoException): string {
  return code === 'E2BIG'
    ? 'Cannot start the process: an argument or an environment variable exceeds the limit of this system (128 ' +
        "KiB on Linux, also in SageMaker's containers; SM_HPS and SM_TRAINING_ENV contain all hyperparameters)"
    : `Cannot start the process: ${message}`;
}

/** A process of a training job, and all processes that it starts. */
export class HostProcess {
  /** Resolves when the process has ended. Never rejects. */
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
    // A shell drops variables such as SM_HP_BATCH-SIZE, so the `env` command sets them.
    const others = variables.filter((variable) => !isName(variable)).map((variable) => variable.join('='));
    const words = [...(others.length > 0 ? ['env', ...others] : []), command.command, ...command.args];
    try {
      this.child = spawn('/bin/sh', ['-c', SUPERVISOR, 'sh', ...words], {
        cwd: command.cwd,
        env: Object.fromEntries(variables.filter(isName)),
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
        detached: true, // a new process group, so that all its processes can be ended
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
        this.signalGroup('SIGKILL'); // ends processes that the command left running, as in a container
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

  /**
   * Asks the process to end, and kills it after the grace period. A later call may shorten the grace period.
   */
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
      // All processes of the process group have already ended.
    }
  }

  /** Splits a stream into lines. Returns a function that emits the last line, which may be incomplete. */
  private readLines(stream: NodeJS.ReadableStream | null): () => void {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    stream?.on('data', (chunk: Buffer) => {
      const parts = (rest + decoder.write(chunk)).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) this.take(part);
      // Emits an endless line in pieces, so that it does not fill the memory.
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
