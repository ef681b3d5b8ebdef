import { createColors } from 'picocolors';

/** Colors only on a terminal: piped or logged output stays plain, including in CI. */
export const colors = createColors(
  process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
);
