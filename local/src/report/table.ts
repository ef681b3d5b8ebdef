import type { TableConstructorOptions } from 'cli-table3';

const NO_BORDERS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid', 'middle'].flatMap((side) =>
    ['', '-mid', '-left', '-right'].map((part) => [`${side}${part}`, '']),
  ),
);

/** A table without borders and colors. */
export const PLAIN_TABLE: TableConstructorOptions = {
  style: { head: [], border: [], compact: true },
  chars: NO_BORDERS,
};
