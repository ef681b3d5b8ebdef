/** Numbers in the syntax of XGBoost. JavaScript would also accept `0x10`. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

const DECIMAL_COMMA = /^[+-]?(?:\d+,\d*|,\d+)(?:[eE][+-]?\d+)?$/;

const INFINITE = /^[+-]?inf(?:inity)?$/i;

/** Ambiguous numbers: in `12,345`, the comma can be a thousands separator or a decimal comma. */
const MAYBE_THOUSANDS = /^[+-]?\d{1,3}(?:,\d{3})+$/;

/** Numbers with a thousands separator, such as `1.234,56` or `1,234.56`. */
const GROUPED = /^[+-]?\d{1,3}(?:([., {2}'])\d{3})(?:\1\d{3})*(?:[.,]\d+)?$/;

/** Markers of missing values in pandas and R, and the question mark in files of the UCI repository. */
const MISSING = new Set(['', '?', 'na', 'n/a', 'nan', '-nan', 'null', '<na>', '#n/a', '#na']);

/** Strings that mean a missing value in a column of numbers, but a category in a column of text. */
const MISSING_AMONG_NUMBERS = new Set(['none', '-', '--', '\u2212', '\u2013', '\u2014']);

/** Unicode's minus sign and en dash, which word processors use as a minus. */
const UNICODE_MINUS = new Set([0x2212, 0x2013]);

/** The largest 32-bit float, which is the number type of XGBoost. */
export const LARGEST_FLOAT = 3.4028234663852886e38;

/** Kind of a field's value, independent of its column. */
export type ValueKind =
  | 'missing'
  | 'maybeMissing'
  | 'number'
  | 'decimalComma'
  | 'maybeThousands'
  | 'grouped'
  | 'text';

/** The kind of a trimmed field. */
export function kindOf(value: string): ValueKind {
  if (isDecimal(value)) return 'number';
  const word = value.toLowerCase();
  if (MISSING.has(word)) return 'missing';
  if (MISSING_AMONG_NUMBERS.has(word)) return 'maybeMissing';
  if (MAYBE_THOUSANDS.test(value)) return 'maybeThousands';
  if (DECIMAL_COMMA.test(value)) return 'decimalComma';
  if (INFINITE.test(value)) return 'number';
  return GROUPED.test(value) ? 'grouped' : 'text';
}

/** Whether a field is a number in the syntax of XGBoost. */
export function isDecimal(value: string): boolean {
  return DECIMAL.test(value);
}

/** The number in a field of kind `number`, `decimalComma` or `maybeThousands`. */
export function numberOf(value: string): number {
  if (INFINITE.test(value))
    return value.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(withDecimalPoint(value));
}

/** `1,5` as `1.5`. */
export function withDecimalPoint(value: string): string {
  return value.replace(',', '.');
}

/** If the field is a negative number, replaces a Unicode minus with an ASCII minus, which XGBoost can read. */
export function withAsciiMinus(value: string): string {
  if (!UNICODE_MINUS.has(value.charCodeAt(0))) return value;
  const negative = `-${value.slice(1)}`;
  return /^-[.,]?\d/.test(negative) && kindOf(negative) !== 'text' ? negative : value;
}

/** Removes the spaces around a field. Most fields have no such spaces and are returned unchanged. */
export function trimmed(value: string): string {
  const last = value.length - 1;
  return last >= 0 && (value.charCodeAt(0) <= 32 || value.charCodeAt(last) <= 32) ? value.trim() : value;
}

/** Returns a field of a row, trimmed and with an ASCII minus. */
export function fieldAt(row: readonly string[], index: number): string {
  return withAsciiMinus(trimmed(row[index] ?? ''));
}
