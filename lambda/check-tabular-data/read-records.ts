import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';

/** Number of bytes left to read, for all objects of a data set together. */
export interface Budget {
  bytes: number;
}

/** Maximum length of a record. Without a limit, an unclosed quote could fill the memory. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;

/** Result of reading a CSV file. */
export interface ReadingEnd {
  /** Whether the whole file was read. */
  readonly complete: boolean;
  /** Why reading stopped, if the parser cannot read the file as CSV. */
  readonly problem?: string;
}

/**
 * Reads the records of a CSV file and passes each of them to `take`. Stops when the budget of decompressed bytes is
 * used up, or when `take` returns false.
 */
export async function readRecords(
  source: Readable,
  { gzip, budget }: { readonly gzip: boolean; readonly budget: Budget },
  take: (record: readonly string[]) => boolean,
): Promise<ReadingEnd> {
  let cut = false;
  let enough = false;
  let last: readonly string[] | undefined;
  const unpacked = gzip ? unpack(source) : source;
  async function* withinBudget(): AsyncGenerator<Buffer> {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      const part = chunk.subarray(0, budget.bytes);
      budget.bytes -= part.length;
      cut ||= budget.bytes <= 0;
      yield part;
      if (cut || enough) return;
    }
  }
  const parser = parse({
    bom: true,
    // Accepts rows of different lengths and quotes within values, because SageMaker can accept them.
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_BYTES,
    // Records are processed immediately, because an error discards those still in the stream.
    on_record: (record: readonly string[]) => {
      // Passes a record on only when the next record arrives, because the budget can run out in the middle of the last
      // record.
      if (!enough && last) enough = !take(last);
      last = record;
      return null;
    },
  });
  let problem: string | undefined;
  try {
    parser.resume();
    await pipeline(withinBudget, parser);
  } catch (error) {
    if (!isOfContent(error)) throw error;
    problem = error.message;
  } finally {
    source.destroy();
  }
  if (enough) return { complete: false };
  // The last record is complete if the parser found a problem after it, or if the whole file was read.
  if (last && (problem !== undefined || !cut)) take(last);
  if (cut) return { complete: false };
  return problem === undefined ? { complete: true } : { complete: false, problem };
}

/** Whether an error was caused by the content, and not by the network or `take`. */
function isOfContent(error: unknown): error is Error {
  return error instanceof CsvError || String((error as NodeJS.ErrnoException).code).startsWith('Z_');
}

function unpack(source: Readable): Readable {
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  // The pipeline reports an error while it reads. This listener ignores errors that occur after the pipeline has ended.
  gunzip.on('error', () => {});
  return source.pipe(gunzip);
}
