import type { Label } from './label';
import { type Part, testRows, validationRows } from './split';

/** Number of digits to keep. These digits are the same on every machine, but the last digits of Math.log can differ. */
const DIGITS = 6;

/** Mean and variance of numbers with Welford's algorithm, which avoids the cancellation in a sum of squares. */
export class Moments {
  private count = 0;
  private squares = 0;
  private average = 0;

  add(value: number): void {
    this.count++;
    const difference = value - this.average;
    this.average += difference / this.count;
    this.squares += difference * (value - this.average);
  }

  get mean(): number {
    return this.average;
  }

  get variance(): number {
    return this.squares / this.count;
  }
}

/**
 * The score, on the validation part, of a model without features. The model always predicts the class shares of the
 * training part (scored by log loss), or the mean of the training part (scored by root mean squared error).
 *
 * @param numbers for regression: the labels of each part
 * @param testFraction share of the rows that are test data
 */
export function baselineOf(
  label: Label,
  numbers: Readonly<Record<Part, Moments>>,
  testFraction: number,
): number {
  const value = label.classes
    ? logLossOfShares([...label.strata.values()], testFraction)
    : errorOfMean(numbers);
  return Number(value.toPrecision(DIGITS));
}

function logLossOfShares(rowsOfClasses: readonly number[], testFraction: number): number {
  const sizes = rowsOfClasses.map((rows) => {
    const validation = validationRows(rows);
    return { train: rows - validation - testRows(rows, testFraction), validation };
  });
  const all = (part: 'train' | 'validation') => sizes.reduce((sum, size) => sum + size[part], 0);
  const [train, validation] = [all('train'), all('validation')];
  return sizes.reduce((sum, size) => sum - (size.validation / validation) * Math.log(size.train / train), 0);
}

function errorOfMean({ train, validation }: Readonly<Record<Part, Moments>>): number {
  return Math.sqrt(validation.variance + (validation.mean - train.mean) ** 2);
}
