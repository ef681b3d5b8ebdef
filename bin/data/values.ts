/** The numbers that XGBoost reads; JavaScript would take `0x10` as well. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

const DECIMAL_COMMA = /^[+-]?(?:\d+,\d*|,\d+)(?:[eE][+-]?\d+)?$/;

const INFINITE = /^[+-]?inf(?:inity)?$/i;

/** `12,345` is twelve thousand to some and twelve and a third to others. */
const MAYBE_THOUSANDS = /^[+-]?\d{1,3}(?:,\d{3})+$/;

/** Both separators, such as `1.234,56` or `1,234.56`. */
const GROUPED = /^[+-]?\d{1,3}(?:([., {2}'])\d{3})(?:\1\d{3})*(?:[.,]\d+)?$/;

/** What tables write in place of a missing value: pandas' and R's words, and the question mark of UCI's files. */
const MISSING = new Set(['', '?', 'na', 'n/a', 'nan', '-nan', 'null', '<na>', '#n/a', '#na']);

/** Words that are a category among text and a missing value among numbers. */
const MISSING_AMONG_NUMBERS = new Set(['none', '-', '--', '\u2212', '\u2013', '\u2014']);

/** The minus sign and the en dash of Unicode, which word processors and typographers write for a minus. */
const UNICODE_MINUS = new Set([0x2212, 0x2013]);

/** The largest number that a 32-bit float holds: XGBoost's numbers are such. */
export const LARGEST_FLOAT = 3.4028234663852886e38;

/** What a field holds, whatever its column. */
export type ValueKind =
  | 'missing'
  | 'maybeMissing'
  | 'number'
  | 'decimalComma'
  | 'maybeThousands'
  | 'grouped'
  | 'text';

/** What a field, without spaces around it, holds. */
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

/** Whether a field is a number as XGBoost reads it. */
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

/** A field with the minus that XGBoost reads, if the field is a negative number that has a Unicode minus. */
export function withAsciiMinus(value: string): string {
  if (!UNICODE_MINUS.has(value.charCodeAt(0))) return value;
  const negative = `-${value.slice(1)}`;
  return /^-[.,]?\d/.test(negative) && kindOf(negative) !== 'text' ? negative : value;
}

/** A field without spaces around it. Most have none: they are left as they are. */
export function trimmed(value: string): string {
  const last = value.length - 1;
  return last >= 0 && (value.charCodeAt(0) <= 32 || value.charCodeAt(last) <= 32) ? value.trim() : value;
}
