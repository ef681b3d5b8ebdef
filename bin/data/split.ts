/** The parts that a table is split into: the channels of the training jobs, and optionally test data. */
export type Part = 'train' | 'validation' | 'test';

/** Share of the rows for validation. */
const VALIDATION_SHARE = 0.2;

interface Stratum {
  rows: number;
  validation: number;
  test: number;
}

/**
 * Splits rows at random but reproducibly: the part of a row depends only on its number and on the sizes of the strata.
 * A part has the same share of every stratum, and at least one row of each stratum that has enough rows.
 *
 * The split uses selection sampling, which needs only one pass: the probability of each part depends on how many rows
 * of the stratum are left, and how many of them the part still needs.
 */
export class StratifiedSplit {
  private readonly left: ReadonlyMap<string, Stratum>;

  /**
   * @param strata number of rows in each stratum, at least two
   * @param testFraction share of the rows for the test data; 0 for none
   */
  constructor(strata: ReadonlyMap<string, number>, testFraction = 0) {
    this.left = new Map(
      [...strata].map(
        ([name, rows]) =>
          [name, { rows, validation: validationRows(rows), test: testRows(rows, testFraction) }] as const,
      ),
    );
  }

  /** Returns the part that the next row belongs to. Must be called for all rows, in their order. */
  partOf(row: number, stratum: string): Part {
    const left = this.left.get(stratum);
    if (!left) throw new Error(`There is no stratum ${stratum}`);
    const place = uniform(row) * left.rows;
    const part =
      place < left.validation ? 'validation' : place < left.validation + left.test ? 'test' : 'train';
    left.rows--;
    if (part !== 'train') left[part]--;
    return part;
  }
}

/** Number of validation rows in a stratum. */
export function validationRows(rows: number): number {
  return Math.min(Math.max(Math.round(rows * VALIDATION_SHARE), 1), rows - 1);
}

/** Number of test rows in a stratum. At least one row is left for the training. */
export function testRows(rows: number, fraction: number): number {
  if (fraction === 0) return 0;
  return Math.min(Math.max(Math.round(rows * fraction), 1), rows - validationRows(rows) - 1);
}

/** A pseudorandom number from 0 to 1 for a row number: the last step of MurmurHash3. */
export function uniform(row: number): number {
  let hash = (row + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
