import * as fs from 'node:fs';
import * as path from 'node:path';
import { joinInside } from '../../../assembly/safe-path';
import { steadyNow } from '../../../steady-clock';
import { logEvents } from '../../../training/log-events';

/** Precision of the stored time of a line: enough for users, and cheap to store. */
const MARK_MILLISECONDS = 1000;

/** Separates an interrupted attempt from the next one in a job's log. */
export const RUNS_AGAIN = '--- The training job starts again. ---';

/**
 * Name of the log of a transform job. It differs from the log of a training job with the same name, because job names
 * contain no dots.
 */
export function transformLogName(jobName: string): string {
  return `${jobName}.transform`;
}

/** The time at which the part of a log that begins at `offset` was written. */
export interface TimeMark {
  /** Offset in bytes. */
  readonly offset: number;
  /** Epoch milliseconds. */
  readonly time: number;
}

/**
 * The log of a training job: `logs/<job>.log`, a plain text file. A second file next to it stores when lines
 * were written. Lines that arrive together are written together.
 */
export class JobLog {
  private offset: number;
  private lines = '';
  private marked = Number.NEGATIVE_INFINITY;

  /** Opens the log of a job. Appends if the log exists. */
  static open(root: string, jobName: string): JobLog {
    const { log, times } = filesOf(root, jobName);
    fs.mkdirSync(path.dirname(times), { recursive: true });
    return new JobLog(log, fs.openSync(log, 'a'), times);
  }

  /** Whether the job has printed nothing so far. */
  get isNew(): boolean {
    return this.offset === 0;
  }

  private constructor(
    private readonly path: string,
    private readonly file: number,
    private readonly times: string,
  ) {
    this.offset = fs.fstatSync(file).size;
  }

  /**
   * Writes output of a job as log events.
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
    // Clears the buffer even if writing fails, so that the lines are not written again at the end.
    this.lines = '';
    try {
      this.offset += fs.writeSync(this.file, lines);
    } catch (error) {
      // Adds the log's path to the error, because errors from file descriptors do not contain a path.
      (error as Error).message += ` '${this.path}'`;
      throw error;
    }
  }
}

/** Path of a job's log and the times of its lines; undefined if the job has printed nothing. */
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
  // Drops the text after the last line break: it is empty or incomplete.
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
