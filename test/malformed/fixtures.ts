import type { Json } from '../fixtures';

/**
 * A description of the invalid value, the code that passes it, and the expected error message, which starts with the
 * prop.
 */
export type Row = [what: string, make: () => unknown, message: string];

/** A value of a type that the declarations do not allow. Apps in JavaScript can pass such a value. */
export const js = (value: unknown): Json => value;

/** An object with `count` members. */
export const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']));

/** The name and message of the error that a function throws. */
export function errorOf(make: () => unknown): { name: string; message: string } {
  try {
    make();
  } catch (error) {
    if (error instanceof Error) return { name: error.name, message: error.message };
  }
  return { name: 'none', message: '' };
}

/** Tests that each row is rejected with an error that names the prop. */
export function refused(rows: readonly Row[]): void {
  test.each<Row>([...rows])('%s', (_what, make, message) => {
    expect(errorOf(make)).toEqual({
      name: 'TuningValidationError',
      message: expect.stringContaining(message),
    });
  });
}
