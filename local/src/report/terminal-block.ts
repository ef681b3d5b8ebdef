import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { cutToWidth } from './format';

const ESCAPE = '\u001b';
const CLEAR_LINE = `${ESCAPE}[2K`;
const CLEAR_BELOW = `${ESCAPE}[0J`;

/** For a terminal that does not say how large it is. */
const FALLBACK_COLUMNS = 80;
const FALLBACK_ROWS = 24;

/** Lines at the end of a terminal's output that are drawn over. */
export class TerminalBlock {
  /** What is on the screen; its lines are no longer than the terminal was wide. */
  private drawn: readonly string[] = [];
  private columnsDrawn = 0;

  constructor(private readonly out: WriteStream) {}

  /** Columns of the terminal. */
  get columns(): number {
    return this.out.columns || FALLBACK_COLUMNS;
  }

  /** Lines that can be drawn over: what has scrolled out of the window cannot. */
  get rows(): number {
    return Math.max(1, (this.out.rows || FALLBACK_ROWS) - 1);
  }

  /** Draws lines over those that were drawn before. Each is cut to the width of the terminal. */
  draw(lines: readonly string[]): void {
    const cut = lines.map((line) => cutToWidth(line, this.columns));
    const isSame = this.columns === this.columnsDrawn && cut.join('\n') === this.drawn.join('\n');
    if (!isSame) this.replace(cut, '');
  }

  /** Prints a text that stays, above the block. */
  print(text: string): void {
    this.replace(this.drawn, `${text}\n`);
  }

  private replace(lines: readonly string[], before: string): void {
    const up = this.rowsDrawn();
    // In one write: nobody sees half a table.
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

  /** A terminal that has become narrower shows a line in several rows. */
  private rowsDrawn(): number {
    if (this.columns >= this.columnsDrawn) return this.drawn.length;
    const rows = this.drawn.map((line) => Math.ceil(stripVTControlCharacters(line).length / this.columns));
    return rows.reduce((total, each) => total + Math.max(1, each), 0);
  }
}
