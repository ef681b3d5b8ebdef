import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const EXTENSION = '.log';

/** The log of a job or function, by its name; names differ in more than their case. */
export function findLogFile(root: string, name: string): string | undefined {
  const found = logNames(root).find((each) => each.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : join(logsFolder(root), `${found}${EXTENSION}`);
}

/** Names of the jobs and functions that have a log. */
export function logNames(root: string): string[] {
  const folder = logsFolder(root);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.filter((file) => file.endsWith(EXTENSION)).map((file) => file.slice(0, -EXTENSION.length));
}

function logsFolder(root: string): string {
  return join(root, 'logs');
}
