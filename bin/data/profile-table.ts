import { SettingsError } from '../settings-error';
import { ColumnProfile } from './column-profile';
import type { CsvChunk, CsvFile } from './csv-file';
import type { Progress } from './progress';
import { countOf, listOf } from './table-error';
import { trimmed } from './values';

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
 * @throws SettingsError if the file is not CSV, or a row has a different number of fields than the header
 */
export function profileTable(file: CsvFile, label: number, progress: Progress): TableProfile {
  const columns = file.header.map((name, index) => new ColumnProfile(name, index === label));
  let rows = 0;
  for (const chunk of file.chunks()) {
    chunk.rows.forEach((row, index) => {
      if (row.length !== columns.length) throw ragged(file, row, chunk.lineOf(index), rows === 0);
      addRow(columns, row, rows, chunk, index);
      rows++;
    });
    progress.advanceTo(chunk.bytesRead);
  }
  if (rows === 0) {
    throw new SettingsError(`tuning:data: ${file.path} has a header and no rows`);
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

function ragged(file: CsvFile, row: readonly string[], line: number, isFirst: boolean): SettingsError {
  const { path, header, delimiter } = file;
  const more = row.length > header.length;
  const advice = more
    ? 'Put a field that contains the separator in quotes (")'
    : 'Leave a missing value empty, with its separator';
  const headerAdvice =
    more && isFirst
      ? `. Line 1 must name every column, row names from R included; it is ${listOf(header)}`
      : '';
  return new SettingsError(
    `tuning:data: line ${line} of ${path} has ${countOf(row.length, 'field')} where the header has ${header.length}; ` +
      `columns are separated by ${JSON.stringify(delimiter)}. ${advice}${headerAdvice}`,
  );
}
