import { InvalidTrainingData } from './errors';
import type { CheckTabularDataEvent } from './event';

/** Different values that are remembered: enough to tell classes from numbers. */
const MAX_DISTINCT = 1000;

/** What readers of CSV take for no value, too: neither surely a class nor surely none. */
const MISSING = ['na', 'n/a', '#n/a', 'nan', 'null', 'none', '<na>'];

/** The values of the target that were read. */
export class TargetValues {
  rows = 0;
  /** Rows whose target is empty. */
  empty = 0;
  /** Rows whose target is a number. */
  numbers = 0;
  /** Different values that are not empty, up to `MAX_DISTINCT`. */
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

  /** Different values that are surely classes. */
  get classes(): string[] {
    return [...this.distinct].filter((value) => !MISSING.includes(value.toLowerCase()));
  }
}

/**
 * @param complete whether the values are all there are
 * @throws InvalidTrainingData where nothing can be learned about the target, or not what was asked for
 */
export function checkTarget(values: TargetValues, event: CheckTabularDataEvent, complete: boolean): void {
  const { target, problemType, train } = event;
  const column = `target: column ${JSON.stringify(target)} of ${train}`;
  if (problemType === 'BinaryClassification' && values.classes.length > 2) {
    throw new InvalidTrainingData(
      `${column} has more than 2 classes, such as ${examples(values.classes)}: that is no BinaryClassification`,
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
        ? `${column} has one class only, ${examples([...values.distinct])}: there is nothing to tell apart`
        : `${column} is ${examples([...values.distinct])} in all ${filled} rows that have a value: there is nothing to predict`,
    );
  }
  if (problemType === 'Regression' && values.numbers === 0) {
    throw new InvalidTrainingData(
      `${column} has no numbers, but texts such as ${examples([...values.distinct])}: that is no Regression`,
    );
  }
}

function examples(values: readonly string[]): string {
  return values
    .slice(0, 3)
    .map((value) => JSON.stringify(value.slice(0, 100)))
    .join(', ');
}
