import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** The content of another file, which may be too large for memory. */
export interface CopyOf {
  readonly copyOf: string;
}

/**
 * Writes a file, and makes the folders above it: whoever reads it sees the old content or the new one, nothing in
 * between, also when this process is killed.
 *
 * @param staging folder for the new content until it is whole; on the same disk as the file
 */
export function replaceFile(
  file: string,
  content: string | Uint8Array | CopyOf,
  staging: string = path.dirname(file),
): void {
  fs.mkdirSync(staging, { recursive: true });
  const temporary = path.join(staging, `.${randomUUID()}.tmp`);
  try {
    if (typeof content === 'object' && 'copyOf' in content) {
      // Where the disk can, without a second copy of the bytes.
      fs.copyFileSync(content.copyOf, temporary, fs.constants.COPYFILE_FICLONE);
    } else {
      fs.writeFileSync(temporary, content);
    }
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.renameSync(temporary, file);
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}
