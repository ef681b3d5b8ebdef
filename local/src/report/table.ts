import type { TableConstructorOptions } from 'cli-table3';

const NO_BORDERS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid', 'middle'].flatMap((side) =>
    ['', '-mid', '-left', '-right'].map((part) => [`${side}${part}`, '']),
  ),
);

/** Columns without borders and colours. */
export const PLAIN_TABLE: TableConstructorOptions = {
  style: { head: [], border: [], compact: true },
  chars: NO_BORDERS,
};
