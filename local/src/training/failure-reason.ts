import { open } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { HostEnd } from './host-process';
import type { TrainingOutcome } from './trainer';

/**
 * Maximum number of characters of a failure reason in SageMaker. SageMaker also reads at most this many characters of
 * the failure file.
 */
export const LONGEST_REASON = 1024;

const KILLED = 128 + constants.signals.SIGKILL;

/** The outcome of a failed training, with the reason cut to SageMaker's limit. */
export function failedFor(reason: string): TrainingOutcome {
  return { status: 'Failed', failureReason: reason.slice(0, LONGEST_REASON) };
}

/**
 * The failure reason for a fault of local mode itself, rather than of the algorithm, the data or the request.
 * SageMaker's RetryStrategy retries only these failures.
 */
export function internalErrorReason(message: string): string {
  return `InternalServerError: ${message}`;
}

/** Whether a failure reason is an internal error. */
export function isInternalError(reason: string | undefined): boolean {
  return reason?.startsWith('InternalServerError: ') === true;
}

/**
 * The failure reason of a job in SageMaker's wording: the content of `/opt/ml/output/failure`, or else the
 * last printed error. Adds a hint if the exit code shows that the process was killed.
 *
 * @param base the folder that replaces the container's `/opt/ml`
 */
export async function failureReason(base: string, { exitCode, lastLines }: HostEnd): Promise<string> {
  const own = await firstCharacters(join(base, 'output', 'failure'));
  const hint = exitCode === KILLED ? `. ${MEMORY_HINT}` : '';
  return algorithmError(own ?? lastError(lastLines), exitCode, hint);
}

/** A failure of the algorithm. Shortens the message to SageMaker's limit, but keeps the exit code at the end. */
export function algorithmError(message: string, exitCode: number, hint = ''): string {
  const suffix = `, exit code: ${exitCode}${hint}`;
  return `AlgorithmError: ${message}`.slice(0, LONGEST_REASON - suffix.length) + suffix;
}

const MEMORY_HINT =
  'The process was killed, most likely because this machine ran out of memory: use less data, or run fewer ' +
  'training jobs at once';

/** The last traceback in the output, or else the last lines of the output. */
function lastError(lines: readonly string[]): string {
  const traceback = lines
    .map((line) => line.startsWith('Traceback (most recent call last)'))
    .lastIndexOf(true);
  return (traceback >= 0 ? lines.slice(traceback) : lines.slice(-5)).join('\n').trim();
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
