import { createColors } from 'picocolors';

/** Colours for a terminal only: what is piped or logged stays plain text, under CI too. */
export const colours = createColors(
  process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
);
