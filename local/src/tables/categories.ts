import { isDecimal, kindOf } from './values';

const BOOLEANS = [
  ['false', 'true'],
  ['no', 'yes'],
  ['f', 't'],
  ['n', 'y'],
  ['off', 'on'],
];

/**
 * Returns a function that maps all spellings of a category to the same key. For example, `1` and `1.0` get the same
 * key. If all categories are booleans, `true` and `TRUE` get the same key, too.
 *
 * @param categories for each category, one spelling or all of its spellings
 */
export function categoryKey(categories: readonly string[]): (value: string) => string {
  const isBoolean = BOOLEANS.some((words) =>
    categories.every((category) => words.includes(category.toLowerCase())),
  );
  if (isBoolean) return (value) => value.toLowerCase();
  return (value) => (isDecimal(value) ? String(Number(value)) : value);
}

/**
 * Whether a field has no value. Some words, such as `None`, mean a missing value in columns of numbers, but a
 * category in other columns.
 */
export function isMissing(value: string, isAmongTexts: boolean): boolean {
  const kind = kindOf(value);
  return kind === 'missing' || (kind === 'maybeMissing' && !isAmongTexts);
}
