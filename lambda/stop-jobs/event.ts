import { InvalidEventError } from '../shared/errors';
import { show } from '../shared/event-fields';

/** An execution that has ended. */
export interface EndedExecution {
  readonly executionArn: string;
  readonly status: string;
  /** When it ended; undefined where the event does not tell. */
  readonly stopDate: Date | undefined;
}

/**
 * The execution that an event of EventBridge tells the end of.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 * @throws InvalidEventError
 */
export function parseEvent(event: unknown): EndedExecution {
  const detail = (event as { detail?: Record<string, unknown> } | null | undefined)?.detail;
  const { executionArn, status, stopDate } = detail ?? {};
  if (typeof executionArn !== 'string' || typeof status !== 'string') {
    throw new InvalidEventError(
      `the event must be a change of an execution's status, with detail.executionArn and detail.status, got ${show(event)}`,
    );
  }
  // The rule lets no others through; a job of an execution that runs must never be stopped.
  if (!['ABORTED', 'TIMED_OUT', 'FAILED'].includes(status)) {
    throw new InvalidEventError(`detail.status must be ABORTED, TIMED_OUT or FAILED, got ${status}`);
  }
  return {
    executionArn,
    status,
    stopDate: typeof stopDate === 'number' ? new Date(stopDate) : undefined,
  };
}
