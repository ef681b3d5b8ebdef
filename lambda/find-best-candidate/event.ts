import { fieldsOf, jobName, listSize } from '../shared/event-fields';
import type { FindBestCandidateEvent } from './types';

/** A valid event, with its defaults filled in. */
export type CheckedEvent = Required<FindBestCandidateEvent>;

/**
 * Checks an event and fills in its defaults.
 *
 * @throws InvalidEventError if a field is invalid or unknown; the message names the field and the allowed values
 */
export function parseEvent(event: unknown): CheckedEvent {
  const { autoMlJobName, leaderboardSize } = fieldsOf(event, ['autoMlJobName', 'leaderboardSize']);
  return {
    autoMlJobName: jobName('autoMlJobName', autoMlJobName),
    leaderboardSize: listSize('leaderboardSize', leaderboardSize),
  };
}
