import type { PreparedLabel } from '../tables';

/** Converts a model's predictions to the fields of a CSV file for users. */
export interface PredictionColumns {
  readonly names: readonly string[];
  /** @param values the numbers that the model predicted for a row */
  read(values: readonly number[]): string[];
}

/**
 * The CSV fields for an objective of XGBoost: the class and the probabilities for a classification, otherwise a
 * value.
 *
 * @see https://xgboost.readthedocs.io/en/stable/parameter.html#learning-task-parameters
 */
export function predictionColumns(
  { objective = 'reg:squarederror', num_class: classCount = '2' }: Readonly<Record<string, string>>,
  { classes = [], transform }: PreparedLabel,
): PredictionColumns {
  const className = (index: number) => classes[index] ?? String(index);
  const withProbabilities = (count: number, read: (values: readonly number[]) => readonly number[]) => ({
    names: ['prediction', ...Array.from({ length: count }, (_, index) => `probability_${className(index)}`)],
    read: (values: readonly number[]) => {
      const probabilities = read(values);
      return [className(mostProbable(probabilities)), ...probabilities.map(shortest)];
    },
  });
  switch (objective) {
    case 'binary:logistic':
      return withProbabilities(2, ([value = Number.NaN]) => [1 - value, value]);
    case 'binary:logitraw':
      return withProbabilities(2, ([value = Number.NaN]) => [
        1 / (1 + Math.exp(value)),
        1 / (1 + Math.exp(-value)),
      ]);
    case 'multi:softprob':
      return withProbabilities(Number(classCount), (values) => values);
    case 'binary:hinge':
    case 'multi:softmax':
      return { names: ['prediction'], read: ([value = Number.NaN]) => [className(value)] };
    default:
      return {
        names: ['prediction'],
        read: ([value = Number.NaN]) => [shortest(transform === 'log1p' ? Math.expm1(value) : value)],
      };
  }
}

/** The index of the highest probability. If several probabilities are equal, the first one counts, as in XGBoost. */
function mostProbable(probabilities: readonly number[]): number {
  return probabilities.indexOf(Math.max(...probabilities));
}

/** The shortest decimal number that is read as the same 32-bit float. XGBoost's predictions are 32-bit floats. */
function shortest(value: number): string {
  const float = Math.fround(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === float) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
