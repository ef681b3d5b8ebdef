import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../user-error';
import { isProcessAlive, startOf } from './process-alive';

/**
 * Folder with one file per running instance of local mode. The file's name is the process ID, and its content is the
 * time at which the process started.
 */
const FOLDER = 'processes';

/** Identifies a process. */
export interface ProcessIdentity {
  readonly processId: number;
  /**
   * Start time of the process. Operating systems reuse process IDs, and the start time distinguishes processes with the
   * same ID. Empty if it could not be read; absent from records of older versions of local mode.
   */
  readonly processStart?: string;
}

let own: Required<ProcessIdentity> | undefined;

/** The identity of this process, for the records of what it runs. */
export function thisProcess(): Required<ProcessIdentity> {
  own ??= { processId: process.pid, processStart: startOf(process.pid) ?? '' };
  return own;
}

/** How many instances of local mode this process runs, by the file that registers them. */
const instances = new Map<string, number>();

/** Registers this process as running in a root folder. @returns a function that removes the registration */
export function enterRoot(root: string): () => void {
  const { processId, processStart } = thisProcess();
  const file = fileOf(root, processId);
  mkdirSync(join(root, FOLDER), { recursive: true });
  writeFileSync(file, processStart);
  instances.set(file, (instances.get(file) ?? 0) + 1);
  return () => {
    const left = (instances.get(file) ?? 1) - 1;
    instances.set(file, left);
    if (left === 0) rmSync(file, { force: true });
  };
}

/** Returns the IDs of the other processes that run local mode in a root folder. */
export function othersIn(root: string): number[] {
  return registeredIn(root).filter(
    (each) => each !== process.pid && isLocalModeRunning(root, { processId: each }),
  );
}

/**
 * Deletes the files of killed instances. Call this only after the ends of their executions and jobs are recorded: the
 * records of older versions have no start time, so these files show that a new process with the same ID is not local
 * mode.
 */
export function forgetKilled(root: string): void {
  const others = othersIn(root);
  for (const each of registeredIn(root)) {
    if (each !== process.pid && !others.includes(each)) rmSync(fileOf(root, each), { force: true });
  }
}

function registeredIn(root: string): number[] {
  const folder = join(root, FOLDER);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+$/.test(name)) : [];
  return names.map(Number);
}

/**
 * Whether a process is an instance of local mode that still runs. This process counts as running, too, because it can
 * run several instances.
 *
 * @param identity the process that a record of the root folder names
 */
export function isLocalModeRunning(root: string, { processId, processStart }: ProcessIdentity): boolean {
  if (!isProcessAlive(processId)) return false;
  const isThisProcess = processId === process.pid;
  if (!processStart && isThisProcess) return false;
  // A running process whose start time is stored nowhere counts as an instance of local mode.
  const stored = processStart || storedStart(root, processId);
  return stored === '' || stored === (isThisProcess ? thisProcess().processStart : startOf(processId));
}

/** The start time of a process, from the file that registers it; '' if there is none. */
function storedStart(root: string, processId: number): string {
  const file = fileOf(root, processId);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
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
  const content = `${process.pid} ${thisProcess().processStart}`;
  try {
    writeFileSync(lock, content, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const [id = '', ...start] = readFileSync(lock, 'utf8').split(' ');
    const holder = { processId: Number(id), processStart: start.join(' ') };
    // An empty lock file is still being written. If a lock file names a process that has ended, this process
    // was killed before it could remove the lock.
    if (id === '' || isLocalModeRunning(root, holder)) {
      const which = id === '' ? '' : ` (process ${id})`;
      throw new UserError(
        `Another instance of local mode${which} is resuming what was interrupted in ${root}.`,
      );
    }
    writeFileSync(lock, content);
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
