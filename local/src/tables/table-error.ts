import { countOf } from '../count-of';
import { UserError } from '../user-error';

/** Maximum number of column or class names in a message. */
const LISTED = 20;

/** A problem in a CSV file. The message says where the problem is, and how to fix it. */
export class TableError extends UserError {}

/** A value and its line. */
export interface Example {
  readonly value: string;
  readonly line: number;
}

/** An error about one field of a file. */
export function fieldError(path: string, column: string, { line, value }: Example, what: string): TableError {
  return new TableError(`line ${line} of ${path}, column ${column}: ${quoted(value)} ${what}`);
}

/** What a message about a row says about the file. */
interface TableShape {
  readonly path: string;
  readonly header: readonly string[];
  readonly delimiter: string;
}

/** An error about a row that does not have as many fields as the header. */
export function raggedRow(
  { path, header, delimiter }: TableShape,
  row: readonly string[],
  line: number,
  isFirst: boolean,
): TableError {
  const more = row.length > header.length;
  const advice = more
    ? 'Put a field that contains the separator in quotes (")'
    : 'Leave a missing value empty, with its separator';
  const headerAdvice =
    more && isFirst
      ? `. Line 1 must name every column, row names from R included; line 1 is ${listOf(header)}`
      : '';
  return new TableError(
    `line ${line} of ${path} has ${countOf(row.length, 'field')} where the header has ${header.length}; ` +
      `columns are separated by ${JSON.stringify(delimiter)}. ${advice}${headerAdvice}`,
  );
}

/** A list of names for a message, shortened. */
export function listOf(names: readonly string[]): string {
  const listed = names.slice(0, LISTED).map((name) => (name === '' ? '(no name)' : name));
  const more = names.length - listed.length;
  return more > 0 ? `${listed.join(', ')} and ${more} more` : listed.join(', ');
}

/** A value in quotes, shortened. */
export function quoted(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
