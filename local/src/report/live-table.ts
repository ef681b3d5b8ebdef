import type { WriteStream } from 'node:tty';
import type { Jobs } from '../services';
import { steadyNow } from '../steady-clock';
import { JobLines } from './job-lines';
import { renderJobs } from './jobs-screen';
import { TerminalBlock } from './terminal-block';

const REDRAW_MILLISECONDS = 500;

/** What shows the jobs of this process while they run. */
export interface JobsView {
  /** Prints a text that stays, where it does not disturb what is shown. */
  print(text: string): void;
  /** Shows the last state and ends. */
  close(): void;
}

/**
 * Shows the jobs of this process: as a table that is drawn over in a terminal, and where there is none (or one that
 * cannot move its cursor) as a line for each job that has ended.
 */
export function showJobs(jobs: Jobs, out: WriteStream): JobsView {
  return out.isTTY && process.env['TERM'] !== 'dumb' ? new LiveTable(jobs, out) : linesOf(jobs, out);
}

/** Shows nothing but what is printed. */
export function showNothing(): JobsView {
  return { print: console.error, close: () => undefined };
}

class LiveTable implements JobsView {
  private readonly block: TerminalBlock;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly jobs: Jobs,
    out: WriteStream,
  ) {
    this.block = new TerminalBlock(out);
    this.timer = setInterval(() => this.draw(this.block.rows), REDRAW_MILLISECONDS);
  }

  print(text: string): void {
    this.block.print(text);
  }

  close(): void {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    this.timer = undefined;
    // Nothing is drawn over any more: all of it may stay.
    this.draw(Number.POSITIVE_INFINITY);
  }

  private draw(rows: number): void {
    const { columns } = this.block;
    this.block.draw(renderJobs(this.jobs, { rows, columns, now: steadyNow() / 1000 }));
  }
}

function linesOf(jobs: Jobs, out: WriteStream): JobsView {
  const lines = new JobLines(jobs, (line) => void out.write(`${line}\n`));
  return { print: console.error, close: () => lines.close() };
}
