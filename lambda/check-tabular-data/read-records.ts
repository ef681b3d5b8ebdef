import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';

/** How many more bytes may be read, of all objects of a data set together. */
export interface Budget {
  bytes: number;
}

/** Maximum length of a record. Rows can be long, but a quote that is never closed must not fill the memory. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;

/** How the reading of a CSV file ended. */
export interface ReadingEnd {
  /** Whether all of the file was read. */
  readonly complete: boolean;
  /** Why reading stopped, if the parser cannot read the file as CSV. */
  readonly problem?: string;
}

/**
 * Reads the records of a CSV file one by one, until the budget of decompressed bytes is used up, or `take` returns false
 * because it needs no more.
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
    // SageMaker decides about rows with a different number of values, and about quotes within values.
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_BYTES,
    // Records are processed immediately, because an error discards those still in the stream.
    on_record: (record: readonly string[]) => {
      // One record late: if the budget ends, the last record may be incomplete.
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
  // A problem occurs after the last record, so that record is complete. A cut can be within it.
  if (last && (problem !== undefined || !cut)) take(last);
  if (cut) return { complete: false };
  return problem === undefined ? { complete: true } : { complete: false, problem };
}

/** Whether an error comes from the content, not from the network or from `take`. */
function isOfContent(error: unknown): error is Error {
  return error instanceof CsvError || String((error as NodeJS.ErrnoException).code).startsWith('Z_');
}

function unpack(source: Readable): Readable {
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  // The reader gets the error too. After reading has ended, nobody needs it.
  gunzip.on('error', () => {});
  return source.pipe(gunzip);
}
