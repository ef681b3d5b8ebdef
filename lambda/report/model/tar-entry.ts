/** Size of a tar block in bytes. A header is one block. The content of a file is padded to whole blocks. */
const BLOCK = 512;

/**
 * Reads an archive as a stream and returns one file from it.
 *
 * @see https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
export async function readTarEntry(
  chunks: AsyncIterable<Buffer>,
  isWanted: (name: string) => boolean,
  maxBytes: number,
): Promise<{ readonly content?: Buffer; readonly names: readonly string[] }> {
  const names: string[] = [];
  const content: Buffer[] = [];
  let header = Buffer.alloc(0);
  /** Remaining bytes of the current file and of its padding. */
  let [left, padding] = [0, 0];
  let keeps = false;
  for await (const chunk of chunks) {
    let at = 0;
    while (at < chunk.length) {
      if (left > 0) {
        const piece = chunk.subarray(at, at + left);
        if (keeps) content.push(piece);
        left -= piece.length;
        at += piece.length;
        if (left === 0 && keeps) return { content: Buffer.concat(content), names };
      } else if (padding > 0) {
        const skipped = Math.min(padding, chunk.length - at);
        padding -= skipped;
        at += skipped;
      } else {
        const piece = chunk.subarray(at, at + BLOCK - header.length);
        header = Buffer.concat([header, piece]);
        at += piece.length;
        if (header.length < BLOCK) continue;
        const { name, size } = entryOf(header);
        header = Buffer.alloc(0);
        if (name === '') continue;
        names.push(name);
        keeps = isWanted(name);
        if (keeps && size > maxBytes) {
          throw new Error(`the model has ${size} bytes, more than the maximum of ${maxBytes}`);
        }
        left = size;
        padding = (BLOCK - (size % BLOCK)) % BLOCK;
      }
    }
  }
  return { names };
}

function entryOf(header: Buffer): { name: string; size: number } {
  const text = (start: number, length: number) =>
    header
      .subarray(start, start + length)
      .toString('utf8')
      .replace(/\0.*$/s, '');
  return { name: text(0, 100).replace(/^\.\//, ''), size: Number.parseInt(text(124, 12).trim(), 8) || 0 };
}
