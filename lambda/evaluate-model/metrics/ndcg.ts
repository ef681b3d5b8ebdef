/** A normalized discounted cumulative gain. */
export interface Ndcg {
  readonly value: number;
  /** Mean NDCG over random orders of the rows. */
  readonly random: number;
}

/**
 * Computes the NDCG of a group over all rows, and the NDCG over the 10 rows with the highest scores. The gain of a row
 * is 2^label − 1, as in XGBoost. Rows with the same score share their gains, as in scikit-learn: the result is the mean
 * over all orders of these rows.
 *
 * @see https://xgboost.readthedocs.io/en/stable/tutorials/learning_to_rank.html
 * @returns undefined if the group has fewer than 2 rows or no gain, because then all orders are equally good
 */
export function groupNdcg(
  rows: Uint32Array,
  labels: Float64Array,
  scores: Float64Array,
): { readonly all: Ndcg; readonly top: Ndcg } | undefined {
  const gains = Array.from(rows, (row) => 2 ** (labels[row] as number) - 1);
  const total = gains.reduce((sum, gain) => sum + gain, 0);
  if (rows.length < 2 || total === 0) return undefined;
  const order = Array.from(rows.keys()).sort(
    (a, b) => (scores[rows[b] as number] as number) - (scores[rows[a] as number] as number),
  );
  const ranked = order.map((index) => gains[index] as number);
  const rankedScores = order.map((index) => scores[rows[index] as number] as number);
  const ideal = [...gains].sort((a, b) => b - a);
  const ndcg = (limit: number): Ndcg => {
    const best = ideal.reduce((sum, gain, place) => sum + gain * discount(place, limit), 0);
    const discounts = ideal.reduce((sum, _, place) => sum + discount(place, limit), 0);
    return {
      value: gainWithTies(ranked, rankedScores, limit) / best,
      random: ((total / rows.length) * discounts) / best,
    };
  };
  return { all: ndcg(rows.length), top: ndcg(10) };
}

function gainWithTies(gains: readonly number[], scores: readonly number[], limit: number): number {
  let sum = 0;
  for (let start = 0; start < gains.length; ) {
    let end = start;
    let gain = 0;
    let discounts = 0;
    while (end < gains.length && scores[end] === scores[start]) {
      gain += gains[end] as number;
      discounts += discount(end, limit);
      end += 1;
    }
    sum += (gain / (end - start)) * discounts;
    start = end;
  }
  return sum;
}

function discount(place: number, limit: number): number {
  return place < limit ? 1 / Math.log2(place + 2) : 0;
}
