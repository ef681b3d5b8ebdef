import * as fs from 'node:fs';
import * as path from 'node:path';
import { temporaryFile } from './temporary-file';

/**
 * How long a deferred write waits for more changes to the same record. Most short jobs end within this time. Other
 * processes see the progress of longer jobs with this delay.
 */
const DELAY_MS = 500;

/** Contents waiting to be written, by record file. Only the last content of a record is converted to a string. */
const waiting = new Map<string, () => string>();

/** Temporary files being written, by record file. */
const underWay = new Map<string, string>();

/** New content of a record. It is already on disk, in a temporary file next to the record. */
export interface FlushedRecord {
  /** Replaces the record. */
  place(): void;
  /** Deletes the content. */
  discard(): void;
}

/**
 * Writes a record, a JSON file for `readRecord`, and creates its parent folders. After a crash of the process
 * or the machine, the file has either the old or the new content: the content is flushed to disk before the
 * file is renamed.
 */
export function writeRecord(file: string, content: string): void {
  forgetWaiting(file);
  const { temporary, descriptor } = writeTemporary(file, content);
  try {
    try {
      fs.fdatasyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Writes new content of a record to a temporary file and flushes it to disk. This process does other work meanwhile.
 * `place` then replaces the record with the new content.
 */
export async function flushRecord(file: string, content: string): Promise<FlushedRecord> {
  const { temporary, descriptor } = writeTemporary(file, content);
  const discard = () => fs.rmSync(temporary, { force: true });
  try {
    await new Promise<void>((resolve, reject) => {
      fs.fdatasync(descriptor, (failure) => (failure ? reject(failure) : resolve()));
    }).finally(() => fs.closeSync(descriptor));
  } catch (error) {
    discard();
    throw error;
  }
  return {
    place: () => {
      forgetWaiting(file);
      fs.renameSync(temporary, file);
    },
    discard,
  };
}

/**
 * Writes a record only if it does not exist. The content is flushed to disk right after this function returns. If the
 * machine crashes before that, the record is unreadable, but the job or execution that it describes has not started.
 *
 * @returns false when the file exists, even if another process creates it at the same time
 */
export function createRecord(file: string, content: string): boolean {
  const { temporary, descriptor } = writeTemporary(file, content);
  fs.fdatasync(descriptor, () => fs.closeSync(descriptor));
  try {
    fs.linkSync(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.unlinkSync(temporary);
  }
}

/**
 * Like `writeRecord`, but deferred: combines changes made within a short time and does not wait for the disk. If the
 * process ends first, the changes are lost, so use it only for changes that nobody will miss.
 */
export function writeRecordSoon(file: string, content: () => string): void {
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
  // If the folder no longer exists, the record was deleted.
  if (content === undefined || !fs.existsSync(path.dirname(file))) return;
  const { temporary, descriptor } = writeTemporary(file, content());
  underWay.set(file, temporary);
  fs.fdatasync(descriptor, (failure) => {
    fs.closeSync(descriptor);
    const isNewest = underWay.get(file) === temporary;
    if (isNewest) underWay.delete(file);
    if (isNewest && failure === null && fs.existsSync(temporary)) fs.renameSync(temporary, file);
    else fs.rmSync(temporary, { force: true });
  });
}

/** Creates an open temporary file next to a record, with the record's new content. The caller closes it. */
function writeTemporary(file: string, content: string): { temporary: string; descriptor: number } {
  const folder = path.dirname(file);
  const temporary = temporaryFile(folder);
  const descriptor = openIn(folder, temporary);
  try {
    fs.writeFileSync(descriptor, content);
    return { temporary, descriptor };
  } catch (error) {
    fs.closeSync(descriptor);
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/** Opens a new file, and creates its folder if necessary. */
function openIn(folder: string, file: string): number {
  try {
    return fs.openSync(file, 'w');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    fs.mkdirSync(folder, { recursive: true });
    return fs.openSync(file, 'w');
  }
}
