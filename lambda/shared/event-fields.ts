import { InvalidEventError } from './errors';

/** Default and upper limit of how many entries a list in a result has. */
const DEFAULT_LIST_SIZE = 10;
const MAX_LIST_SIZE = 50;

/**
 * The fields of an event. `null`, which JSONata writes for what is not given, counts as absent.
 *
 * @throws InvalidEventError where the event is no object, or has a field that is not known: a mistyped one would
 * otherwise change nothing, silently
 */
export function fieldsOf(event: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new InvalidEventError(`the event must be an object, got ${show(event)}`);
  }
  const unknown = Object.keys(event).find((field) => !known.includes(field));
  if (unknown !== undefined) {
    throw new InvalidEventError(`unknown field ${show(unknown)} in the event, known are ${known.join(', ')}`);
  }
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null));
}

/**
 * The name of a tuning job or AutoML job.
 *
 * @throws InvalidEventError where CreateHyperParameterTuningJob and CreateAutoMLJobV2 would refuse it
 */
export function jobName(field: string, value: unknown): string {
  // The pattern of both leaves runs of hyphens free, so that the length is checked apart.
  if (typeof value === 'string' && value.length <= 32 && /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/.test(value)) {
    return value;
  }
  throw new InvalidEventError(
    `${field} must be 1 to 32 letters, digits and inner hyphens, got ${show(value)}`,
  );
}

/** How many entries a list of the result may have. @throws InvalidEventError where it is not from 1 to 50 */
export function listSize(field: string, value: unknown = DEFAULT_LIST_SIZE): number {
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_LIST_SIZE) return Number(value);
  throw new InvalidEventError(`${field} must be an integer from 1 to ${MAX_LIST_SIZE}, got ${show(value)}`);
}

/** A value of an event, for an error message: its JSON, at most 200 characters of it. */
export function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 200);
}
