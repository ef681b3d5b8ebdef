import { type DateForm, dateFormsOf, parseDate } from '../../local/src/tables/dates';
import type { Example } from '../../local/src/tables/table-error';
import {
  kindOf,
  LARGEST_FLOAT,
  numberOf,
  type ValueKind,
  withAsciiMinus,
} from '../../local/src/tables/values';

/**
 * Maximum number of distinct values to keep. It limits the number of categories of a column and the number of classes
 * of a label.
 */
const MOST_LEVELS = 1000;

/**
 * Maximum number of distinct values to keep for a column that has had only numbers so far and is not the label. This
 * maximum is lower, because a table can have thousands of such columns.
 */
const MOST_NUMBERS = 100;

type Counts = Record<ValueKind, number>;

/** Statistics of a column, collected in one pass. Memory does not depend on the number of rows. */
export class ColumnProfile {
  /** Number of values of each kind. Incomplete once `isLongText` is true. */
  readonly counts: Counts = {
    missing: 0,
    maybeMissing: 0,
    number: 0,
    decimalComma: 0,
    maybeThousands: 0,
    grouped: 0,
    text: 0,
  };
  /** The first value of each kind, such as the first number. */
  readonly examples: { [Kind in ValueKind]?: Example } = {};
  /** The first number that is too large for a 32-bit float. */
  tooLarge?: Example;
  /** The first whole number that a 32-bit float cannot represent exactly. */
  rounded?: Example;
  /** The first number with a Unicode minus. */
  unicodeMinus?: Example;
  /** Whether all numbers are whole. */
  isWhole = true;
  /** Whether the values are the row numbers, counted from 0 or 1. */
  countsRows = true;
  /** Date formats that fit all strings. */
  dateForms?: readonly DateForm[];
  /** Whether the dates have a time of day. */
  hasTimes = false;

  private distinct: Map<string, number> | undefined = new Map();

  /** @param isLabel whether the column is the label, whose numbers can be classes */
  constructor(
    readonly name: string,
    readonly isLabel = false,
  ) {}

  /** Adds the value of the next row. */
  add(field: string, row: number, lineOf: () => number): void {
    const value = withAsciiMinus(field);
    if (value !== field) this.unicodeMinus ??= { value: field, line: lineOf() };
    if (this.countsRows) this.countsRows = isNumberOfRow(value, row);
    if (this.isLongText) return;
    if (!this.distinct) {
      this.note(value, 1, lineOf);
      return;
    }
    const count = this.distinct.get(value) ?? 0;
    this.distinct.set(value, count + 1);
    if (count === 0) this.note(value, 0, lineOf);
    const isNumeric = !this.examples.text && !this.examples.grouped;
    if (this.distinct.size > (isNumeric && !this.isLabel ? MOST_NUMBERS : MOST_LEVELS)) {
      this.countDistinct(this.distinct);
      this.distinct = undefined;
    }
  }

  /** Must be called after the last row. */
  finish(): void {
    if (this.distinct) this.countDistinct(this.distinct);
  }

  /** The distinct values with their counts, in order of first appearance; undefined if there are too many. */
  get levels(): ReadonlyMap<string, number> | undefined {
    return this.distinct;
  }

  /** Whether the column has too many distinct strings to treat them as categories. Such a column is not used. */
  get isLongText(): boolean {
    return this.distinct === undefined && this.texts > this.numbers && !this.dateForms?.length;
  }

  /** Number of numeric values, in any notation. */
  get numbers(): number {
    const { number, decimalComma, maybeThousands } = this.counts;
    return number + decimalComma + maybeThousands;
  }

  /** Number of values that are neither numbers nor missing. */
  get texts(): number {
    return this.counts.text + this.counts.grouped;
  }

  private note(value: string, count: number, lineOf: () => number): void {
    const kind = kindOf(value);
    this.counts[kind] += count;
    this.examples[kind] ??= { value, line: lineOf() };
    if (kind === 'text') this.noteDate(value);
    else if (kind === 'number' || kind === 'decimalComma' || kind === 'maybeThousands') {
      this.noteNumber(value, lineOf);
    }
  }

  private noteNumber(value: string, lineOf: () => number): void {
    const number = numberOf(value);
    if (Math.abs(number) > LARGEST_FLOAT) {
      this.tooLarge ??= { value, line: lineOf() };
    } else if (!Number.isInteger(number)) {
      this.isWhole = false;
    } else if (Math.fround(number) !== number) {
      this.rounded ??= { value, line: lineOf() };
    }
  }

  private noteDate(value: string): void {
    const known = this.dateForms;
    if (known?.length === 0) return;
    this.dateForms = known
      ? known.filter((form) => parseDate(value, form) !== undefined)
      : dateFormsOf(value);
    this.hasTimes ||= value.includes(':');
  }

  private countDistinct(distinct: ReadonlyMap<string, number>): void {
    for (const [value, count] of distinct) this.counts[kindOf(value)] += count;
  }
}

function isNumberOfRow(value: string, row: number): boolean {
  const number = Number(value);
  return value !== '' && (number === row || number === row + 1);
}
