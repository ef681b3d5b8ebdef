import * as fs from 'node:fs';

const READ_AT_ONCE = 1 << 20;

/** Whether two files have the same content. Compares in chunks, so files can have any size. */
export function haveSameContent(one: string, other: string): boolean {
  const files = [fs.openSync(one, 'r'), fs.openSync(other, 'r')] as const;
  try {
    const [size, otherSize] = files.map((file) => fs.fstatSync(file).size);
    if (size !== otherSize) return false;
    const buffers = [Buffer.alloc(READ_AT_ONCE), Buffer.alloc(READ_AT_ONCE)] as const;
    for (;;) {
      const length = fs.readSync(files[0], buffers[0]);
      fs.readSync(files[1], buffers[1], 0, length, null);
      if (length === 0) return true;
      if (buffers[0].compare(buffers[1], 0, length, 0, length) !== 0) return false;
    }
  } finally {
    for (const file of files) fs.closeSync(file);
  }
}
