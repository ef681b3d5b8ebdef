import { TableError } from './table-error';

/** Supported text encodings, with their names in `TextDecoder`. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** File formats other than text: the first bytes of such a file, and how to convert the file to CSV. */
const OTHER_FORMATS: readonly { readonly start: readonly number[]; readonly advice: string }[] = [
  {
    start: [0x50, 0x4b],
    advice: 'is a ZIP archive or an Excel workbook: unpack it, or save the sheet as CSV',
  },
  { start: [0xd0, 0xcf, 0x11, 0xe0], advice: 'is an Excel workbook: save the sheet as CSV' },
  { start: [0x1f, 0x8b], advice: 'is compressed with gzip: unpack it with gunzip' },
  { start: [0x50, 0x41, 0x52, 0x31], advice: 'is a Parquet file: save the table as CSV' },
];

const BYTE_ORDER_MARKS: readonly { readonly start: readonly number[]; readonly encoding: TextEncoding }[] = [
  { start: [0xff, 0xfe], encoding: 'utf-16le' },
  { start: [0xfe, 0xff], encoding: 'utf-16be' },
];

/**
 * Detects the encoding of a file from its first bytes. The default is UTF-8. Invalid UTF-8 in the rest of the file is
 * detected when the file is read.
 *
 * @throws TableError if the file is not text
 */
export function encodingOf(path: string, head: Buffer): TextEncoding {
  const startsWith = (start: readonly number[]) => start.every((byte, index) => head[index] === byte);
  const other = OTHER_FORMATS.find(({ start }) => startsWith(start));
  if (other) throw new TableError(`${path} ${other.advice}`);
  const marked = BYTE_ORDER_MARKS.find(({ start }) => startsWith(start));
  return marked?.encoding ?? utf16WithoutMark(path, head) ?? 'utf-8';
}

/**
 * Detects UTF-16 without a byte order mark. One of the two bytes of each ASCII character is zero: the second byte
 * in little-endian order, the first byte in big-endian order.
 */
function utf16WithoutMark(path: string, head: Buffer): TextEncoding | undefined {
  if (!head.includes(0)) return undefined;
  const zeros = [0, 0];
  head.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  const many = head.length / 4;
  if (odd > many && even === 0) return 'utf-16le';
  if (even > many && odd === 0) return 'utf-16be';
  throw new TableError(`${path} is a binary file (it has zero bytes): save the table as CSV in UTF-8`);
}
