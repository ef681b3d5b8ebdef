import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { type Options, parse } from 'csv-parse/sync';
import { TableError } from './table-error';
import { encodingOf, type TextEncoding } from './text-encoding';

/** Number of bytes to read at a time. */
const CHUNK_BYTES = 1 << 17;

/** Maximum length of a record. A longer record means that a quoted field is not closed. */
const LONGEST_RECORD = 256 * CHUNK_BYTES;

/** Possible delimiters between columns, most likely first. */
const DELIMITERS = [',', ';', '\t', '|'];

const UNCLOSED_QUOTE = 'a quote (") is not closed';
const TEXT_AFTER_QUOTE = 'there is text after a closing quote (")';

/** Messages for errors of csv-parse, by error code. */
const CSV_PROBLEMS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: UNCLOSED_QUOTE,
  CSV_INVALID_CLOSING_QUOTE: TEXT_AFTER_QUOTE,
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: TEXT_AFTER_QUOTE,
  INVALID_OPENING_QUOTE: 'there is a quote (") within a field that does not begin with one',
};

/** Number of records from which the delimiter is detected. */
const SAMPLED_RECORDS = 20;

/** Consecutive records of a file. */
export interface CsvChunk {
  /** Fields, without quotes. */
  readonly rows: readonly string[][];
  /** Number of bytes of the file up to the end of this chunk. */
  readonly bytesRead: number;
  /** Number of the line on which a row of this chunk begins. The first line of the file is 1. */
  lineOf(row: number): number;
}

/** Thrown if a file is read as UTF-8 but has invalid UTF-8. */
class NotUtf8Error extends Error {
  override readonly name = 'NotUtf8Error';
}

/** A CSV file with a header. It is read in chunks, so memory does not depend on its size. */
export class CsvFile {
  /**
   * Detects the encoding and the delimiter from the start of a file.
   *
   * @throws TableError if the file is empty or not text, or its first line is not CSV
   */
  static open(path: string, encoding?: TextEncoding): CsvFile {
    const head = readHead(path);
    if (head.length === 0) throw new TableError(`${path} is empty`);
    return new CsvFile(path, encoding ?? encodingOf(path, head), statSync(path).size);
  }

  readonly header: readonly string[];
  readonly delimiter: string;

  private constructor(
    readonly path: string,
    readonly encoding: TextEncoding,
    readonly bytes: number,
  ) {
    const [first] = this.texts();
    if (first === undefined || first.text.trim() === '') {
      throw new TableError(`${path} is empty`);
    }
    this.delimiter = delimiterOf(first.text);
    const [header = []] = this.parse(first.text, 1, { to: 1 });
    this.header = header.map((name) => name.trim());
  }

  /**
   * The records after the header. Blank lines are skipped.
   *
   * @param first the index of the first record: 0 to include the header
   * @throws NotUtf8Error at the first invalid bytes, if the encoding is UTF-8
   * @throws TableError at the first record that is not valid CSV
   */
  *chunks(first = 1): Generator<CsvChunk> {
    let isFirst = true;
    for (const { text, line, bytesRead } of this.texts()) {
      const from = isFirst ? first : 0;
      isFirst = false;
      const rows = this.parse(text, line).slice(from);
      let lines: readonly number[] | undefined;
      const lineOf = (row: number): number => {
        lines ??= this.linesOf(text, line);
        return lines[row + from] ?? line;
      };
      yield { rows, bytesRead, lineOf };
    }
  }

  /** Reads the file in parts that consist of whole records. */
  private *texts(): Generator<{ text: string; line: number; bytesRead: number }> {
    const file = openSync(this.path, 'r');
    try {
      const decoder = new TextDecoder(this.encoding, { fatal: true });
      const buffer = Buffer.alloc(CHUNK_BYTES);
      let rest = '';
      let line = 1;
      let bytesRead = 0;
      for (;;) {
        const length = readSync(file, buffer, 0, buffer.length, null);
        bytesRead += length;
        const text = withLineFeeds(rest + this.decode(decoder, buffer.subarray(0, length), length > 0));
        const end = length > 0 ? endOfRecords(text) : text.length;
        if (text.length - end > LONGEST_RECORD) {
          throw this.notCsv(line, UNCLOSED_QUOTE);
        }
        rest = text.slice(end);
        if (end > 0) {
          const whole = text.slice(0, end);
          yield { text: whole, line, bytesRead };
          line += occurrencesOf(whole, '\n');
        }
        if (length === 0) return;
      }
    } finally {
      closeSync(file);
    }
  }

  private decode(decoder: InstanceType<typeof TextDecoder>, bytes: Buffer, stream: boolean): string {
    try {
      return decoder.decode(bytes, { stream });
    } catch {
      if (this.encoding === 'utf-8') throw new NotUtf8Error(`${this.path} is not UTF-8`);
      throw new TableError(`${this.path} is not ${this.encoding.toUpperCase()}: save it as UTF-8`);
    }
  }

  private parse(text: string, firstLine: number, options: Options = {}): string[][] {
    try {
      return parse(text, { ...optionsFor(text, this.delimiter), ...options });
    } catch (error) {
      const { code = '', message, lines } = error as Error & { code?: string; lines?: number };
      throw this.notCsv(firstLine + (lines ?? 1) - 1, CSV_PROBLEMS[code] ?? message);
    }
  }

  /**
   * The numbers of the lines on which records begin. Computed only if needed, because finding them takes as long as
   * reading the records.
   */
  private linesOf(text: string, firstLine: number): number[] {
    const begins: number[] = [];
    this.parse(text, firstLine, {
      on_record: (row: string[], { lines }) => {
        // `lines` is the number of the record's last line.
        begins.push(firstLine + lines - 1 - row.reduce((sum, field) => sum + occurrencesOf(field, '\n'), 0));
        return null;
      },
    });
    return begins;
  }

  private notCsv(line: number, why: string): TableError {
    return new TableError(
      `line ${line} of ${this.path} is not CSV: ${why}. Write each double quote within a quoted field as ""`,
    );
  }
}

/**
 * Reads a file in the encoding that its first bytes indicate, by default UTF-8. If the file is not valid UTF-8,
 * reads it as Windows-1252, which includes Latin-1.
 *
 * @param read called a second time if the file turns out not to be UTF-8
 */
export function readCsvFile<Result>(path: string, read: (file: CsvFile) => Result): Result {
  try {
    return read(CsvFile.open(path));
  } catch (error) {
    if (!(error instanceof NotUtf8Error)) throw error;
    return read(CsvFile.open(path, 'windows-1252'));
  }
}

function readHead(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(4096);
    return head.subarray(0, readSync(file, head, 0, head.length, 0));
  } finally {
    closeSync(file);
  }
}

/** End of the last complete record: a line break after an even number of double quotes. */
function endOfRecords(text: string): number {
  let quotes = occurrencesOf(text, '"');
  let from = text.length;
  for (let end = text.lastIndexOf('\n'); end >= 0; end = end > 0 ? text.lastIndexOf('\n', end - 1) : -1) {
    quotes -= occurrencesOf(text.slice(end, from), '"');
    from = end;
    if (quotes % 2 === 0) return end + 1;
  }
  return 0;
}

/**
 * The delimiter with which the first records have the same number of columns. If several delimiters fit, the one that
 * gives the most columns.
 */
function delimiterOf(text: string): string {
  const [best] = DELIMITERS.map((delimiter) => {
    const widths = sampleWidths(text, delimiter);
    const columns = widths[0] ?? 0;
    return { delimiter, columns, isRegular: columns > 1 && widths.every((width) => width === columns) };
  }).sort((a, b) => Number(b.isRegular) - Number(a.isRegular) || b.columns - a.columns);
  return best?.delimiter ?? ',';
}

function sampleWidths(text: string, delimiter: string): number[] {
  try {
    const records: string[][] = parse(text, { ...optionsFor(text, delimiter), to: SAMPLED_RECORDS });
    return records.map(({ length }) => length);
  } catch {
    return [];
  }
}

function optionsFor(text: string, delimiter: string): Options {
  return {
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    // Removes spaces around double quotes. All other spaces are removed later, because `trim` is slow.
    trim: text.includes(' "') || text.includes('" '),
  };
}

/**
 * Normalizes line endings to line feeds. Keeps a carriage return at the end of the text, because it can be the first
 * half of a line ending.
 */
function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n|\r(?!$)/g, '\n') : text;
}

function occurrencesOf(text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count++;
  return count;
}
