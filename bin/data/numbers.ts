import { NUMBER_PROBLEMS } from '../../local/src/tables/numbers';
import { fieldError, quoted } from '../../local/src/tables/table-error';
import type { ColumnProfile } from './column-profile';

/**
 * If most values of a column are numbers, and the column has more distinct values than this limit, its values are
 * treated as measurements with typos, not as categories.
 */
const FEW_VALUES = 20;

/** Whether a column has only numbers and missing values. */
export function isNumeric(profile: ColumnProfile): boolean {
  return profile.numbers > 0 && profile.texts === 0;
}

/**
 * @throws TableError if a number of a column cannot be read, or is too large for a 32-bit float
 */
export function checkNumbers(path: string, profile: ColumnProfile): void {
  const { name, examples, counts, tooLarge } = profile;
  const exclude = profile.isLabel ? '' : `. ${excludeAdvice(name)}`;
  const text = examples.text ?? examples.grouped;
  if (text && profile.numbers > profile.texts && (profile.levels?.size ?? FEW_VALUES + 1) > FEW_VALUES) {
    const advice = NUMBER_PROBLEMS[examples.grouped ? 'grouped' : 'text'];
    throw fieldError(path, name, examples.grouped ?? text, `${advice}${exclude}`);
  }
  if (!isNumeric(profile)) return;
  if (counts.maybeThousands > 0 && counts.decimalComma === 0 && examples.maybeThousands) {
    throw fieldError(path, name, examples.maybeThousands, NUMBER_PROBLEMS.maybeThousands);
  }
  if (tooLarge) {
    throw fieldError(path, name, tooLarge, `${NUMBER_PROBLEMS.tooLarge}${exclude}`);
  }
}

/** Notice about numbers that XGBoost rounds; undefined if there are none. */
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

function excludeAdvice(name: string): string {
  return `To train without the column: --context 'tuning:excludeColumns=${JSON.stringify([name])}'`;
}
