import { type DateForm, dateFormsOf, parseDate } from './dates';
import { kindOf, LARGEST_FLOAT, numberOf, type ValueKind, withAsciiMinus } from './values';

/** So many different values of a column are remembered: the most categories a column, or classes a label, may have. */
const MOST_LEVELS = 1000;

/** The same for a column that has only numbers so far, unless it is the label: tables may have thousands of those. */
const MOST_NUMBERS = 100;

/** A value, with where it was first seen. */
export interface Example {
  readonly value: string;
  readonly line: number;
}

type Counts = Record<ValueKind, number>;

/** What a column holds, found by looking at every value once. Memory does not depend on the number of rows. */
export class ColumnProfile {
  /** How many values of each kind there are. Not complete once `isLongText`. */
  readonly counts: Counts = {
    missing: 0,
    maybeMissing: 0,
    number: 0,
    decimalComma: 0,
    maybeThousands: 0,
    grouped: 0,
    text: 0,
  };
  /** The first value of each kind. */
  readonly examples: { [Kind in ValueKind]?: Example } = {};
  /** The first number that no 32-bit float holds. */
  tooLarge?: Example;
  /** The first whole number that a 32-bit float rounds. */
  rounded?: Example;
  /** The first number that has a Unicode minus. */
  unicodeMinus?: Example;
  /** Whether all numbers are whole. */
  isWhole = true;
  /** Whether the column counts the rows, from 0 or from 1. */
  countsRows = true;
  /** Ways to read all texts as dates. */
  dateForms?: readonly DateForm[];
  /** Whether the dates have times of day. */
  hasTimes = false;

  private distinct: Map<string, number> | undefined = new Map();

  /** @param isLabel whether numbers may be classes */
  constructor(
    readonly name: string,
    readonly isLabel = false,
  ) {}

  /** Takes the value of the next row. */
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

  /** To be called after the last row. */
  finish(): void {
    if (this.distinct) this.countDistinct(this.distinct);
  }

  /** The values, in the order of their first appearance, with their numbers; undefined when there are too many. */
  get levels(): ReadonlyMap<string, number> | undefined {
    return this.distinct;
  }

  /** Whether there are too many texts to be categories: nothing more can come of the column. */
  get isLongText(): boolean {
    return this.distinct === undefined && this.texts > this.numbers && !this.dateForms?.length;
  }

  /** How many numbers there are, in whichever way they are written. */
  get numbers(): number {
    const { number, decimalComma, maybeThousands } = this.counts;
    return number + decimalComma + maybeThousands;
  }

  /** How many fields are no number and not missing. */
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
