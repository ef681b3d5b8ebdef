import type { WriteStream } from 'node:tty';
import { highestRanked } from '../../src/report/highest-ranked';
import { TerminalBlock } from '../../src/report/terminal-block';

/** Emulates a terminal. Returns the visible lines; the cursor is after the last line. */
class Terminal {
  readonly lines: string[] = [''];
  columns = 40;
  rows = 10;
  private row = 0;

  write(text: string): boolean {
    // "␛" replaces the escape character, which is not allowed in a regular expression.
    for (const part of text.replaceAll('\u001b', '␛').split(/(␛\[\d*[A-Z]|\r|\n)/)) {
      const up = /^␛\[(\d+)A$/.exec(part);
      if (up) this.row -= Number(up[1]);
      else if (part === '␛[2K') this.lines[this.row] = '';
      else if (part === '␛[0J') this.lines.splice(this.row, Number.POSITIVE_INFINITY, '');
      else if (part === '\n') {
        this.row += 1;
        this.lines[this.row] ??= '';
      } else if (part !== '\r') this.lines[this.row] += part;
    }
    return true;
  }
}

test('a block is redrawn, even with fewer lines, and printed text stays above it', () => {
  const terminal = new Terminal();
  const block = new TerminalBlock(terminal as unknown as WriteStream);
  block.draw(['one', 'two', 'three']);
  expect(terminal.lines).toEqual(['one', 'two', 'three', '']);
  block.draw(['uno', 'due']);
  expect(terminal.lines).toEqual(['uno', 'due', '']);
  block.print('a notice');
  expect(terminal.lines).toEqual(['a notice', 'uno', 'due', '']);
  block.draw(['eins', 'zwei']);
  expect(terminal.lines).toEqual(['a notice', 'eins', 'zwei', '']);
});

test('no line is wider than the terminal, and no block is taller than what can be redrawn', () => {
  const terminal = new Terminal();
  const block = new TerminalBlock(terminal as unknown as WriteStream);
  block.draw(['x'.repeat(100)]);
  expect(terminal.lines[0]).toHaveLength(40);
  expect(block.rows).toBe(9);
});

test('if there is no room for all items, lower ranks are kept first, then later items', () => {
  const jobs = [1, 2, 3, 4, 5, 6];
  const rank = (job: number) => (job === 2 ? 0 : job === 4 ? 1 : 2);
  expect(highestRanked(jobs, 4, rank)).toEqual([2, 4, 5, 6]);
  expect(highestRanked(jobs, 6, rank)).toEqual(jobs);
  expect(highestRanked(jobs, 0, rank)).toEqual([]);
});
