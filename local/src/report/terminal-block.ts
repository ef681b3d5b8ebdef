import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { cutToWidth } from './format';

const ESCAPE = '\u001b';
const CLEAR_LINE = `${ESCAPE}[2K`;
const CLEAR_BELOW = `${ESCAPE}[0J`;

/** Width to assume if the terminal does not report one. */
const FALLBACK_COLUMNS = 80;
const FALLBACK_ROWS = 24;

/** The last lines of a terminal's output, which are redrawn in place. */
export class TerminalBlock {
  /** The lines on the screen, cut to the width that the terminal had when they were drawn. */
  private drawn: readonly string[] = [];
  private columnsDrawn = 0;

  constructor(private readonly out: WriteStream) {}

  /** Width of the terminal, in columns. */
  get columns(): number {
    return this.out.columns || FALLBACK_COLUMNS;
  }

  /** Maximum number of lines that can be redrawn. Lines that have scrolled out of the window cannot be redrawn. */
  get rows(): number {
    return Math.max(1, (this.out.rows || FALLBACK_ROWS) - 1);
  }

  /** Replaces the lines drawn before. Cuts each line to the width of the terminal. */
  draw(lines: readonly string[]): void {
    const cut = lines.map((line) => cutToWidth(line, this.columns));
    const isSame = this.columns === this.columnsDrawn && cut.join('\n') === this.drawn.join('\n');
    if (!isSame) this.replace(cut, '');
  }

  /** Prints permanent text above the block. */
  print(text: string): void {
    this.replace(this.drawn, `${text}\n`);
  }

  private replace(lines: readonly string[], before: string): void {
    const up = this.rowsDrawn();
    // A single write, so that no partial table is visible.
    this.out.write(
      [
        up > 0 ? `${ESCAPE}[${up}A` : '',
        '\r',
        before === '' ? '' : `${CLEAR_BELOW}${before}`,
        ...lines.map((line) => `${CLEAR_LINE}${line}\n`),
        CLEAR_BELOW,
      ].join(''),
    );
    this.drawn = lines;
    this.columnsDrawn = this.columns;
  }

  /** Number of rows that the drawn lines take now. A terminal that has become narrower wraps the lines. */
  private rowsDrawn(): number {
    if (this.columns >= this.columnsDrawn) return this.drawn.length;
    const rows = this.drawn.map((line) => Math.ceil(stripVTControlCharacters(line).length / this.columns));
    return rows.reduce((total, each) => total + Math.max(1, each), 0);
  }
}
