import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';

/** Stores strings in a temporary file, because they would take too much memory. */
export class StringFile {
  private handle: number | undefined;
  private size = 0;

  constructor(private readonly path: string) {}

  /** Stores a string. @returns a function that reads the string, as long as the temporary file is open */
  keep(text: string): () => string {
    this.handle ??= this.open();
    const { handle, size: start } = this;
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(handle, bytes, written, bytes.length - written, start + written);
    }
    this.size += bytes.length;
    // The returned function uses only the length, because a reference to `bytes` would keep the string in memory.
    const { length } = bytes;
    return () => readString(handle, start, length);
  }

  /** Deletes the strings. */
  close(): void {
    if (this.handle === undefined) return;
    closeSync(this.handle);
    this.handle = undefined;
    rmSync(this.path, { force: true });
  }

  private open(): number {
    const handle = openSync(this.path, 'w+');
    // Removes the file's name now, so that nothing is left if the process is killed. The open file stays usable, except
    // on Windows.
    if (process.platform !== 'win32') rmSync(this.path);
    return handle;
  }
}

function readString(handle: number, start: number, length: number): string {
  const bytes = Buffer.alloc(length);
  for (let read = 0; read < length; ) {
    const size = readSync(handle, bytes, read, length - read, start + read);
    if (size === 0) throw new Error('a string in a temporary file is incomplete');
    read += size;
  }
  return bytes.toString();
}
