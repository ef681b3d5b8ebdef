import { InvalidTrainingData } from './errors';
import type { CheckTabularDataEvent } from './event';

/** Maximum number of distinct values to keep: enough to distinguish classes from numbers. */
const MAX_DISTINCT = 1000;

/** Strings that CSV readers often treat as missing values, but that can also be classes. */
const MISSING = ['na', 'n/a', '#n/a', 'nan', 'null', 'none', '<na>'];

/** Collects the values of the target. */
export class TargetValues {
  rows = 0;
  /** Number of rows whose target is empty. */
  empty = 0;
  /** Number of rows whose target is a number. */
  numbers = 0;
  /** Distinct values that are not empty, at most `MAX_DISTINCT`. */
  readonly distinct = new Set<string>();

  constructor(private readonly index: number) {}

  add(record: readonly string[]): void {
    this.rows += 1;
    const value = (record[this.index] ?? '').trim();
    if (value === '') {
      this.empty += 1;
      return;
    }
    if (Number.isFinite(Number(value))) this.numbers += 1;
    if (this.distinct.size < MAX_DISTINCT) this.distinct.add(value);
  }

  /** Distinct values that are certainly classes. */
  get classes(): string[] {
    return [...this.distinct].filter((value) => !MISSING.includes(value.toLowerCase()));
  }
}

/**
 * @param complete whether all values were read
 * @throws InvalidTrainingData if no model, or no model of the requested problem type, can be trained to predict the
 * target
 */
export function checkTarget(values: TargetValues, event: CheckTabularDataEvent, complete: boolean): void {
  const { target, problemType, train } = event;
  const column = `target: column ${JSON.stringify(target)} of ${train}`;
  if (problemType === 'BinaryClassification' && values.classes.length > 2) {
    throw new InvalidTrainingData(
      `${column} has more than 2 classes, such as ${examples(values.classes)}: BinaryClassification needs exactly 2`,
    );
  }
  if (!complete) return;
  if (values.rows === 0) throw new InvalidTrainingData(`${train} has a header and no rows below it`);
  if (values.distinct.size === 0) {
    throw new InvalidTrainingData(`${column} is empty in all ${values.rows} rows`);
  }
  if (values.distinct.size === 1) {
    const filled = values.rows - values.empty;
    throw new InvalidTrainingData(
      problemType?.endsWith('Classification')
        ? `${column} has only one class, ${examples([...values.distinct])}: there is nothing to distinguish`
        : `${column} is ${examples([...values.distinct])} in all ${filled} rows that have a value: there is nothing to predict`,
    );
  }
  if (problemType === 'Regression' && values.numbers === 0) {
    throw new InvalidTrainingData(
      `${column} has no numbers, but text such as ${examples([...values.distinct])}: Regression needs numbers`,
    );
  }
}

function examples(values: readonly string[]): string {
  return values
    .slice(0, 3)
    .map((value) => JSON.stringify(value.slice(0, 100)))
    .join(', ');
}
