import { stripVTControlCharacters } from 'node:util';
import Table, { type TableConstructorOptions } from 'cli-table3';

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

/** Renders a table without borders. Leaves out the optional columns if it would be wider than `width`. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width, optional }: { readonly width: number; readonly optional: readonly string[] },
): string[] {
  const lines = linesOf(head, rows);
  const isTooWide = lines.some((line) => stripVTControlCharacters(line).length > width);
  if (!isTooWide) return lines;
  const kept = <T>(cells: readonly T[]) => cells.filter((_, i) => !optional.includes(head[i] ?? ''));
  return linesOf(kept(head), rows.map(kept));
}

function linesOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const table = new Table({ ...PLAIN_TABLE, head: [...head] });
  table.push(...rows.map((cells) => [...cells]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}
