import { open } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { HostEnd } from './host-process';
import type { TrainingOutcome } from './trainer';

/** Longest failure reason that SageMaker keeps, and as much of the failure file as it reads. */
export const LONGEST_REASON = 1024;

const LONGEST_COMMAND = 300;

const KILLED = 128 + constants.signals.SIGKILL;

/** The outcome of a training that failed, with as much of the reason as SageMaker keeps. */
export function failedFor(reason: string): TrainingOutcome {
  return { status: 'Failed', failureReason: reason.slice(0, LONGEST_REASON) };
}

/**
 * The reason of a training that failed through a fault of what runs it, not of the algorithm, the data or the request: the
 * only kind that SageMaker's RetryStrategy retries.
 */
export function internalErrorReason(message: string): string {
  return `InternalServerError: ${message}`;
}

/** Whether that is the reason. */
export function isInternalError(reason: string | undefined): boolean {
  return reason?.startsWith('InternalServerError: ') === true;
}

/** What ended. */
export interface FailedProcess {
  /** The folder that is its `/opt/ml`. */
  readonly base: string;
  readonly end: HostEnd;
  /** What was run, as a person reads it. */
  readonly command: string;
  /** The error's name in the reason, as the framework containers word it; none for other containers. */
  readonly error?: 'ExecuteUserScriptError' | 'InstallRequirementsError';
}

/**
 * Why a job failed, as SageMaker words it: what the container wrote to `/opt/ml/output/failure`, else the error that
 * the program printed last. What killed a process is said where the exit code tells.
 */
export async function failureReason({ base, end, command, error }: FailedProcess): Promise<string> {
  const suffix = `, exit code: ${end.exitCode}${end.exitCode === KILLED ? `. ${MEMORY_HINT}` : ''}`;
  const own = await firstCharacters(join(base, 'output', 'failure'));
  if (own !== undefined) return algorithmError(own, suffix);
  const message = lastError(end.lastLines);
  if (error === undefined) return algorithmError(message, suffix);
  const extra = signalName(end.exitCode);
  const head = `${error}:\nExitCode ${end.exitCode}\nErrorMessage "`;
  const tail = `"${extra ? `\nExtraInfo "${extra}"` : ''}\nCommand "${shortened(command, LONGEST_COMMAND)}"`;
  const room = LONGEST_REASON - 'AlgorithmError: '.length - head.length - tail.length - suffix.length;
  return algorithmError(head + message.slice(-Math.max(0, room)) + tail, suffix);
}

const MEMORY_HINT =
  'The process was killed, most likely because this machine ran out of memory: give it less data, or run fewer ' +
  'training jobs at once';

/** Cut to what SageMaker keeps; the end, with the exit code, stays. */
function algorithmError(message: string, suffix: string): string {
  const text = `AlgorithmError: ${message}`;
  return text.slice(0, LONGEST_REASON - suffix.length) + suffix;
}

/** The last traceback, or else the last lines. */
function lastError(lines: readonly string[]): string {
  const traceback = lines
    .map((line) => line.startsWith('Traceback (most recent call last)'))
    .lastIndexOf(true);
  return (traceback >= 0 ? lines.slice(traceback) : lines.slice(-5)).join('\n').trim();
}

function signalName(exitCode: number): string | undefined {
  const [name] = Object.entries(constants.signals).find(([, number]) => number + 128 === exitCode) ?? [];
  if (name === undefined) return undefined;
  return exitCode === KILLED
    ? 'OutOfMemory: Process killed by SIGKILL (signal 9)'
    : `Process ended by ${name} (signal ${exitCode - 128})`;
}

function shortened(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 3)}...`;
}

async function firstCharacters(path: string): Promise<string | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4 * LONGEST_REASON), 0, 4 * LONGEST_REASON, 0);
    const text = buffer.toString('utf8', 0, bytesRead).trim().slice(0, LONGEST_REASON);
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
