import { InvalidEventError } from '../shared/errors';
import { show } from '../shared/event-fields';

/** An execution that has ended. */
export interface EndedExecution {
  readonly executionArn: string;
  readonly status: string;
  /** Time when the execution ended; undefined if it is missing from the event. */
  readonly stopDate: Date | undefined;
}

/**
 * Reads from an EventBridge event which execution has ended.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 * @throws InvalidEventError
 */
export function parseEvent(event: unknown): EndedExecution {
  const detail = (event as { detail?: Record<string, unknown> } | null | undefined)?.detail;
  const { executionArn, status, stopDate } = detail ?? {};
  if (typeof executionArn !== 'string' || typeof status !== 'string') {
    throw new InvalidEventError(
      `the event must be an execution status change, with detail.executionArn and detail.status, got ${show(event)}`,
    );
  }
  // The EventBridge rule matches only these statuses. This check is a safeguard, because jobs of a running execution
  // must not be stopped.
  if (!['ABORTED', 'TIMED_OUT', 'FAILED'].includes(status)) {
    throw new InvalidEventError(`detail.status must be ABORTED, TIMED_OUT or FAILED, got ${status}`);
  }
  return {
    executionArn,
    status,
    stopDate: typeof stopDate === 'number' ? new Date(stopDate) : undefined,
  };
}
