import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

const CHUNK_BYTES = 1 << 20;

/**
 * Reads a file line by line, so that the file can be larger than memory. Yields nothing if the file does not exist.
 */
export function* linesOf(file: string): Generator<string, undefined> {
  if (!existsSync(file)) return;
  const handle = openSync(file, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (;;) {
      const size = readSync(handle, chunk, 0, CHUNK_BYTES, null);
      if (size === 0) break;
      const [first = '', ...lines] = decoder.write(chunk.subarray(0, size)).split('\n');
      rest += first;
      if (lines.length === 0) continue;
      yield rest;
      rest = lines.pop() ?? '';
      yield* lines;
    }
    yield rest + decoder.end();
  } finally {
    closeSync(handle);
  }
}
