import type { ExecutionRecord } from '../executions/executions';
import type { FailureWait } from '../states';
import { colors } from './colors';
import { shortReason } from './failure-reason';

/** Suffix that Step Functions adds to a service's message: status and request ID. */
const SERVICE = / \(Service: [^)]*\)$/;

/** Maximum length of an item's failure reason; `fleet.html` and `show --json` show the complete reason. */
const LONGEST_REASON = 300;

/**
 * Why an item failed, on one line.
 *
 * @param jobFailure the job's failure reason, if known. It takes precedence over the state machine's error
 */
export function explainItem({ error, cause }: FailureWait['failure'], jobFailure?: string): string {
  const reason = jobFailure ?? (cause === undefined ? undefined : reasonIn(cause).replace(SERVICE, ''));
  return [error, reason && shortReason(reason, LONGEST_REASON)].filter(Boolean).join(': ');
}

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
