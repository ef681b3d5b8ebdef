import { categoryKey, isMissing } from '../../local/src/tables/categories';
import { isDecimal } from '../../local/src/tables/values';
import type { ColumnProfile } from './column-profile';

/** A category of a column, or a class of a label. */
export interface Level {
  readonly name: string;
  readonly rows: number;
  /** The spellings of the value in the file, such as `1` and `1.0`, or `true` and `TRUE`. */
  readonly spellings: readonly string[];
}

/** The categories of a column, sorted: numbers by value, strings by their characters. Excludes missing values. */
export function levelsOf(profile: ColumnProfile): Level[] | undefined {
  if (!profile.levels) return undefined;
  const present = [...profile.levels].filter(([value]) => !isMissing(value, profile.texts > 0));
  const keyOf = categoryKey(present.map(([value]) => value));
  const levels = new Map<string, { name: string; rows: number; spellings: string[] }>();
  for (const [value, rows] of present) {
    const key = keyOf(value);
    const level = levels.get(key) ?? { name: value, rows: 0, spellings: [] };
    level.rows += rows;
    level.spellings.push(value);
    levels.set(key, level);
  }
  return [...levels].sort(([a], [b]) => compare(a, b)).map(([, level]) => level);
}

function compare(a: string, b: string): number {
  if (isDecimal(a) && isDecimal(b)) return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}
