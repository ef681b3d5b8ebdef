import * as fs from 'node:fs';
import * as path from 'node:path';
import { temporaryFile } from './temporary-file';

/** Copies the content from another file, which may be too large for memory. */
export interface CopyOf {
  readonly copyOf: string;
  /**
   * Whether to create a hard link instead of a copy, if the file system supports hard links. A change to one of the
   * files then changes both. @default false
   */
  readonly isLinked?: boolean;
}

/** Lines, which may be too many for memory. */
export interface Lines {
  readonly lines: Iterable<string>;
}

/**
 * Writes a file atomically and creates its parent folders. Readers see the old content or the new content,
 * even if this process is killed.
 *
 * @param staging folder for the incomplete new content; on the same disk as the file
 */
export function replaceFile(
  file: string,
  content: string | Uint8Array | CopyOf | Lines,
  staging: string = path.dirname(file),
): void {
  fs.mkdirSync(staging, { recursive: true });
  const temporary = temporaryFile(staging);
  try {
    if (typeof content === 'object' && 'copyOf' in content) {
      copyFile(content, temporary);
    } else if (typeof content === 'object' && 'lines' in content) {
      writeLines(temporary, content);
    } else {
      fs.writeFileSync(temporary, content);
    }
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.renameSync(temporary, file);
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

function writeLines(file: string, { lines }: Lines): void {
  const descriptor = fs.openSync(file, 'w');
  try {
    for (const line of lines) fs.writeFileSync(descriptor, line);
  } finally {
    fs.closeSync(descriptor);
  }
}

function copyFile({ copyOf, isLinked }: CopyOf, target: string): void {
  if (isLinked) {
    try {
      fs.linkSync(copyOf, target);
      return;
    } catch {
      // The file system does not support hard links: copies the file.
    }
  }
  // Clones the file if the file system supports clones.
  fs.copyFileSync(copyOf, target, fs.constants.COPYFILE_FICLONE);
}
