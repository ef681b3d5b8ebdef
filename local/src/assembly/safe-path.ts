import * as path from 'node:path';
import { UserError } from '../user-error';

/**
 * Joins a relative path that came from a template or a request onto a folder.
 *
 * @throws UserError when the result would lie outside the folder: an absolute path, `..`, a NUL character
 */
export function joinInside(folder: string, relative: string): string {
  const base = path.resolve(folder);
  const joined = path.resolve(base, relative);
  const escapes = joined !== base && !joined.startsWith(base.endsWith(path.sep) ? base : base + path.sep);
  // A backslash separates folders on Windows only: refused everywhere, so that a path means one thing.
  if (escapes || path.isAbsolute(relative) || relative.includes('\0') || relative.includes('\\')) {
    throw new UserError(`the path "${relative}" leads outside of ${base}: use a relative path without ".."`);
  }
  return joined;
}
