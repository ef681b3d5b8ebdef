/** The parts that a table is split into: the channels of the training jobs. */
export type Part = 'train' | 'validation';

/** Share of the rows for validation. */
const VALIDATION_SHARE = 0.2;

interface Stratum {
  rows: number;
  validation: number;
}

/**
 * Splits rows at random but reproducibly: the part of a row depends only on its number and on the sizes of the strata. Each
 * stratum has exactly its share in both parts, and at least one row in each.
 *
 * It uses selection sampling, which needs only one pass: the probability for a row depends on what is left of its stratum.
 */
export class StratifiedSplit {
  private readonly left: ReadonlyMap<string, Stratum>;

  /** @param strata number of rows in each stratum, at least two */
  constructor(strata: ReadonlyMap<string, number>) {
    this.left = new Map(
      [...strata].map(([name, rows]) => [name, { rows, validation: validationRows(rows) }] as const),
    );
  }

  /** The part of the next row. Must be called in the order of the rows. */
  partOf(row: number, stratum: string): Part {
    const left = this.left.get(stratum);
    if (!left) throw new Error(`There is no stratum ${stratum}`);
    const isChosen = uniform(row) * left.rows < left.validation;
    left.rows--;
    if (isChosen) left.validation--;
    return isChosen ? 'validation' : 'train';
  }
}

/** Number of validation rows of a stratum. */
export function validationRows(rows: number): number {
  return Math.min(Math.max(Math.round(rows * VALIDATION_SHARE), 1), rows - 1);
}

/** A pseudorandom number from 0 to 1 for a row number: the last step of MurmurHash3. */
function uniform(row: number): number {
  let hash = (row + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
