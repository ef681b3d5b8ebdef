import type { CalibrationBin } from '../../shared/evaluation';
import type { Row } from '../row';
import { estimate, PartSums, partOf } from './bootstrap';
import { Column } from './column';
import type { Computation, Computed } from './computation';
import { logLoss } from './log-loss';
import { RankedScores } from './ranked-scores';

/** Indices of the sums in `PartSums`. */
const [WEIGHT, TRUE_POSITIVES, FALSE_POSITIVES, POSITIVES, LOG_LOSS, SQUARED_ERROR] = [0, 1, 2, 3, 4, 5];
const SUMS = 6;
const BINS = 10;

/**
 * Metrics of binary classification. The classes are 0 and 1, and a prediction is a score or a probability of class 1.
 */
export class Binary implements Computation {
  readonly #sums = new PartSums(SUMS);
  readonly #labels = new Column();
  readonly #scores = new Column();
  readonly #weights: Column | undefined;
  readonly #bins = Array.from({ length: BINS }, () => ({ rows: 0, weight: 0, prediction: 0, label: 0 }));
  #areProbabilities = true;

  /**
   * @param threshold the smallest prediction that counts as class 1
   * @param isWeighted whether the rows have weights
   */
  constructor(
    readonly threshold: number,
    isWeighted: boolean,
  ) {
    this.#weights = isWeighted ? new Column() : undefined;
  }

  add({ label, weight, predictions: [score = Number.NaN] }: Row): void {
    const part = partOf(this.#labels.length);
    const isPositive = score >= this.threshold;
    this.#sums.add(part, WEIGHT, weight);
    if (label === 1) this.#sums.add(part, POSITIVES, weight);
    if (isPositive) this.#sums.add(part, label === 1 ? TRUE_POSITIVES : FALSE_POSITIVES, weight);
    this.#sums.add(part, LOG_LOSS, weight * logLoss(label === 1 ? score : 1 - score));
    this.#sums.add(part, SQUARED_ERROR, weight * (label - score) ** 2);
    this.#labels.push(label);
    this.#scores.push(score);
    this.#weights?.push(weight);
    if (score < 0 || score > 1) this.#areProbabilities = false;
    else this.#addToBin(label, score, weight);
  }

  #addToBin(label: number, score: number, weight: number): void {
    const bin = this.#bins[Math.min(Math.ceil(score * BINS) - 1, BINS - 1)] ?? this.#bins[0];
    if (!bin) return;
    bin.rows += 1;
    bin.weight += weight;
    bin.prediction += weight * score;
    bin.label += weight * label;
  }

  finish(): Computed {
    const ranked = new RankedScores(this.#scores.take(), this.#labels.take(), this.#weights?.take());
    const all = this.#sums.totals();
    const [weight = 0, , , positives = 0] = all;
    const oneClass = `all labels of the test data are ${positives > 0 ? 1 : 0}`;
    const noProbabilities = 'the predictions are not probabilities from 0 to 1';
    return {
      estimates: estimate((weights) => {
        const totals = this.#sums.totals(weights);
        return { ...ranked.areas(weights), ...this.#metrics(totals) };
      }, ranked.rows),
      baselines: baselinesOf(positives / weight),
      reasons: {
        auc: oneClass,
        au_prc: oneClass,
        recall: oneClass,
        precision: `no prediction is at least the threshold ${this.threshold}`,
        f1: `${oneClass}, and no prediction is at least the threshold ${this.threshold}`,
        log_loss: noProbabilities,
        brier_score: noProbabilities,
      },
      charts: {
        confusionMatrix: confusionOf(all),
        ...(this.#areProbabilities && { calibration: this.#calibration() }),
      },
    };
  }

  #metrics(totals: Float64Array): Readonly<Record<string, number>> {
    const [weight = 0, truePositives = 0, falsePositives = 0, positives = 0] = totals;
    const trueNegatives = weight - positives - falsePositives;
    const share = (sum: number) => (this.#areProbabilities ? sum / weight : Number.NaN);
    return {
      log_loss: share(totals[LOG_LOSS] as number),
      brier_score: share(totals[SQUARED_ERROR] as number),
      accuracy: (truePositives + trueNegatives) / weight,
      f1: (2 * truePositives) / (truePositives + falsePositives + positives),
      precision: truePositives / (truePositives + falsePositives),
      recall: truePositives / positives,
    };
  }

  #calibration(): CalibrationBin[] {
    return this.#bins
      .filter(({ weight }) => weight > 0)
      .map(({ rows, weight, prediction, label }) => ({
        prediction: prediction / weight,
        label: label / weight,
        rows,
      }));
  }
}

function confusionOf(totals: Float64Array): number[][] {
  const [weight = 0, truePositives = 0, falsePositives = 0, positives = 0] = totals;
  return [
    [weight - positives - falsePositives, falsePositives],
    [positives - truePositives, truePositives],
  ];
}

/**
 * The metrics of a model whose prediction is constant: its probability is the share of class 1, and its class is the
 * more frequent class.
 */
function baselinesOf(share: number): Readonly<Record<string, number>> {
  const isPositive = share >= 0.5;
  const hasBoth = share > 0 && share < 1;
  return {
    auc: hasBoth ? 0.5 : Number.NaN,
    au_prc: share > 0 ? share : Number.NaN,
    log_loss: share * logLoss(share) + (1 - share) * logLoss(1 - share),
    brier_score: share * (1 - share),
    accuracy: Math.max(share, 1 - share),
    f1: isPositive ? (2 * share) / (1 + share) : share > 0 ? 0 : Number.NaN,
    precision: isPositive ? share : Number.NaN,
    recall: isPositive ? 1 : share > 0 ? 0 : Number.NaN,
  };
}
