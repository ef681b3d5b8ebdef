/** A column of plain text. */
export interface TableColumn {
  readonly head: string;
  readonly cells: readonly string[];
}

/** How much room a table has. */
export interface TableRoom {
  /** Columns of the terminal. */
  readonly width: number;
  /** Blanks between columns. */
  readonly gap: number;
  /** A head may become as narrow as this: a longer word in it is broken. */
  readonly narrowestHead: number;
}

/** The lines of a table. */
export interface FittedTable {
  readonly head: readonly string[];
  readonly rows: readonly string[];
}

/** Lines of a head that is broken. */
const HEAD_LINES = 3;

/** Ends of the parts that a head is broken at. */
const PARTS = /[^\s:._/-]*[\s:._/-]?/g;

/** Columns next to each other. Heads are broken into lines where there is no room for them in one. */
export function fitTable(columns: readonly TableColumn[], room: TableRoom): FittedTable {
  const widths = fitWidths(columns, room);
  const line = (texts: readonly string[]) =>
    ` ${texts.map((text, i) => text.padEnd(widths[i] ?? 0)).join(' '.repeat(room.gap))}`.trimEnd();
  const heads = columns.map(({ head }, i) => breakHead(head, widths[i] ?? 1));
  const height = Math.max(...heads.map((lines) => lines.length));
  const rows = columns[0]?.cells ?? [];
  return {
    head: Array.from({ length: height }, (_, n) =>
      // A head stands on its column.
      line(heads.map((lines) => lines[n - height + lines.length] ?? '')),
    ),
    rows: rows.map((_, n) => line(columns.map(({ cells }) => cells[n] ?? ''))),
  };
}

/** Columns of a terminal that a table needs, with its heads broken. */
export function narrowestWidth(
  columns: readonly TableColumn[],
  { gap, narrowestHead }: Omit<TableRoom, 'width'>,
): number {
  return total(
    columns.map((column) => leastWidth(column, narrowestHead)),
    gap,
  );
}

/** Room that is left makes words whole, first where that takes the least of it, and then puts heads in fewer lines. */
function fitWidths(columns: readonly TableColumn[], { width, gap, narrowestHead }: TableRoom): number[] {
  const wanted = columns.map((column) => leastWidth(column, column.head.length));
  if (total(wanted, gap) <= width) return wanted;
  const widths = columns.map((column) => leastWidth(column, narrowestHead));
  let left = width - total(widths, gap);
  const missing = columns
    .map(({ head }, index) => ({ index, columns: longestPart(head) - (widths[index] ?? 0) }))
    .filter((each) => each.columns > 0)
    .sort((one, other) => one.columns - other.columns);
  for (const { index, columns: more } of missing) {
    if (more > left) break;
    widths[index] = (widths[index] ?? 0) + more;
    left -= more;
  }
  for (; left > 0; left -= 1) {
    const lines = columns.map(({ head }, i) => breakHead(head, widths[i] ?? 1).length);
    const highest = lines.indexOf(Math.max(...lines));
    if (lines[highest] === 1) break;
    widths[highest] = (widths[highest] ?? 0) + 1;
  }
  return widths;
}

function leastWidth({ head, cells }: TableColumn, narrowestHead: number): number {
  const ofHead = Math.max(narrowestHead, Math.ceil(head.length / HEAD_LINES));
  return Math.max(Math.min(head.length, ofHead), ...cells.map((cell) => cell.length));
}

function total(widths: readonly number[], gap: number): number {
  return 1 + widths.reduce((sum, width) => sum + width, 0) + gap * Math.max(0, widths.length - 1);
}

function longestPart(head: string): number {
  return Math.max(...partsOf(head).map((part) => part.length));
}

function partsOf(head: string): string[] {
  return head.match(PARTS)?.filter((part) => part !== '') ?? [''];
}

/** A head in lines of so many columns, broken between its parts where it can be. */
function breakHead(head: string, width: number): string[] {
  const lines: string[] = [''];
  for (const part of partsOf(head)) {
    for (let rest = part; rest !== ''; rest = rest.slice(width)) {
      const piece = rest.slice(0, width);
      const last = lines.at(-1) ?? '';
      if (last.length + piece.length <= width) lines.splice(-1, 1, last + piece);
      else lines.push(piece);
    }
  }
  return lines;
}
