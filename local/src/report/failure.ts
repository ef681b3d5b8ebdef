import type { ExecutionRecord } from '../executions/executions';
import { colors } from './colors';

/** Explains to the user why an execution did not succeed. */
export function explainFailure({ status, error, cause, isInterrupted }: ExecutionRecord): string {
  if (isInterrupted) return 'It was interrupted: continue it with the "resume" command.';
  if (status === 'ABORTED' && error === undefined) return 'It was stopped.';
  return `${colors.red(error ?? 'No error message')}${cause ? `: ${reasonIn(cause)}` : ''}`;
}

/** A cause is often JSON: the error of a function, or the description of a failed job. */
export function reasonIn(cause: string): string {
  try {
    const { errorMessage, FailureReason } = JSON.parse(cause) as Record<string, unknown>;
    return String(errorMessage ?? FailureReason ?? cause);
  } catch {
    return cause;
  }
}
