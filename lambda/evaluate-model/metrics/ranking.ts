import type { Row } from '../row';
import { estimate, PartSums, partOf } from './bootstrap';
import { Column } from './column';
import type { Computation, Computed } from './computation';
import { groupNdcg } from './ndcg';

/** Indices of the sums in `PartSums`. */
const [GROUPS, NDCG, NDCG_AT_10] = [0, 1, 2];

/**
 * Metrics of a model that ranks the rows within each group. The groups, not the rows, are the units of the bootstrap.
 */
export class Ranking implements Computation {
  readonly #labels = new Column();
  readonly #scores = new Column();
  readonly #groups = new Column();
  readonly #indices = new Map<string, number>();

  add({ label, group, predictions: [score = Number.NaN] }: Row): void {
    let index = this.#indices.get(group);
    if (index === undefined) {
      index = this.#indices.size;
      this.#indices.set(group, index);
    }
    this.#labels.push(label);
    this.#scores.push(score);
    this.#groups.push(index);
  }

  finish(): Computed {
    const sums = new PartSums(3);
    const labels = this.#labels.take();
    const scores = this.#scores.take();
    const baselines = { ndcg: 0, ndcg_at_10: 0 };
    let ranked = 0;
    for (const rows of this.#rowsOfGroups()) {
      const found = groupNdcg(rows, labels, scores);
      if (!found) continue;
      const part = partOf(ranked);
      ranked += 1;
      sums.add(part, GROUPS, 1);
      sums.add(part, NDCG, found.all.value);
      sums.add(part, NDCG_AT_10, found.top.value);
      baselines.ndcg += found.all.random;
      baselines.ndcg_at_10 += found.top.random;
    }
    const reason = 'no group has at least two rows and a relevant row (a label above 0)';
    return {
      estimates: estimate((weights) => {
        const totals = sums.totals(weights);
        const meanOf = (sum: number) => (totals[sum] as number) / (totals[GROUPS] as number);
        return { ndcg: meanOf(NDCG), ndcg_at_10: meanOf(NDCG_AT_10) };
      }, ranked),
      baselines: { ndcg: baselines.ndcg / ranked, ndcg_at_10: baselines.ndcg_at_10 / ranked },
      reasons: { ndcg: reason, ndcg_at_10: reason },
      charts: { groups: { ranked, all: this.#indices.size } },
    };
  }

  /** The indices of the rows of each group. */
  *#rowsOfGroups(): Generator<Uint32Array> {
    const groups = this.#groups.take();
    const ends = new Uint32Array(this.#indices.size + 1);
    for (const group of groups) ends[group + 1] = (ends[group + 1] as number) + 1;
    for (let group = 1; group < ends.length; group += 1) {
      ends[group] = (ends[group] as number) + (ends[group - 1] as number);
    }
    const starts = ends.slice();
    const rows = new Uint32Array(groups.length);
    groups.forEach((group, row) => {
      rows[starts[group] as number] = row;
      starts[group] = (starts[group] as number) + 1;
    });
    for (let group = 0; group + 1 < ends.length; group += 1) {
      yield rows.subarray(ends[group], ends[group + 1]);
    }
  }
}
