import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

const EXTENSION = '.log';

/** Finds the log of a job or function by its name. Names that differ only in case are equal. */
export function findLogFile(root: string, name: string): string | undefined {
  const found = logNames(root).find((each) => each.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : join(logsFolder(root), `${found}${EXTENSION}`);
}

/** Names of the jobs and functions that have logs. */
export function logNames(root: string): string[] {
  const folder = logsFolder(root);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.filter((file) => file.endsWith(EXTENSION)).map((file) => file.slice(0, -EXTENSION.length));
}

/** Bytes to read from the end of a log, and maximum number of lines to show. */
const END_BYTES = 8 << 10;
const END_LINES = 10;

/** The traceback at the end of a log, or the last lines of a log without a traceback; '' if there is no log. */
export function endOfLog(root: string, name: string): string {
  const file = findLogFile(root, name);
  if (file === undefined) return '';
  const lines = lastBytes(file)
    .trimEnd()
    .split('\n')
    .slice(-4 * END_LINES);
  const traceback = lines.map((line) => line.startsWith('Traceback (most recent')).lastIndexOf(true);
  return lines.slice(traceback >= 0 ? traceback : -END_LINES).join('\n');
}

function lastBytes(file: string): string {
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    const content = Buffer.alloc(Math.min(size, END_BYTES));
    return content.toString('utf8', 0, readSync(fd, content, 0, content.length, size - content.length));
  } finally {
    closeSync(fd);
  }
}

function logsFolder(root: string): string {
  return join(root, 'logs');
}
