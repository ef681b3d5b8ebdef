import type { WriteStream } from 'node:tty';
import type { MapProgress } from '../executions/map-progress';
import type { Jobs } from '../services';
import { steadyNow } from '../steady-clock';
import { JobLines } from './job-lines';
import { renderScreen } from './jobs-screen';
import { renderMapProgress } from './map-progress';
import { TerminalBlock } from './terminal-block';

const REDRAW_MILLISECONDS = 500;

/** Shows the jobs of this process while they run. */
export interface JobsView {
  /** Prints text, which stays on the terminal when the table is redrawn. */
  print(text: string): void;
  /** Shows the final state and stops updating. */
  close(): void;
}

/**
 * Shows the jobs of this process. On a terminal, redraws a table in place. Otherwise (or if the terminal
 * cannot move its cursor), prints one line when a job ends.
 */
export function showJobs(jobs: Jobs, maps: MapProgress, out: WriteStream): JobsView {
  return out.isTTY && process.env['TERM'] !== 'dumb'
    ? new LiveTable(jobs, maps, out)
    : linesOf(jobs, maps, out);
}

/** Shows only printed text. */
export function showNothing(): JobsView {
  return { print: console.error, close: () => undefined };
}

class LiveTable implements JobsView {
  private readonly block: TerminalBlock;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly jobs: Jobs,
    private readonly maps: MapProgress,
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
    // The final state is not redrawn, so it may be of any length.
    this.draw(Number.POSITIVE_INFINITY);
  }

  private draw(rows: number): void {
    const { columns } = this.block;
    const screen = { rows, columns, now: steadyNow() / 1000 };
    const large = this.maps.large();
    // The final state omits the items of a Map with many items, because a table of them follows.
    const isFinal = large.length > 0 && rows === Number.POSITIVE_INFINITY;
    this.block.draw(
      isFinal
        ? large.flatMap((map) => renderMapProgress(map, screen))
        : renderScreen(this.jobs, this.maps, screen),
    );
  }
}

function linesOf(jobs: Jobs, maps: MapProgress, out: WriteStream): JobsView {
  const lines = new JobLines(jobs, maps, (line) => void out.write(`${line}\n`));
  return { print: console.error, close: () => lines.close() };
}
