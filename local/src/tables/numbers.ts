import { kindOf, LARGEST_FLOAT, numberOf, withDecimalPoint } from './values';

/** Messages about a value in a column of numbers: the problem, and how to fix it. */
export const NUMBER_PROBLEMS = {
  text: 'is text in a column of numbers: correct it, or leave the field empty if the value is missing',
  grouped:
    'is not a number that XGBoost reads: write it without thousands separators and with a decimal point',
  maybeThousands:
    'may have a decimal comma or a thousands separator: write numbers with a decimal point and no separator',
  tooLarge:
    'is too large for the 32-bit floats that XGBoost uses (maximum 3.4e38): scale the column, or leave the field empty',
};

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

/** Whether a number is beyond the range of 32-bit floats. */
export function isTooLarge(value: string): boolean {
  return Math.abs(numberOf(value)) > LARGEST_FLOAT;
}
