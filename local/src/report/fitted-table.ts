/** A column of plain text. */
export interface TableColumn {
  readonly head: string;
  readonly cells: readonly string[];
}

/** The space available to a table. */
export interface TableRoom {
  /** Width of the terminal, in columns. */
  readonly width: number;
  /** Spaces between columns. */
  readonly gap: number;
  /** Minimum width of a heading; longer words in it are broken. */
  readonly narrowestHead: number;
}

/** The lines of a table. */
export interface FittedTable {
  readonly head: readonly string[];
  readonly rows: readonly string[];
}

/** Maximum number of lines for a wrapped heading. */
const HEAD_LINES = 3;

/** Matches the parts of a heading. A heading can be wrapped after each part. */
const PARTS = /[^\s:._/-]*[\s:._/-]?/g;

/** Lays out columns side by side. Wraps headings that do not fit on one line. */
export function fitTable(columns: readonly TableColumn[], room: TableRoom): FittedTable {
  const widths = fitWidths(columns, room);
  const line = (texts: readonly string[]) =>
    ` ${texts.map((text, i) => text.padEnd(widths[i] ?? 0)).join(' '.repeat(room.gap))}`.trimEnd();
  const heads = columns.map(({ head }, i) => breakHead(head, widths[i] ?? 1));
  const height = Math.max(...heads.map((lines) => lines.length));
  const rows = columns[0]?.cells ?? [];
  return {
    head: Array.from({ length: height }, (_, n) =>
      // Headings are aligned to the bottom.
      line(heads.map((lines) => lines[n - height + lines.length] ?? '')),
    ),
    rows: rows.map((_, n) => line(columns.map(({ cells }) => cells[n] ?? ''))),
  };
}

/** Minimum width of a table in terminal columns, with its headings wrapped. */
export function narrowestWidth(
  columns: readonly TableColumn[],
  { gap, narrowestHead }: Omit<TableRoom, 'width'>,
): number {
  return total(
    columns.map((column) => leastWidth(column, narrowestHead)),
    gap,
  );
}

/**
 * Computes the widths of the columns. Uses spare width first to avoid breaking words, starting with the headings
 * that need the least additional width. Uses the rest so that the headings take fewer lines.
 */
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

/** Breaks a heading into lines of at most `width` characters, after spaces and characters such as `:` if possible. */
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
