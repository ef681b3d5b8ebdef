import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';

/** How many bytes may still be read, of all the objects of a data set. */
export interface Budget {
  bytes: number;
}

/** Rows can be long texts, but a quote that is never closed must not fill the memory. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;

/** How the reading of a CSV file ended. */
export interface ReadingEnd {
  /** Whether all of the file was read. */
  readonly complete: boolean;
  /** Why it was given up, where the file is not what the parser takes for CSV. */
  readonly problem?: string;
}

/**
 * Reads the records of a CSV file one by one, as far as the budget goes (of the unpacked bytes), or until `take` has
 * seen enough and returns false.
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
    // Rows of other lengths, and quotes within values, are for SageMaker to judge.
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_BYTES,
    // At once, as what the stream still holds is lost with an error.
    on_record: (record: readonly string[]) => {
      // One behind: where the budget ends, the last record may be half of one.
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
  // What failed came after the last record; what was cut may be in it.
  if (last && (problem !== undefined || !cut)) take(last);
  if (cut) return { complete: false };
  return problem === undefined ? { complete: true } : { complete: false, problem };
}

/** Whether it is the content that cannot be read, and not the network or who looks at the records. */
function isOfContent(error: unknown): error is Error {
  return error instanceof CsvError || String((error as NodeJS.ErrnoException).code).startsWith('Z_');
}

function unpack(source: Readable): Readable {
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  // Whoever reads hears of it, too; later, nobody wants to.
  gunzip.on('error', () => {});
  return source.pipe(gunzip);
}
