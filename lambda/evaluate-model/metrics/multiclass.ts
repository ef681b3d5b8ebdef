import type { Row } from '../row';
import { estimate, PartSums, partOf } from './bootstrap';
import type { Computation, Computed } from './computation';
import { logLoss } from './log-loss';

/**
 * Indices of the sums in `PartSums`. The first two indices are for all classes. The next three (CORRECT, ACTUAL and
 * PREDICTED) are for class 0 and are repeated for every class.
 */
const [WEIGHT, LOG_LOSS] = [0, 1];
const [CORRECT, ACTUAL, PREDICTED] = [2, 3, 4];
const SUMS_OF_CLASS = 3;

/** Maximum number of classes for a confusion matrix. With more classes, there is none. */
const MAX_CLASSES_OF_MATRIX = 30;

/** Metrics of multiclass classification. A row has one prediction (the class), or a probability for each class. */
export class Multiclass implements Computation {
  readonly #sums: PartSums;
  readonly #matrix: number[][] | undefined;
  #rows = 0;
  #reason: string | undefined;

  constructor(readonly classes: number) {
    this.#sums = new PartSums(2 + SUMS_OF_CLASS * classes);
    if (classes <= MAX_CLASSES_OF_MATRIX) {
      this.#matrix = Array.from({ length: classes }, () => Array<number>(classes).fill(0));
    }
  }

  add({ label, weight, predictions }: Row): void {
    const part = partOf(this.#rows);
    const predicted = this.#predictedClass(predictions);
    this.#rows += 1;
    this.#sums.add(part, WEIGHT, weight);
    this.#sums.add(part, LOG_LOSS, weight * logLoss(predictions[label] ?? Number.NaN));
    this.#sums.add(part, ACTUAL + SUMS_OF_CLASS * label, weight);
    this.#sums.add(part, PREDICTED + SUMS_OF_CLASS * predicted, weight);
    if (predicted === label) this.#sums.add(part, CORRECT + SUMS_OF_CLASS * label, weight);
    const counts = this.#matrix?.[label];
    if (counts) counts[predicted] = (counts[predicted] ?? 0) + weight;
  }

  #predictedClass(predictions: readonly number[]): number {
    if (predictions.length === 1) {
      this.#reason = 'the predictions are classes, not probabilities';
      return predictions[0] as number;
    }
    let best = 0;
    for (let one = 0; one < predictions.length; one += 1) {
      if ((predictions[one] as number) > (predictions[best] as number)) best = one;
    }
    return best;
  }

  finish(): Computed {
    const shares = this.#shares();
    return {
      estimates: estimate((weights) => this.#metrics(this.#sums.totals(weights)), this.#rows),
      baselines: baselinesOf(shares),
      reasons: this.#reason === undefined ? {} : { log_loss: this.#reason },
      charts: { ...(this.#matrix && { confusionMatrix: this.#matrix }) },
    };
  }

  #shares(): number[] {
    const totals = this.#sums.totals();
    const weight = totals[WEIGHT] as number;
    return Array.from(
      { length: this.classes },
      (_, one) => (totals[ACTUAL + SUMS_OF_CLASS * one] as number) / weight,
    );
  }

  #metrics(totals: Float64Array): Readonly<Record<string, number>> {
    const weight = totals[WEIGHT] as number;
    // If the weights add up to 0, all metrics are undefined.
    const none = weight > 0 ? 0 : Number.NaN;
    const macro = { precision: none, recall: none, f1: none };
    const weighted = { ...macro };
    let present = 0;
    for (let one = 0; one < this.classes; one += 1) {
      const start = SUMS_OF_CLASS * one;
      const [correct, actual, predicted] = [CORRECT, ACTUAL, PREDICTED].map(
        (sum) => totals[start + sum] as number,
      ) as [number, number, number];
      if (actual + predicted === 0) continue;
      present += 1;
      const scores = {
        precision: predicted > 0 ? correct / predicted : 0,
        recall: actual > 0 ? correct / actual : 0,
        f1: (2 * correct) / (actual + predicted),
      };
      for (const name of ['precision', 'recall', 'f1'] as const) {
        macro[name] += scores[name];
        weighted[name] += (actual / weight) * scores[name];
      }
    }
    return {
      log_loss: this.#reason === undefined ? (totals[LOG_LOSS] as number) / weight : Number.NaN,
      // The recalls of the classes, weighted by their shares of the labels, add up to the share of correct predictions.
      accuracy: weighted.recall,
      macro_f1: macro.f1 / present,
      weighted_f1: weighted.f1,
      macro_precision: macro.precision / present,
      weighted_precision: weighted.precision,
      macro_recall: macro.recall / present,
      weighted_recall: weighted.recall,
    };
  }
}

/**
 * The metrics of a model whose prediction is constant: its probabilities are the shares of the classes, and its class
 * is the most frequent class.
 */
function baselinesOf(shares: readonly number[]): Readonly<Record<string, number>> {
  const present = shares.filter((share) => share > 0);
  const most = Math.max(...shares);
  const f1 = (2 * most) / (1 + most);
  return {
    log_loss: shares.reduce((sum, share) => sum + share * logLoss(share), 0),
    accuracy: most,
    macro_f1: f1 / present.length,
    weighted_f1: most * f1,
    macro_precision: most / present.length,
    weighted_precision: most * most,
    macro_recall: 1 / present.length,
    weighted_recall: most,
  };
}
