import type { CalibrationBin, Charts } from '../../shared/evaluation';
import type { Row } from '../row';
import { descendingOrder } from './argsort';
import { estimate, PartSums, partOf } from './bootstrap';
import { Column } from './column';
import type { Computation, Computed } from './computation';
import { quantile } from './quantile';

/**
 * Indices of the sums in `PartSums`. The first label is subtracted from every label, which keeps the squares precise.
 */
const [WEIGHT, LABEL, SQUARED_LABEL, SQUARED_ERROR, ABSOLUTE_ERROR] = [0, 1, 2, 3, 4];
const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95];
const BINS = 10;

/** Metrics of regression. */
export class Regression implements Computation {
  readonly #sums = new PartSums(5);
  readonly #labels = new Column();
  readonly #predictions = new Column();
  readonly #weights: Column | undefined;
  #first = 0;

  /** @param isWeighted whether the rows have weights */
  constructor(isWeighted: boolean) {
    this.#weights = isWeighted ? new Column() : undefined;
  }

  add({ label, weight, predictions: [prediction = Number.NaN] }: Row): void {
    const row = this.#labels.length;
    if (row === 0) this.#first = label;
    const part = partOf(row);
    const shifted = label - this.#first;
    const residual = label - prediction;
    this.#sums.add(part, WEIGHT, weight);
    this.#sums.add(part, LABEL, weight * shifted);
    this.#sums.add(part, SQUARED_LABEL, weight * shifted * shifted);
    this.#sums.add(part, SQUARED_ERROR, weight * residual * residual);
    this.#sums.add(part, ABSOLUTE_ERROR, weight * Math.abs(residual));
    this.#labels.push(label);
    this.#predictions.push(prediction);
    this.#weights?.push(weight);
  }

  finish(): Computed {
    const labels = this.#labels.take();
    return {
      estimates: estimate((weights) => metricsOf(this.#sums.totals(weights)), labels.length),
      baselines: this.#baselines(labels),
      reasons: {
        r2: labels.length < 2 ? 'R² needs at least 2 rows' : 'all labels of the test data are equal',
      },
      charts: chartsOf(labels, this.#predictions.take()),
    };
  }

  /** The metrics of a model that always predicts the mean label. */
  #baselines(labels: Float64Array): Readonly<Record<string, number>> {
    const totals = this.#sums.totals();
    const weight = totals[WEIGHT] as number;
    const mean = this.#first + (totals[LABEL] as number) / weight;
    const weights = this.#weights?.take();
    const absolute = labels.reduce(
      (sum, label, row) => sum + Math.abs(label - mean) * (weights?.[row] ?? 1),
      0,
    );
    const mse = spreadOf(totals) / weight;
    return { rmse: Math.sqrt(mse), mse, mae: absolute / weight, r2: mse > 0 ? 0 : Number.NaN };
  }
}

function chartsOf(labels: Float64Array, predictions: Float64Array): Charts {
  const residuals = labels.map((label, row) => label - (predictions[row] as number)).sort();
  return {
    residuals: SHARES.map((share) => ({ share, value: quantile(residuals, share) })),
    calibration: calibrationOf(labels, predictions),
  };
}

function metricsOf(totals: Float64Array): Readonly<Record<string, number>> {
  const weight = totals[WEIGHT] as number;
  const squared = totals[SQUARED_ERROR] as number;
  const mse = squared / weight;
  const spread = spreadOf(totals);
  return {
    rmse: Math.sqrt(mse),
    mse,
    mae: (totals[ABSOLUTE_ERROR] as number) / weight,
    r2: spread > 0 ? 1 - squared / spread : Number.NaN,
  };
}

/** The sum of the squared deviations of the labels from their mean. */
function spreadOf(totals: Float64Array): number {
  const sum = totals[LABEL] as number;
  const squares = totals[SQUARED_LABEL] as number;
  const spread = squares - (sum * sum) / (totals[WEIGHT] as number);
  // If all labels are equal, a positive sum is only a rounding error.
  return spread > squares * 1e-14 ? spread : 0;
}

/** Divides the rows by prediction into bins of equal size. */
function calibrationOf(labels: Float64Array, predictions: Float64Array): CalibrationBin[] {
  const order = descendingOrder(predictions).reverse();
  return Array.from({ length: BINS }, (_, bin) => {
    const rows = order.subarray(
      Math.round((bin * order.length) / BINS),
      Math.round(((bin + 1) * order.length) / BINS),
    );
    const meanOf = (values: Float64Array) =>
      rows.reduce((sum, row) => sum + (values[row] as number), 0) / rows.length;
    return { prediction: meanOf(predictions), label: meanOf(labels), rows: rows.length };
  }).filter(({ rows }) => rows > 0);
}
