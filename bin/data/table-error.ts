import { SettingsError } from '../settings-error';
import type { Example } from './column-profile';

/** Maximum number of column or class names in a message. */
const LISTED = 20;

/** An error about one field of a file. */
export function fieldError(
  path: string,
  column: string,
  { line, value }: Example,
  what: string,
): SettingsError {
  return new SettingsError(
    `tuning:data: line ${line} of ${path}, column ${column}: ${quoted(value)} ${what}`,
  );
}

/** A list of names for a message, shortened. */
export function listOf(names: readonly string[]): string {
  const listed = names.slice(0, LISTED).map((name) => (name === '' ? '(no name)' : name));
  const more = names.length - listed.length;
  return more > 0 ? `${listed.join(', ')} and ${more} more` : listed.join(', ');
}

/** A count with its noun, such as `1 row` or `2 rows`. */
export function countOf(count: number, thing: string, things = `${thing}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? thing : things}`;
}

/** A value in quotes, shortened. */
export function quoted(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
