/** The parts that a table is split into: the channels of the training jobs. */
export type Part = 'train' | 'validation';

/** Share of the rows that validate. */
const VALIDATION_SHARE = 0.2;

interface Stratum {
  rows: number;
  validation: number;
}

/**
 * Splits rows at random, but the same way each time: the part of a row depends on its number and on the sizes of the
 * strata. Each stratum has its share in both parts, exactly, and at least one row in each.
 *
 * Selection sampling: a row validates with the probability that is left for its stratum, so that one pass will do.
 */
export class StratifiedSplit {
  private readonly left: ReadonlyMap<string, Stratum>;

  /** @param strata rows in each stratum, at least two */
  constructor(strata: ReadonlyMap<string, number>) {
    this.left = new Map(
      [...strata].map(([name, rows]) => [name, { rows, validation: validationRows(rows) }] as const),
    );
  }

  /** The part of the next row. Rows have to come in their order. */
  partOf(row: number, stratum: string): Part {
    const left = this.left.get(stratum);
    if (!left) throw new Error(`There is no stratum ${stratum}`);
    const isChosen = uniform(row) * left.rows < left.validation;
    left.rows--;
    if (isChosen) left.validation--;
    return isChosen ? 'validation' : 'train';
  }
}

/** How many rows of a stratum are for validation. */
export function validationRows(rows: number): number {
  return Math.min(Math.max(Math.round(rows * VALIDATION_SHARE), 1), rows - 1);
}

/** A number from 0 to 1 that depends on the row's number alone: the last step of MurmurHash3. */
function uniform(row: number): number {
  let hash = (row + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
