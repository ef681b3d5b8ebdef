import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOtherProcessAlive } from './process-alive';

/** Folder with an empty file for each local mode that is at work, named by its process. */
const FOLDER = 'processes';

/** Says that this process works in a root. @returns the function that takes it back */
export function enterRoot(root: string): () => void {
  const file = join(root, FOLDER, String(process.pid));
  mkdirSync(join(root, FOLDER), { recursive: true });
  writeFileSync(file, '');
  return () => rmSync(file, { force: true });
}

/** The other processes that work in a root. What a killed one has left is removed. */
export function othersIn(root: string): number[] {
  const folder = join(root, FOLDER);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+$/.test(name)) : [];
  const gone = names.filter((name) => !isOtherProcessAlive(Number(name)) && Number(name) !== process.pid);
  for (const name of gone) rmSync(join(folder, name), { force: true });
  return names.map(Number).filter(isOtherProcessAlive);
}
