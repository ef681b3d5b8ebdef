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
  // Only Windows treats a backslash as a separator. It is refused everywhere, so that a path means the same on every
  // system.
  if (escapes || path.isAbsolute(relative) || relative.includes('\0') || relative.includes('\\')) {
    throw new UserError(`the path "${relative}" leads outside of ${base}: use a relative path without ".."`);
  }
  return joined;
}
