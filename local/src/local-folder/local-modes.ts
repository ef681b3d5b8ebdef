import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../user-error';
import { isProcessAlive, startOf } from './process-alive';

/** Folder with a file for each local mode that is at work, named by its process: when that was started. */
const FOLDER = 'processes';

/** Says that this process works in a root. @returns the function that takes it back */
export function enterRoot(root: string): () => void {
  const file = fileOf(root, process.pid);
  mkdirSync(join(root, FOLDER), { recursive: true });
  writeFileSync(file, startOf(process.pid) ?? '');
  return () => rmSync(file, { force: true });
}

/** The other processes that work in a root. What a killed one has left is removed. */
export function othersIn(root: string): number[] {
  const folder = join(root, FOLDER);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+$/.test(name)) : [];
  const processIds = names.map(Number);
  // Asked once: what has no file is taken for one that is from before there were any.
  const others = processIds.filter((each) => isOtherLocalMode(root, each));
  const gone = processIds.filter((each) => each !== process.pid && !others.includes(each));
  for (const each of gone) rmSync(fileOf(root, each), { force: true });
  return others;
}

/**
 * Whether another process is a local mode that works in a root. One that has this process's number is from an earlier
 * one that had it too; so may be one with the number of any other process, after the machine was started again.
 */
export function isOtherLocalMode(root: string, processId: number): boolean {
  if (processId === process.pid || !isProcessAlive(processId)) return false;
  const file = fileOf(root, processId);
  const started = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return started === '' || started === startOf(processId);
}

/**
 * Does something that only one local mode in a root may do at a time.
 *
 * @param action done at once: it returns no promise
 * @throws UserError when another one is at it
 */
export function aloneIn<T>(root: string, action: () => T): T {
  const lock = join(root, FOLDER, 'lock');
  mkdirSync(join(root, FOLDER), { recursive: true });
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const holder = Number(readFileSync(lock, 'utf8'));
    // One that was killed has left it; a file without a number is being written.
    if (holder === 0 || isOtherLocalMode(root, holder)) {
      throw new UserError(
        `Another local mode (process ${holder}) takes over what was interrupted in ${root}.`,
      );
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
