import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../user-error';
import { isProcessAlive, startOf } from './process-alive';

/**
 * Folder with one file per running instance of local mode. The file's name is the process ID, and its content is the
 * time at which the process started.
 */
const FOLDER = 'processes';

/** Registers this process as running in a root folder. @returns a function that removes the registration */
export function enterRoot(root: string): () => void {
  const file = fileOf(root, process.pid);
  mkdirSync(join(root, FOLDER), { recursive: true });
  writeFileSync(file, startOf(process.pid) ?? '');
  return () => rmSync(file, { force: true });
}

/** Returns the IDs of the other instances of local mode in a root folder. Deletes the files of killed instances. */
export function othersIn(root: string): number[] {
  const folder = join(root, FOLDER);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+$/.test(name)) : [];
  const processIds = names.map(Number);
  // Checks all processes before it deletes any file. A running process without a file counts as an instance of an
  // older version of local mode, which wrote no such files.
  const others = processIds.filter((each) => isOtherLocalMode(root, each));
  const gone = processIds.filter((each) => each !== process.pid && !others.includes(each));
  for (const each of gone) rmSync(fileOf(root, each), { force: true });
  return others;
}

/**
 * Whether a process is another instance of local mode running in a root folder. Operating systems reuse process IDs, so
 * an unrelated process can have the ID of a killed instance. The start time in the file distinguishes the two.
 */
export function isOtherLocalMode(root: string, processId: number): boolean {
  if (processId === process.pid || !isProcessAlive(processId)) return false;
  const file = fileOf(root, processId);
  const started = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return started === '' || started === startOf(processId);
}

/**
 * Runs an action that only one instance of local mode in a root folder may run at a time.
 *
 * @param action synchronous: it must not return a promise
 * @throws UserError when another instance of local mode in the root folder is running an action of this kind
 */
export function aloneIn<T>(root: string, action: () => T): T {
  const lock = join(root, FOLDER, 'lock');
  mkdirSync(join(root, FOLDER), { recursive: true });
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const holder = Number(readFileSync(lock, 'utf8'));
    // An empty lock file is still being written. If a lock file names a process that has ended, this process
    // was killed before it could remove the lock.
    if (holder === 0 || isOtherLocalMode(root, holder)) {
      const id = holder === 0 ? '' : ` (process ${holder})`;
      throw new UserError(`Another instance of local mode${id} is resuming what was interrupted in ${root}.`);
    }
    writeFileSync(lock, String(process.pid));
  }
  try {
    return action();
  } finally {
    rmSync(lock, { force: true });
  }
}

function fileOf(root: string, processId: number): string {
  return join(root, FOLDER, String(processId));
}
