/** Maximum values that AWS accepts for integers and for longs. */
const LARGEST = { integer: 2 ** 31 - 1, long: Number.MAX_SAFE_INTEGER };

/**
 * Parses an integer in decimal digits; undefined for anything else, such as `1e3`, ` 1` and an empty string.
 */
export function numberFrom(text: string, type: 'integer' | 'long'): number | undefined {
  const number = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Math.abs(number) <= LARGEST[type] ? number : undefined;
}

/** Parses a boolean; undefined for anything else. */
export function booleanFrom(text: string): boolean | undefined {
  return { true: true, false: false }[text.toLowerCase()];
}
