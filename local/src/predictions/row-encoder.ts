import {
  type ColumnEncoder,
  type CsvFile,
  countOf,
  encoderOf,
  fieldAt,
  fieldError,
  isTooLarge,
  kindOf,
  listOf,
  NUMBER_PROBLEMS,
  quoted,
  raggedRow,
} from '../tables';
import type { ColumnPlan, UsedColumn } from './column-plan';

/** Maximum number of unknown values in a notice. */
const MOST_UNKNOWN = 3;

/** Encodes rows as the training data was encoded. */
export class RowEncoder {
  private readonly columns: readonly EncodedColumn[];
  private rows = 0;

  constructor(
    private readonly file: CsvFile,
    plan: ColumnPlan,
  ) {
    this.columns = plan.used.map((column) =>
      column.prepared[0]?.encoding === 'number'
        ? new NumberColumn(column, file.path)
        : new CategoryColumn(column),
    );
  }

  /**
   * Encodes the next row. Returns the encoded fields, separated by commas.
   *
   * @throws TableError if the row has too few or too many fields, or a number cannot be read
   */
  encode(row: readonly string[], lineOf: () => number): string {
    if (row.length !== this.file.header.length) {
      throw raggedRow(this.file, row, lineOf(), this.rows === 0);
    }
    this.rows++;
    const fields = this.columns.map((column) => column.encode(fieldAt(row, column.index), lineOf));
    // A row without values becomes "nan", because batch transform would skip a blank line.
    return fields.join(',') || 'nan';
  }

  /**
   * Must be called after the last row.
   *
   * @returns notices about values that the training data did not have
   * @throws TableError if a column has ambiguous numbers, such as `12,345`
   */
  finish(): string[] {
    return this.columns.flatMap((column) => column.finish() ?? []);
  }
}

interface EncodedColumn {
  readonly index: number;
  encode(value: string, lineOf: () => number): string;
  /** @returns a notice */
  finish(): string | undefined;
}

/** A column of numbers. Refuses the same values as the preparation of training data. */
class NumberColumn implements EncodedColumn {
  readonly index: number;
  private readonly encoder: ColumnEncoder;
  private hasDecimalComma = false;
  private ambiguous?: { readonly value: string; readonly line: number };

  constructor(
    private readonly column: UsedColumn,
    private readonly path: string,
  ) {
    this.index = column.index;
    this.encoder = encoderOf(column.prepared);
  }

  encode(value: string, lineOf: () => number): string {
    const kind = kindOf(value);
    if (kind === 'text' || kind === 'grouped') throw this.refusal(value, lineOf(), NUMBER_PROBLEMS[kind]);
    if (kind === 'missing' || kind === 'maybeMissing') return '';
    if (isTooLarge(value)) throw this.refusal(value, lineOf(), NUMBER_PROBLEMS.tooLarge);
    this.hasDecimalComma ||= kind === 'decimalComma';
    if (kind === 'maybeThousands') this.ambiguous ??= { value, line: lineOf() };
    return this.encoder.encode(value);
  }

  finish(): undefined {
    if (this.ambiguous === undefined || this.hasDecimalComma) return;
    const { value, line } = this.ambiguous;
    throw this.refusal(value, line, NUMBER_PROBLEMS.maybeThousands);
  }

  private refusal(value: string, line: number, problem: string): Error {
    return fieldError(this.path, this.column.name, { value, line }, problem);
  }
}

/** A column of categories or dates. */
class CategoryColumn implements EncodedColumn {
  readonly index: number;
  private readonly encoder: ColumnEncoder;
  private readonly unknown = new Set<string>();
  private rows = 0;

  constructor(private readonly column: UsedColumn) {
    this.index = column.index;
    this.encoder = encoderOf(column.prepared);
  }

  encode(value: string): string {
    if (this.encoder.isUnknown(value)) {
      this.rows++;
      if (this.unknown.size < MOST_UNKNOWN) this.unknown.add(quoted(value));
    }
    return this.encoder.encode(value);
  }

  finish(): string | undefined {
    if (this.rows === 0) return undefined;
    const { name, prepared } = this.column;
    const [{ encoding, codes = {}, form } = {}] = prepared;
    const examples = `column ${name}: ${countOf(this.rows, 'row')} with a value that the training data did not have, such as ${[...this.unknown].join(', ')}.`;
    if (encoding === 'date') {
      return `${examples} A value that is not a date in the format of the training data (${form}) is treated as missing`;
    }
    const known = encoding === 'code' ? Object.keys(codes) : prepared.map(({ category = '' }) => category);
    const treatment =
      encoding === 'code'
        ? 'such a value is treated as missing'
        : 'for such a value, all of these columns are 0';
    return `${examples} Known: ${listOf(known)}; ${treatment}`;
  }
}
