import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

/**
 * How long a deferred write waits for more changes to the same record. Most jobs in tests end within this
 * time.
 */
const DELAY_MS = 100;

/** Contents waiting to be written, by record file. */
const waiting = new Map<string, string>();

/** Temporary files being written, by record file. */
const underWay = new Map<string, string>();

/**
 * Writes a record, a JSON file for `readRecord`, and creates its parent folders. After a crash of the process
 * or the machine, the file has either the old or the new content: the content is flushed to disk before the
 * file is renamed.
 */
export function writeRecord(file: string, content: string): void {
  forgetWaiting(file);
  place(file, content, fs.renameSync);
}

/**
 * Writes a record only if it does not exist.
 *
 * @returns false when the file exists, even if another process creates it at the same time
 */
export function createRecord(file: string, content: string): boolean {
  try {
    place(file, content, fs.linkSync);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Like `writeRecord`, but deferred: combines changes made within a short time and does not wait for the disk.
 * Use it only for changes that may be lost if the process ends.
 */
export function writeRecordSoon(file: string, content: string): void {
  if (!waiting.has(file)) setTimeout(() => writeWaiting(file), DELAY_MS).unref();
  waiting.set(file, content);
}

/** Deletes a record and its pending writes. */
export function deleteRecord(file: string): void {
  forgetWaiting(file);
  fs.rmSync(file, { force: true });
}

function forgetWaiting(file: string): void {
  waiting.delete(file);
  underWay.delete(file);
}

function writeWaiting(file: string): void {
  const content = waiting.get(file);
  waiting.delete(file);
  // If the folder is gone, the record was deleted.
  if (content === undefined || !fs.existsSync(path.dirname(file))) return;
  const { temporary, descriptor } = writeTemporary(file, content);
  underWay.set(file, temporary);
  fs.fdatasync(descriptor, (failure) => {
    fs.closeSync(descriptor);
    const isNewest = underWay.get(file) === temporary;
    if (isNewest) underWay.delete(file);
    if (isNewest && failure === null && fs.existsSync(temporary)) fs.renameSync(temporary, file);
    else fs.rmSync(temporary, { force: true });
  });
}

function place(file: string, content: string, move: (from: string, to: string) => void): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const { temporary, descriptor } = writeTemporary(file, content);
  try {
    try {
      fs.fdatasyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    move(temporary, file);
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

/** Creates an open temporary file next to a record, with the record's new content. The caller closes it. */
function writeTemporary(file: string, content: string): { temporary: string; descriptor: number } {
  const temporary = path.join(path.dirname(file), `.${randomUUID()}.tmp`);
  const descriptor = fs.openSync(temporary, 'w');
  try {
    fs.writeFileSync(descriptor, content);
    return { temporary, descriptor };
  } catch (error) {
    fs.closeSync(descriptor);
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}
