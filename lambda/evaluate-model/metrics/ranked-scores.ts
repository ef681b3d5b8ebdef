import { descendingOrder } from './argsort';
import { partOf } from './bootstrap';

/** Bits of a row: its part, whether its label is 1, and whether the next row has a different score. */
const PART = 0x07ff;
const POSITIVE = 0x0800;
const LAST_OF_SCORE = 0x1000;

/** Prevents a division of 0 by 0 before the first row with a weight. */
const TINY = 1e-300;

/** Rows in the order of their scores. */
export class RankedScores {
  readonly rows: number;
  readonly #bits: Uint16Array;
  readonly #weights: Float64Array;

  constructor(scores: Float64Array, labels: Float64Array, weights: Float64Array | undefined) {
    const order = descendingOrder(scores);
    this.rows = order.length;
    this.#bits = new Uint16Array(order.length);
    for (let place = 0; place < order.length; place += 1) {
      const row = order[place] as number;
      const next = order[place + 1];
      const isLast = next === undefined || scores[next] !== scores[row];
      this.#bits[place] = partOf(row) | (labels[row] === 1 ? POSITIVE : 0) | (isLast ? LAST_OF_SCORE : 0);
    }
    this.#weights = new Float64Array(order.length).fill(1);
    if (weights)
      order.forEach((row, place) => {
        this.#weights[place] = weights[row] as number;
      });
  }

  /** The area below the ROC curve (trapezoids), and the average precision. NaN if they are undefined. */
  areas(partWeights: Uint8Array): { auc: number; au_prc: number } {
    const rowBits = this.#bits;
    const weights = this.#weights;
    let positives = 0;
    let negatives = 0;
    let positivesBefore = 0;
    let negativesBefore = 0;
    let roc = 0;
    let precision = 0;
    // This loop runs for every row and replicate, so it avoids branches on labels, which processors cannot predict.
    for (let place = 0; place < rowBits.length; place += 1) {
      const bits = rowBits[place] as number;
      const weight = (partWeights[bits & PART] as number) * (weights[place] as number);
      const label = (bits & POSITIVE) / POSITIVE;
      positives += label * weight;
      negatives += weight - label * weight;
      if (!(bits & LAST_OF_SCORE)) continue;
      roc += ((negatives - negativesBefore) * (positives + positivesBefore)) / 2;
      precision += ((positives - positivesBefore) * positives) / (positives + negatives + TINY);
      positivesBefore = positives;
      negativesBefore = negatives;
    }
    return { auc: roc / (positives * negatives), au_prc: precision / positives };
  }
}
