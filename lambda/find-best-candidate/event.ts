import { InvalidEventError } from './errors';
import type { FindBestCandidateEvent } from './types';

const DEFAULT_LEADERBOARD_SIZE = 10;
const MAX_LEADERBOARD_SIZE = 50;

const FIELDS = ['autoMlJobName', 'leaderboardSize'];

/** An event that was checked, with its defaults filled in. */
export type CheckedEvent = Required<FindBestCandidateEvent>;

/**
 * Checks an event and fills in its defaults.
 *
 * @throws InvalidEventError that names the field and what is allowed; unknown fields are refused as well
 */
export function parseEvent(event: unknown): CheckedEvent {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new InvalidEventError(`the event must be an object, got ${show(event)}`);
  }
  const unknown = Object.keys(event).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) {
    throw new InvalidEventError(
      `unknown field ${show(unknown)} in the event, known are ${FIELDS.join(', ')}`,
    );
  }
  const { autoMlJobName: name, leaderboardSize: size = DEFAULT_LEADERBOARD_SIZE } = event as Record<
    string,
    unknown
  >;
  // CreateAutoMLJobV2: its pattern leaves runs of hyphens free, so that the length is checked apart.
  if (typeof name !== 'string' || name.length > 32 || !/^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/.test(name)) {
    throw new InvalidEventError(
      `autoMlJobName must be 1 to 32 letters, digits and inner hyphens, got ${show(name)}`,
    );
  }
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > MAX_LEADERBOARD_SIZE) {
    throw new InvalidEventError(
      `leaderboardSize must be an integer from 1 to ${MAX_LEADERBOARD_SIZE}, got ${show(size)}`,
    );
  }
  return { autoMlJobName: name, leaderboardSize: size };
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 200);
}
