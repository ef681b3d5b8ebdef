import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** How long a change that may be lost waits for further ones to the same record: most jobs of a test are over by then. */
const DELAY_MS = 100;

/** The newest contents that wait, by the record's file. */
const waiting = new Map<string, string>();

/** The temporary files with contents that the disk is taking, by the record's file. */
const underWay = new Map<string, string>();

/**
 * Writes a record, a JSON file that `readRecord` reads, and makes the folders above it. After a crash, of this process or
 * of the machine, the file has the old content or the new one: the disk has the content before the file has its name.
 */
export function writeRecord(file: string, content: string): void {
  forgetWaiting(file);
  place(file, content, fs.renameSync);
}

/**
 * Writes a record that is not there.
 *
 * @returns false when the file exists, also when another process makes it at the same time
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
 * Writes a record as `writeRecord` does, but a moment later, together with the changes until then, and without waiting for
 * the disk. For changes that may be lost when the process ends.
 */
export function writeRecordSoon(file: string, content: string): void {
  if (!waiting.has(file)) setTimeout(() => writeWaiting(file), DELAY_MS).unref();
  waiting.set(file, content);
}

/** Removes a record, and what was to be written to it. */
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
  // Without its folder there is no record any more.
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

/** A file beside the record with its next content, open: whoever gets it closes it. */
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
