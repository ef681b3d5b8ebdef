import { readFileSync } from 'node:fs';
import type { Json } from '../states';
import { UserError } from '../user-error';

/**
 * The value of an option that is JSON, or `@<file>` with JSON.
 *
 * @param option the option as a person types it before the value, for messages
 * @throws UserError
 */
export function parseJsonOption(option: string, text: string): Json {
  return JSON.parse(readJsonOption(option, text));
}

/** The same value as JSON text. @throws UserError */
export function readJsonOption(option: string, text: string): string {
  const json = text.startsWith('@') ? readFile(option, text.slice(1)) : text;
  try {
    JSON.parse(json);
    return json;
  } catch (error) {
    throw new UserError(
      `${option}${text}: is not JSON: ${(error as Error).message}. Give a JSON value in quotes, '{"a": 1}', or @<file>`,
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
