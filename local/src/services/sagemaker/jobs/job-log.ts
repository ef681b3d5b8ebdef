import * as fs from 'node:fs';
import * as path from 'node:path';
import { joinInside } from '../../../assembly/safe-path';
import { steadyNow } from '../../../steady-clock';
import { logEvents } from '../../../training/log-events';

/** How exactly the time of a line is kept: enough for people, and little to write. */
const MARK_MILLISECONDS = 1000;

/** Stands in the log of a job between an attempt that was cut off and the next one. */
export const RUNS_AGAIN = '--- From here on the training job runs again. ---';

/** From a place in a log on, lines were written at this time. */
export interface TimeMark {
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Epoch milliseconds. */
  readonly time: number;
}

/**
 * The log of a training job: `logs/<job>.log`, which people read. When its lines were written is beside it. Lines that
 * come together are written together.
 */
export class JobLog {
  private offset: number;
  private lines = '';
  private marked = Number.NEGATIVE_INFINITY;

  /** Opens the log of a job; a job that has one already goes on in it. */
  static open(root: string, jobName: string): JobLog {
    const { log, times } = filesOf(root, jobName);
    fs.mkdirSync(path.dirname(times), { recursive: true });
    return new JobLog(log, fs.openSync(log, 'a'), times);
  }

  private constructor(
    private readonly path: string,
    private readonly file: number,
    private readonly times: string,
  ) {
    this.offset = fs.fstatSync(file).size;
  }

  /**
   * Writes what a job prints, as log events.
   *
   * @returns the events
   */
  write(text: string): readonly string[] {
    if (this.lines === '') setImmediate(() => this.flush());
    const events = logEvents(text);
    for (const event of events) this.lines += `${event}\n`;
    return events;
  }

  close(): void {
    this.flush();
    fs.closeSync(this.file);
  }

  private flush(): void {
    if (this.lines === '') return;
    const now = steadyNow();
    if (now - this.marked >= MARK_MILLISECONDS) {
      this.marked = now;
      fs.appendFileSync(this.times, `${this.offset} ${now}\n`);
    }
    const { lines } = this;
    // Also where they cannot be written: they are not to be written at the end again.
    this.lines = '';
    try {
      this.offset += fs.writeSync(this.file, lines);
    } catch (error) {
      // Unlike those of files with a name, errors of open files do not say which one.
      (error as Error).message += ` '${this.path}'`;
      throw error;
    }
  }
}

/** The file of a job's log, and when its lines were written; undefined when the job has printed nothing. */
export function readJobLog(
  root: string,
  jobName: string,
): { readonly file: string; readonly size: number; readonly marks: readonly TimeMark[] } | undefined {
  const { log, times } = filesOf(root, jobName);
  const { size = 0 } = fs.statSync(log, { throwIfNoEntry: false }) ?? {};
  if (size === 0) return undefined;
  return { file: log, size, marks: readMarks(times) };
}

function readMarks(file: string): TimeMark[] {
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  // What follows the last line break is nothing, or was cut off.
  return lines.slice(0, -1).map((line) => {
    const [offset, time] = line.split(' ').map(Number);
    return { offset: offset ?? 0, time: time ?? 0 };
  });
}

function filesOf(root: string, jobName: string): { log: string; times: string } {
  const folder = path.join(root, 'logs');
  return {
    log: joinInside(folder, `${jobName}.log`),
    times: joinInside(path.join(folder, '.times'), jobName),
  };
}
