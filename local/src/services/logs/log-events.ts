import * as fs from 'node:fs';
import type { TimeMark } from '../sagemaker/jobs/job-log';

/** Maximum number of bytes to read from a log for one page of events, as on AWS. Every line is shorter. */
const PAGE_BYTES = 1 << 20;

/** Maximum number of events per page. */
const PAGE_EVENTS = 10_000;

/** A line of a log. */
export interface LogEvent {
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly message: string;
  readonly ingestionTime: number;
}

/** Consecutive lines of a log. */
export interface EventPage {
  readonly events: readonly LogEvent[];
  /** Byte offsets of the start of the first line and of the end of the last line. */
  readonly start: number;
  readonly end: number;
}

/** A part of a log. `marks` contain the times of its lines. Lines before the first mark were written at `since`. */
export interface LogRange {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly marks: readonly TimeMark[];
  readonly since: number;
}

/** The part of a log that was written between two times. `from` is inclusive, `to` is exclusive. */
export function within(
  range: LogRange,
  { from, to }: { readonly from?: number; readonly to?: number },
): LogRange {
  const firstAt = (time: number): number => {
    if (range.since >= time) return 0;
    return range.marks.find((mark) => mark.time >= time)?.offset ?? range.end;
  };
  return {
    ...range,
    ...(from !== undefined && { start: Math.max(range.start, firstAt(from)) }),
    ...(to !== undefined && { end: Math.min(range.end, firstAt(to)) }),
  };
}

/** The first lines at or after an offset. */
export function eventsFrom(range: LogRange, place: number, limit = PAGE_EVENTS): EventPage {
  const start = Math.max(place, range.start);
  const lines = linesIn(range, start, Math.min(range.end, start + PAGE_BYTES));
  const shown = lines.filter(isEvent).slice(0, limit);
  const last = shown.length === limit ? shown.at(-1) : lines.at(-1);
  return { events: eventsOf(range, shown), start, end: last?.end ?? start };
}

/** An event, and the offset at which its line ends. */
export interface PlacedEvent {
  readonly event: LogEvent;
  readonly end: number;
}

/** All events at or after an offset. Reads the log page by page as events are consumed. */
export function* eachEventFrom(range: LogRange, place: number): Generator<PlacedEvent, void> {
  for (let start = Math.max(place, range.start); ; ) {
    const lines = linesIn(range, start, Math.min(range.end, start + PAGE_BYTES));
    const last = lines.at(-1);
    if (last === undefined) return;
    const shown = lines.filter(isEvent);
    yield* eventsOf(range, shown).map((event, i) => ({ event, end: shown[i]?.end ?? last.end }));
    start = last.end;
  }
}

/** The time at which the line at an offset was written. */
export function timeAt({ marks, since }: LogRange, place: number): number {
  return marks.filter(({ offset }) => offset <= place).at(-1)?.time ?? since;
}

/** The last lines before an offset. */
export function eventsBefore(range: LogRange, place: number, limit = PAGE_EVENTS): EventPage {
  const end = Math.min(place, range.end);
  const from = Math.max(range.start, end - PAGE_BYTES);
  // `from` can be in the middle of a line, unless it is the start of the range.
  const lines = linesIn(range, from, end).slice(from > range.start ? 1 : 0);
  const shown = lines.filter(isEvent).slice(-limit);
  const [first] = shown.length === limit ? shown : lines;
  return { events: eventsOf(range, shown), start: first?.start ?? end, end };
}

interface Line {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The complete lines between two offsets. */
function linesIn({ file }: LogRange, start: number, end: number): Line[] {
  const content = read(file, start, end);
  const lines: Line[] = [];
  for (let from = 0; ; ) {
    const lineBreak = content.indexOf('\n', from);
    if (lineBreak < 0) return lines;
    const text = content.toString('utf8', from, lineBreak);
    lines.push({ text, start: start + from, end: start + lineBreak + 1 });
    from = lineBreak + 1;
  }
}

function read(file: string, start: number, end: number): Buffer {
  const content = Buffer.alloc(Math.max(0, end - start));
  const fd = fs.openSync(file, 'r');
  try {
    return content.subarray(0, fs.readSync(fd, content, 0, content.length, start));
  } finally {
    fs.closeSync(fd);
  }
}

/** Whether a line becomes an event. Empty lines do not, because CloudWatch Logs has no empty events. */
function isEvent({ text }: Line): boolean {
  return text !== '';
}

function eventsOf({ marks, since }: LogRange, lines: readonly Line[]): LogEvent[] {
  let next = 0;
  const timeAt = (place: number): number => {
    while ((marks[next]?.offset ?? Number.POSITIVE_INFINITY) <= place) next += 1;
    return marks[next - 1]?.time ?? since;
  };
  return lines.map(({ text: message, start }) => {
    const timestamp = timeAt(start);
    return { timestamp, message, ingestionTime: timestamp };
  });
}
