import { readFileSync } from 'node:fs';
import type { Json } from '../states';
import { UserError } from '../user-error';

/**
 * Parses an option whose value is JSON or `@<file>` with JSON.
 *
 * @param option the option as the user typed it, up to the value; for error messages
 * @throws UserError when the JSON is invalid or the file cannot be read
 */
export function parseJsonOption(option: string, text: string): Json {
  return JSON.parse(readJsonOption(option, text));
}

/** Returns the option's value as JSON text. @throws UserError when the JSON is invalid or the file cannot be read */
export function readJsonOption(option: string, text: string): string {
  const json = text.startsWith('@') ? readFile(option, text.slice(1)) : text;
  try {
    JSON.parse(json);
    return json;
  } catch (error) {
    throw new UserError(
      `${option}${text}: invalid JSON: ${(error as Error).message}. Use a JSON value in quotes, '{"a": 1}', or @<file>`,
    );
  }
}

function readFile(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`${option}@${file}: cannot be read: ${(error as Error).message}`);
  }
}
