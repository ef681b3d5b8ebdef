import type { CsvChunk, CsvFile } from '../../local/src/tables/csv-file';
import { raggedRow, TableError } from '../../local/src/tables/table-error';
import { trimmed } from '../../local/src/tables/values';
import { ColumnProfile } from './column-profile';
import type { Progress } from './progress';

/** Statistics of a table. */
export interface TableProfile {
  readonly rows: number;
  /** The columns, in the order of the header. */
  readonly columns: readonly ColumnProfile[];
}

/**
 * First pass over the file: collects statistics of every column.
 *
 * @param label the index of the label
 * @throws TableError if the file is not CSV, or a row has a different number of fields than the header
 */
export function profileTable(file: CsvFile, label: number, progress: Progress): TableProfile {
  const columns = file.header.map((name, index) => new ColumnProfile(name, index === label));
  let rows = 0;
  for (const chunk of file.chunks()) {
    chunk.rows.forEach((row, index) => {
      if (row.length !== columns.length) throw raggedRow(file, row, chunk.lineOf(index), rows === 0);
      addRow(columns, row, rows, chunk, index);
      rows++;
    });
    progress.advanceTo(chunk.bytesRead);
  }
  if (rows === 0) {
    throw new TableError(`${file.path} has a header and no rows`);
  }
  for (const column of columns) column.finish();
  return { rows, columns };
}

function addRow(
  columns: readonly ColumnProfile[],
  row: readonly string[],
  number: number,
  chunk: CsvChunk,
  index: number,
): void {
  const lineOf = () => chunk.lineOf(index);
  for (let at = 0; at < columns.length; at++) columns[at]?.add(trimmed(row[at] ?? ''), number, lineOf);
}
