import type { ColumnProfile } from './column-profile';
import { isDecimal, kindOf } from './values';

/** A category of a column, or a class of a label. */
export interface Level {
  readonly name: string;
  readonly rows: number;
  /** Its spellings in the file, such as `1` and `1.0`, or `true` and `TRUE`. */
  readonly spellings: readonly string[];
}

const BOOLEANS = [
  ['false', 'true'],
  ['no', 'yes'],
  ['f', 't'],
  ['n', 'y'],
  ['off', 'on'],
];

/** The categories of a column, sorted: numbers by value, strings by their characters. Excludes missing values. */
export function levelsOf(profile: ColumnProfile): Level[] | undefined {
  if (!profile.levels) return undefined;
  const present = [...profile.levels].filter(([value]) => !isMissing(value, profile.texts > 0));
  const isBoolean = BOOLEANS.some((words) => present.every(([value]) => words.includes(value.toLowerCase())));
  const levels = new Map<string, { name: string; rows: number; spellings: string[] }>();
  for (const [value, rows] of present) {
    const key = isBoolean ? value.toLowerCase() : isDecimal(value) ? String(Number(value)) : value;
    const level = levels.get(key) ?? { name: value, rows: 0, spellings: [] };
    level.rows += rows;
    level.spellings.push(value);
    levels.set(key, level);
  }
  return [...levels].sort(([a], [b]) => compare(a, b)).map(([, level]) => level);
}

/** Whether a field has no value. Some words, such as `None`, mean that only in columns of numbers; elsewhere they are categories. */
export function isMissing(value: string, isAmongTexts: boolean): boolean {
  const kind = kindOf(value);
  return kind === 'missing' || (kind === 'maybeMissing' && !isAmongTexts);
}

function compare(a: string, b: string): number {
  if (isDecimal(a) && isDecimal(b)) return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}
