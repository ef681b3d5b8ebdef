import * as path from 'node:path';
import { UserError } from '../user-error';

/**
 * Joins a folder and a relative path from a template or a request.
 *
 * @throws UserError when the path is absolute, leads outside the folder, or has a NUL character
 */
export function joinInside(folder: string, relative: string): string {
  const base = path.resolve(folder);
  const joined = path.resolve(base, relative);
  const escapes = joined !== base && !joined.startsWith(base.endsWith(path.sep) ? base : base + path.sep);
  // A backslash separates folders only on Windows. It is refused everywhere, so that a path has the same
  // meaning.
  if (escapes || path.isAbsolute(relative) || relative.includes('\0') || relative.includes('\\')) {
    throw new UserError(`the path "${relative}" leads outside of ${base}: use a relative path without ".."`);
  }
  return joined;
}
