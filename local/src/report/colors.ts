import { createColors } from 'picocolors';

/** Colors output only on a terminal. Piped or logged output stays plain, including in CI. */
export const colors = createColors(
  process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
);
