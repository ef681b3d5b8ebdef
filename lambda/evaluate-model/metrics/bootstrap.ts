import { quantile } from './quantile';

/**
 * Number of parts that the rows are divided into at random. The bootstrap draws parts instead of rows. The time for
 * metrics that are computed from `PartSums` therefore does not depend on the number of rows. If there are fewer rows
 * than parts, each part is a single row.
 */
export const PARTS = 2048;

const EACH_ONCE = new Uint8Array(PARTS).fill(1);
const REPLICATES = 500;
const SEED = 17;

/**
 * Computes the metrics of the rows. Each part of the rows (see `PARTS`) has a weight: the number of times that the part
 * is counted. Returns a map from each metric's name to its value, NaN if undefined.
 */
export type Statistic = (weights: Uint8Array) => Readonly<Record<string, number>>;

/** A metric with its 95% bootstrap confidence interval. Undefined values are NaN. */
export interface Estimate {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  readonly standardDeviation: number;
}

/** The part that a row belongs to. */
export function partOf(row: number): number {
  return row < PARTS ? row : scramble(row) % PARTS;
}

/** Sums for each part, from which metrics are computed. */
export class PartSums {
  readonly #sums: Float64Array;

  /** @param width number of sums for each part */
  constructor(readonly width: number) {
    this.#sums = new Float64Array(PARTS * width);
  }

  add(part: number, sum: number, value: number): void {
    const at = part * this.width + sum;
    this.#sums[at] = (this.#sums[at] as number) + value;
  }

  /** The sums over all parts, after each part is multiplied by its weight. */
  totals(weights: Uint8Array = EACH_ONCE): Float64Array {
    const { width } = this;
    const sums = this.#sums;
    const totals = new Float64Array(width);
    for (let part = 0; part < weights.length; part += 1) {
      const weight = weights[part] as number;
      if (weight === 0) continue;
      const start = part * width;
      for (let sum = 0; sum < width; sum += 1) {
        totals[sum] = (totals[sum] as number) + weight * (sums[start + sum] as number);
      }
    }
    return totals;
  }
}

/**
 * The metrics with their 95% confidence intervals: percentiles of a Poisson bootstrap, which draws the weight of each
 * part from a Poisson distribution with mean 1. The seed is fixed, so the same rows always give the same intervals.
 *
 * @see https://en.wikipedia.org/wiki/Bootstrapping_(statistics)#Poisson_bootstrap
 */
export function estimate(statistic: Statistic, rows: number): Readonly<Record<string, Estimate>> {
  const weights = new Uint8Array(Math.min(rows, PARTS)).fill(1);
  const values = Object.entries(statistic(weights));
  const replicates = new Map<string, number[]>(values.map(([name]) => [name, []]));
  const random = randomNumbers(SEED);
  // A single row says nothing about how much the metrics vary.
  for (let replicate = 0; rows > 1 && replicate < REPLICATES; replicate += 1) {
    for (let part = 0; part < weights.length; part += 1) weights[part] = poisson(random());
    for (const [name, value] of Object.entries(statistic(weights))) {
      if (Number.isFinite(value)) replicates.get(name)?.push(value);
    }
  }
  return Object.fromEntries(
    values.map(([name, value]) => {
      const sorted = Float64Array.from(replicates.get(name) ?? []).sort();
      const bound = (share: number) => (Number.isFinite(value) ? quantile(sorted, share) : Number.NaN);
      const estimated: Estimate = {
        value,
        lower: bound(0.025),
        upper: bound(0.975),
        standardDeviation: standardDeviation(sorted),
      };
      return [name, estimated];
    }),
  );
}

function standardDeviation(values: Float64Array): number {
  if (values.length < 2) return Number.NaN;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** Converts a uniformly distributed number to a number that is Poisson-distributed with mean 1. */
function poisson(uniform: number): number {
  let count = 0;
  let probability = Math.exp(-1);
  let rest = uniform;
  while (rest >= probability && count < 20) {
    rest -= probability;
    count += 1;
    probability /= count;
  }
  return count;
}

/** Uniformly distributed numbers below 1. */
function randomNumbers(seed: number): () => number {
  let count = seed;
  return () => {
    count += 1;
    return scramble(Math.imul(count, 0x9e37_79b9)) / 2 ** 32;
  };
}

/** Scrambles the bits of a 32-bit integer, so that consecutive integers seem random (the finalizer of MurmurHash3). */
function scramble(integer: number): number {
  let bits = integer;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
