import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Input } from '../service';
import { compileFilter } from './filter-pattern';
import { eachEventFrom, type LogRange, type PlacedEvent, timeAt, within } from './log-events';
import type { LogStream } from './log-streams';

/** Maximum number of events per page, and maximum total size of their messages in bytes, as on AWS. */
const PAGE_EVENTS = 10_000;
const PAGE_BYTES = 1 << 20;
/** Maximum bytes of the messages searched for a page. A page can therefore be partly filled or empty, as on AWS. */
const SEARCHED_BYTES = 16 << 20;

/**
 * An event of a stream. Events of several streams are ordered by time, stream, and position in the stream.
 */
interface StreamEvent extends PlacedEvent {
  readonly stream: string;
}

/** The last event of a page. */
interface Place {
  readonly time: number;
  readonly end: number;
  readonly stream: string;
}

/**
 * Response of FilterLogEvents: the events of all streams, earliest first.
 *
 * @throws AwsError `InvalidParameterException`, `ResourceNotFoundException`
 */
export function filterLogEvents(streams: readonly LogStream[], input: Input): unknown {
  const { logStreamNames: names, logStreamNamePrefix: prefix, limit, nextToken, filterPattern } = input;
  if (names !== undefined && prefix !== undefined) {
    throw invalid('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.');
  }
  if (input['startFromHead'] === false) {
    throw invalid(
      'local mode does not support FilterLogEvents with startFromHead false: it returns the earliest events first',
    );
  }
  const isWanted = compileFilter(String(filterPattern ?? ''));
  const wanted = names === undefined ? streams : named(streams, names as readonly string[]);
  const place = nextToken === undefined ? undefined : placeIn(String(nextToken));
  const ranges = wanted.map(({ name, range }) => ({ name, range: left(name, timely(range, input), place) }));
  const most = Number(limit ?? PAGE_EVENTS);
  const events: StreamEvent[] = [];
  let [bytes, searched] = [0, 0];
  for (const found of merge(ranges)) {
    const size = Buffer.byteLength(found.event.message);
    searched += size;
    if (isWanted(found.event.message)) {
      events.push(found);
      bytes += size;
    }
    if (events.length === most || bytes >= PAGE_BYTES || searched >= SEARCHED_BYTES) {
      return { ...answer(events), nextToken: tokenAfter(found) };
    }
  }
  return answer(events);
}

function answer(events: readonly StreamEvent[]) {
  const digits = new Map<string, string>();
  return {
    events: events.map(({ event: { timestamp, message, ingestionTime }, stream, end }) => {
      const ofStream = digits.get(stream) ?? digitsOf(stream);
      digits.set(stream, ofStream);
      return {
        timestamp,
        message,
        ingestionTime,
        logStreamName: stream,
        eventId: `${timestamp}`.padStart(15, '0') + ofStream + `${end}`.padStart(15, '0'),
      };
    }),
    // AWS has returned an empty `searchedLogStreams` since 2020.
    searchedLogStreams: [],
  };
}

function named(streams: readonly LogStream[], names: readonly string[]): LogStream[] {
  return names.map((name) => {
    const found = streams.find((each) => each.name === name);
    if (found === undefined) {
      throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
    }
    return found;
  });
}

/** The end time is inclusive, unlike in GetLogEvents. */
function timely(range: LogRange, { startTime, endTime }: Input): LogRange {
  return within(range, {
    ...(startTime !== undefined && { from: Number(startTime) }),
    ...(endTime !== undefined && { to: Number(endTime) + 1 }),
  });
}

/** The events of one stream that come after `place`, which is where the previous page (of all streams) ended. */
function left(stream: string, range: LogRange, place: Place | undefined): LogRange {
  if (place === undefined) return range;
  if (stream === place.stream) return { ...range, start: Math.max(range.start, place.end) };
  return within(range, { from: stream < place.stream ? place.time + 1 : place.time });
}

/** Merges the events of streams in order. Opens a stream only when the time of its first event is reached. */
function* merge(streams: readonly LogStream[]): Generator<StreamEvent, void> {
  const waiting = streams
    .filter(({ range }) => range.start < range.end)
    .map((stream) => ({ ...stream, from: timeAt(stream.range, stream.range.start) }))
    .sort((first, second) => first.from - second.from);
  const open = new Map<StreamEvent, Generator<PlacedEvent, void>>();
  const goOn = (stream: string, events: Generator<PlacedEvent, void>): void => {
    const { value } = events.next();
    if (value !== undefined) open.set({ ...value, stream }, events);
  };
  for (;;) {
    const next = earliest(open.keys());
    const [first] = waiting;
    if (first !== undefined && (next === undefined || first.from <= next.event.timestamp)) {
      waiting.shift();
      goOn(first.name, eachEventFrom(first.range, first.range.start));
    } else if (next !== undefined) {
      const events = open.get(next);
      open.delete(next);
      yield next;
      if (events !== undefined) goOn(next.stream, events);
    } else {
      return;
    }
  }
}

function earliest(events: Iterable<StreamEvent>): StreamEvent | undefined {
  let found: StreamEvent | undefined;
  for (const each of events) {
    if (found === undefined || isBefore(each, found)) found = each;
  }
  return found;
}

function isBefore(left: StreamEvent, right: StreamEvent): boolean {
  const [at, other] = [left.event.timestamp, right.event.timestamp];
  return at < other || (at === other && left.stream < right.stream);
}

/** The middle digits of a stream's event IDs. IDs have 56 digits, as on AWS, and never change. */
function digitsOf(stream: string): string {
  const hash = createHash('sha256').update(stream).digest('hex').slice(0, 20);
  return `${BigInt(`0x${hash}`)}`.padStart(26, '0');
}

function tokenAfter({ event, stream, end }: StreamEvent): string {
  return `e/${event.timestamp}/${end}/${stream}`;
}

function placeIn(token: string): Place {
  const [, time, end, stream] = /^e\/(\d+)\/(\d+)\/(.+)$/.exec(token) ?? [];
  if (stream === undefined) throw invalid(`The specified nextToken is invalid: ${token}`);
  return { time: Number(time), end: Number(end), stream };
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
