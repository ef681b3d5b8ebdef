import { InvalidLabelError, InvalidPredictionError, InvalidRowError, InvalidWeightError } from './errors';
import type { EvaluateModelEvent, Problem } from './event';

/** A row of the transform job's output. */
export interface Row {
  readonly label: number;
  /** Weight of the row; 1 if the data has no weight column. */
  readonly weight: number;
  /** Group of the row; empty if the data has no group column. */
  readonly group: string;
  /** One prediction, or one for each class. */
  readonly predictions: readonly number[];
}

/** Largest label of a ranking: XGBoost's limit for gains of 2^label − 1. */
const MAX_RELEVANCE = 31;

/** Maximum difference between 1 and the sum of a row's probabilities. Models can output rounded probabilities. */
const SUM_TOLERANCE = 0.05;

/** Reads the rows of the transform job's output. All rows must have the same number of columns. */
export class RowParser {
  readonly #columns: readonly string[];
  readonly #problem: Problem;
  #count: number | undefined;

  constructor({ columns, problem }: Pick<EvaluateModelEvent, 'columns' | 'problem'>) {
    this.#columns = columns;
    this.#problem = problem;
  }

  /** @throws RowError if the row cannot be used */
  parse(line: string): Row {
    // Some containers write a list of probabilities in brackets, and SageMaker can put the list in quotation marks when
    // it joins output and input.
    const text = /["[]/.test(line) ? line.replaceAll(/["[\]]/g, '') : line;
    const fields = text.split(',');
    const isOfClasses = this.#checkCount(fields.length);
    const [first = ''] = fields;
    const [, middle] = this.#columns;
    return {
      label: this.#label(first),
      weight: middle === 'weight' ? weightOf(fields[1]) : 1,
      group: middle === 'group' ? (fields[1] ?? '').trim() : '',
      predictions: isOfClasses
        ? this.#probabilities(fields.slice(-this.#problem.classes))
        : [this.#wholePrediction(fields[this.#columns.length - 1])],
    };
  }

  /** @returns whether the row ends with a prediction for each class */
  #checkCount(count: number): boolean {
    const { type, classes } = this.#problem;
    const expected = this.#columns.length;
    // Without an output filter, the test data's features are between the label and the probabilities.
    const isOfClasses = type === 'MulticlassClassification' && count >= expected - 1 + classes;
    const isValid = isOfClasses || count === expected;
    const before = this.#count;
    if (isValid) this.#count ??= count;
    if (isValid && count === this.#count) return isOfClasses;
    throw new InvalidRowError(
      before === undefined
        ? `the row has ${columnCount(count)}, but ${columnCount(expected)} (${this.#columns.join(', ')}) are expected`
        : `the row has ${columnCount(count)}, but the rows before it have ${before}`,
    );
  }

  /** The prediction of a row with a single prediction. */
  #wholePrediction(field: string | undefined): number {
    const prediction = this.#prediction(field);
    const { type, classes } = this.#problem;
    const isClass = Number.isInteger(prediction) && prediction >= 0 && prediction < classes;
    if (type !== 'MulticlassClassification' || isClass) return prediction;
    throw new InvalidPredictionError(
      `the prediction is ${shown(field)}, but must be a class from 0 to ${classes - 1}, or ${classes} probabilities`,
    );
  }

  /**
   * The predictions in a row that has one prediction for each class. If the model in fact returns only the class, some
   * of the fields are features of the test data, which must not be treated as probabilities.
   */
  #probabilities(fields: readonly string[]): readonly number[] {
    const predictions = fields.map((field) => this.#prediction(field));
    const sum = predictions.reduce((total, prediction) => total + prediction, 0);
    const areInRange = predictions.every((prediction) => prediction >= 0 && prediction <= 1);
    if (areInRange && Math.abs(sum - 1) <= SUM_TOLERANCE) return predictions;
    throw new InvalidPredictionError(
      `the last ${fields.length} columns are ${shown(fields.join(','))}, but must be probabilities from 0 to 1 with a sum of 1; ` +
        'if the model returns only the class, set probabilities: false in EvaluationProblem.multiclassClassification()',
    );
  }

  #prediction(field: string | undefined): number {
    const prediction = numberOf(field);
    if (Number.isFinite(prediction)) return prediction;
    throw new InvalidPredictionError(`the prediction is ${shown(field)}, but must be a finite number`);
  }

  #label(field: string): number {
    const label = numberOf(field);
    const allowed = this.#labelRule(label);
    if (allowed === undefined) return label;
    throw new InvalidLabelError(
      `the label is ${field.trim() === '' ? 'missing' : shown(field)}, but must be ${allowed}`,
    );
  }

  /** A description of the allowed labels if a label is not allowed; undefined if the label is allowed. */
  #labelRule(label: number): string | undefined {
    const { type, classes } = this.#problem;
    switch (type) {
      case 'Regression':
        return Number.isFinite(label) ? undefined : 'a finite number';
      case 'BinaryClassification':
        return label === 0 || label === 1 ? undefined : '0 or 1';
      case 'MulticlassClassification':
        return Number.isInteger(label) && label >= 0 && label < classes
          ? undefined
          : `a class from 0 to ${classes - 1}`;
      case 'Ranking':
        return label >= 0 && label <= MAX_RELEVANCE ? undefined : `a number from 0 to ${MAX_RELEVANCE}`;
    }
  }
}

function weightOf(field: string | undefined): number {
  const weight = numberOf(field);
  if (Number.isFinite(weight) && weight >= 0) return weight;
  throw new InvalidWeightError(`the weight is ${shown(field)}, but must be a number of at least 0`);
}

/** NaN for an empty field, which `Number` would convert to 0. */
function numberOf(field = ''): number {
  return field.trim() === '' ? Number.NaN : Number(field);
}

function columnCount(count: number): string {
  return count === 1 ? '1 column' : `${count} columns`;
}

function shown(field = ''): string {
  return JSON.stringify(field.slice(0, 100));
}
