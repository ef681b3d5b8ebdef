import { InvalidEventError } from './errors';

/** Default and maximum number of entries of a list in a result. */
const DEFAULT_LIST_SIZE = 10;
const MAX_LIST_SIZE = 50;

/**
 * The fields of an event. `null` counts as missing, because JSONata writes it for missing values.
 *
 * @throws InvalidEventError if the event is not an object, or has an unknown (perhaps misspelled) field
 */
export function fieldsOf(event: unknown, known: readonly string[]): Record<string, unknown> {
  if (!isObject(event)) {
    throw new InvalidEventError(`the event must be an object, got ${show(event)}`);
  }
  const unknown = Object.keys(event).find((field) => !known.includes(field));
  if (unknown !== undefined) {
    throw new InvalidEventError(
      `unknown field ${show(unknown)} in the event; the fields are ${known.join(', ')}`,
    );
  }
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null));
}

/**
 * The name of a tuning job or AutoML job.
 *
 * @throws InvalidEventError if CreateHyperParameterTuningJob and CreateAutoMLJobV2 would reject the name
 */
export function jobName(field: string, value: unknown): string {
  // The pattern of both API actions. The length is checked separately, because the pattern allows any number of
  // hyphens.
  if (typeof value === 'string' && value.length <= 32 && /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/.test(value)) {
    return value;
  }
  throw new InvalidEventError(
    `${field} must be 1 to 32 letters, digits and inner hyphens, got ${show(value)}`,
  );
}

/** Names of tuning jobs. @throws InvalidEventError if they are not a list of names */
export function jobNames(field: string, value: unknown): string[] {
  if (!Array.isArray(value)) throw new InvalidEventError(`${field} must be a list, got ${show(value)}`);
  return value.map((name) => jobName(field, name));
}

/** Maximum number of entries of a list in the result. @throws InvalidEventError if the number is not from 1 to 50 */
export function listSize(field: string, value: unknown = DEFAULT_LIST_SIZE): number {
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_LIST_SIZE) return Number(value);
  throw new InvalidEventError(`${field} must be an integer from 1 to ${MAX_LIST_SIZE}, got ${show(value)}`);
}

/** Formats a value of an event for an error message, as the first 200 characters of its JSON. */
export function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 200);
}

/** @throws InvalidEventError if the value is invalid; the message names the field and the allowed values */
export function check(isValid: boolean, field: string, allowed: string, value: unknown): void {
  if (!isValid) throw new InvalidEventError(`${field} must be ${allowed}, got ${show(value)}`);
}

export function isOptional(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || is(value);
}

/** Whether a value is a map of strings. */
export function isStrings(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((inner) => typeof inner === 'string');
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isS3Uri(value: unknown): boolean {
  return typeof value === 'string' && /^s3:\/\/[^/]+(\/|$)/.test(value);
}
