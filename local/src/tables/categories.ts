import { isDecimal, kindOf } from './values';

const BOOLEANS = [
  ['false', 'true'],
  ['no', 'yes'],
  ['f', 't'],
  ['n', 'y'],
  ['off', 'on'],
];

/**
 * Returns the function that gives all spellings of a category the same key: `true` and `TRUE` if the categories are
 * booleans, `1` and `1.0`.
 *
 * @param categories one or all spellings of every category
 */
export function categoryKey(categories: readonly string[]): (value: string) => string {
  const isBoolean = BOOLEANS.some((words) =>
    categories.every((category) => words.includes(category.toLowerCase())),
  );
  if (isBoolean) return (value) => value.toLowerCase();
  return (value) => (isDecimal(value) ? String(Number(value)) : value);
}

/** Whether a field has no value. Some words, such as `None`, mean that only in columns of numbers; elsewhere they are categories. */
export function isMissing(value: string, isAmongTexts: boolean): boolean {
  const kind = kindOf(value);
  return kind === 'missing' || (kind === 'maybeMissing' && !isAmongTexts);
}
