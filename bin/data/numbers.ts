import type { ColumnProfile } from './column-profile';
import { fieldError, quoted } from './table-error';
import { kindOf, withDecimalPoint } from './values';

/**
 * If most values of a column are numbers, and it has more distinct values than this, it has measurements with typing
 * errors, not categories.
 */
const FEW_VALUES = 20;

/** Whether a column has only numbers and missing values. */
export function isNumeric(profile: ColumnProfile): boolean {
  return profile.numbers > 0 && profile.texts === 0;
}

/**
 * @throws SettingsError if a number of a column cannot be read, or is too large for a 32-bit float
 */
export function checkNumbers(path: string, profile: ColumnProfile): void {
  const { name, examples, counts, tooLarge } = profile;
  const exclude = profile.isLabel ? '' : `. ${excludeAdvice(name)}`;
  const text = examples.text ?? examples.grouped;
  if (text && profile.numbers > profile.texts && (profile.levels?.size ?? FEW_VALUES + 1) > FEW_VALUES) {
    const advice = examples.grouped
      ? 'is not a number that XGBoost reads: write it without thousands separators and with a decimal point'
      : 'is text in a column of numbers: correct it, or leave the field empty if the value is missing';
    throw fieldError(path, name, examples.grouped ?? text, `${advice}${exclude}`);
  }
  if (!isNumeric(profile)) return;
  if (counts.maybeThousands > 0 && counts.decimalComma === 0 && examples.maybeThousands) {
    throw fieldError(
      path,
      name,
      examples.maybeThousands,
      'may have a decimal comma or a thousands separator: write numbers with a decimal point and no separator',
    );
  }
  if (tooLarge) {
    throw fieldError(
      path,
      name,
      tooLarge,
      `is too large for the 32-bit floats that XGBoost uses (maximum 3.4e38): scale the column, or leave the field empty${exclude}`,
    );
  }
}

/** Notice about numbers that are rounded; undefined if none are. */
export function roundingNotice({ name, rounded }: ColumnProfile): string | undefined {
  return (
    rounded &&
    `column ${name} has whole numbers that XGBoost's 32-bit floats round, such as ${rounded.value} (line ${rounded.line}): above 16,777,216, adjacent numbers can become equal`
  );
}

/** Notice about numbers with a Unicode minus; undefined if there are none. */
export function minusNotice({ name, unicodeMinus }: ColumnProfile): string | undefined {
  return (
    unicodeMinus &&
    `column ${name} has a Unicode minus, such as ${quoted(unicodeMinus.value)} (line ${unicodeMinus.line}), which is read as a minus sign`
  );
}

/** A number in the form that XGBoost reads. A missing value is an empty field. */
export function encodeNumber(value: string): string {
  switch (kindOf(value)) {
    case 'number':
      return value;
    case 'decimalComma':
    case 'maybeThousands':
      return withDecimalPoint(value);
    default:
      return '';
  }
}

function excludeAdvice(name: string): string {
  return `To train without the column: --context 'tuning:excludeColumns=${JSON.stringify([name])}'`;
}
