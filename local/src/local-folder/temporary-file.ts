import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isProcessAlive } from './process-alive';

const NAME = /^\.(\d+)\.[0-9a-f-]+\.tmp$/;

/**
 * Path for a new temporary file. The file name contains the ID of this process, so that other processes can tell
 * whether the file is stale.
 */
export function temporaryFile(folder: string): string {
  return join(folder, `.${process.pid}.${randomUUID()}.tmp`);
}

/** Removes the temporary files that killed processes left in a folder. */
export function removeStaleFiles(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) removeIfStale(folder, name);
}

/** Removes a file if it is a temporary file of a process that no longer runs. */
export function removeIfStale(folder: string, name: string): void {
  const processId = NAME.exec(name)?.[1];
  if (processId !== undefined && !isProcessAlive(Number(processId))) {
    rmSync(join(folder, name), { force: true });
  }
}
