import type { Json } from '../fixtures';

/** What is wrong, what is made of it, and what the message says, the prop first. */
export type Row = [what: string, make: () => unknown, message: string];

/** A value of a type that the declarations do not allow, as apps in JavaScript may have it. */
export const js = (value: unknown): Json => value;

/** The error that something throws: its name and its message. */
export function errorOf(make: () => unknown): { name: string; message: string } {
  try {
    make();
  } catch (error) {
    if (error instanceof Error) return { name: error.name, message: error.message };
  }
  return { name: 'none', message: '' };
}

/** Tests that each row is refused, by name. */
export function refused(rows: readonly Row[]): void {
  test.each<Row>([...rows])('%s', (_what, make, message) => {
    expect(errorOf(make)).toEqual({
      name: 'TuningValidationError',
      message: expect.stringContaining(message),
    });
  });
}
