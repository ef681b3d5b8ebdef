import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { joinInside } from '../../assembly/safe-path';

/** An object of a bucket. */
export interface StoredObject {
  readonly key: string;
  readonly file: string;
  readonly size: number;
  /** Epoch milliseconds with fractions, used to detect changed content. */
  readonly mtimeMs: number;
}

/** An object's key and file. */
export type ObjectName = Pick<StoredObject, 'key' | 'file'>;

/** The object stored in a file; undefined for a folder, a missing file or a broken link. */
export function objectOf(key: string, file: string): StoredObject | undefined {
  const state = stateOf(file);
  return state === undefined || state.isDirectory() ? undefined : describe(key, file, state);
}

/** Whether a key is valid as the path of a file or of a folder marker in a bucket's folder. */
export function isPath(folder: string, key: string): boolean {
  const segments = key.replace(/\/$/, '').split('/');
  if (segments.some((segment) => ['', '.', '..'].includes(segment))) {
    return false;
  }
  try {
    joinInside(folder, key);
    return true;
  } catch {
    return false;
  }
}

/**
 * The file's attributes; undefined if the file does not exist, or cannot exist, for example because its parent is
 * not a folder.
 */
function stateOf(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if (['ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return undefined;
    }
    throw error;
  }
}

export function isFolder(file: string): boolean {
  return stateOf(file)?.isDirectory() === true;
}

export function hasFiles(folder: string): boolean {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .some((entry) => !entry.isDirectory());
}

export function describe(key: string, file: string, { size, mtimeMs }: fs.Stats): StoredObject {
  return { key, file, size, mtimeMs };
}

/** The ETag of a file that was not written through S3. */
export function etagOfFile({ key, size, mtimeMs }: StoredObject): string {
  // This ETag is not the MD5 of the content, because a listing would have to read every file to compute the MD5. On S3,
  // too, not every ETag is an MD5.
  return `"${createHash('md5').update(`${key}:${size}:${mtimeMs}`).digest('hex')}-1"`;
}
