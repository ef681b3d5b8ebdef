/** Largest number that AWS takes for what is an integer, and for what is a long. */
const LARGEST = { integer: 2 ** 31 - 1, long: Number.MAX_SAFE_INTEGER };

/** A whole number in decimal digits; undefined for everything else, such as `1e3`, ` 1` and what is empty. */
export function numberFrom(text: string, type: 'integer' | 'long'): number | undefined {
  const number = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Math.abs(number) <= LARGEST[type] ? number : undefined;
}

/** A boolean; undefined for everything else. */
export function booleanFrom(text: string): boolean | undefined {
  return { true: true, false: false }[text.toLowerCase()];
}
