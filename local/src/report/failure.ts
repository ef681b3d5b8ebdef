import type { ExecutionRecord } from '../executions';
import { colours } from './colours';

/** Why an execution did not succeed, as a person wants to read it. */
export function explainFailure({ status, error, cause, isInterrupted }: ExecutionRecord): string {
  if (isInterrupted) return 'It was interrupted: the command "resume" goes on with it.';
  if (status === 'ABORTED' && error === undefined) return 'It was stopped before its end.';
  return `${colours.red(error ?? 'No error was given')}${cause ? `: ${reasonIn(cause)}` : ''}`;
}

/** A cause is often JSON text: of a function's error, or of the job that failed. */
export function reasonIn(cause: string): string {
  try {
    const { errorMessage, FailureReason } = JSON.parse(cause) as Record<string, unknown>;
    return String(errorMessage ?? FailureReason ?? cause);
  } catch {
    return cause;
  }
}
