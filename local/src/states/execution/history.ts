import type { Clock } from '../clock';
import { StatesError } from '../errors';
import { Stop } from './stop';

/** An event of an execution's history, as GetExecutionHistory has it. */
export interface HistoryEvent {
  readonly id: number;
  /** The event before it on the same branch; 0 for the first ones. */
  readonly previousEventId: number;
  readonly timestamp: Date;
  /** AWS's type, such as `TaskStateEntered`. */
  readonly type: string;
  /** What AWS has in the member named after the type; data in it is JSON text. */
  readonly details: EventDetails;
}

/** The details of an event. */
export type EventDetails = Readonly<Record<string, unknown>>;

/** The most events that the history of an execution may have. */
const MOST_EVENTS = 25_000;

/** Numbers the events of one execution and hands them on. */
export class History {
  private count = 0;

  constructor(
    private readonly clock: Clock,
    private readonly onEvent: (event: HistoryEvent) => void = () => undefined,
  ) {}

  /** @throws StatesError when there are too many, unless it is the last one */
  record(type: string, details: EventDetails, previousEventId: number): number {
    if (this.count >= MOST_EVENTS - 1 && !type.startsWith('Execution')) {
      const limit = `The execution reached the maximum number of history events (${MOST_EVENTS}).`;
      throw new StatesError('States.Runtime', limit);
    }
    this.count += 1;
    this.onEvent({ id: this.count, previousEventId, timestamp: this.clock.now(), type, details });
    return this.count;
  }
}

/** One line of events: the execution's own, a branch's or an iteration's. */
export class Track {
  constructor(
    private readonly history: History,
    private readonly signal: AbortSignal,
    private lastEventId = 0,
  ) {}

  /** Records an event behind the last one; what was stopped records nothing more. */
  record(type: string, details: EventDetails = {}): number {
    if (!this.signal.aborted) this.lastEventId = this.history.record(type, details, this.lastEventId);
    return this.lastEventId;
  }

  /** Records that something on this line was stopped. */
  recordAbort(type: string, details: EventDetails = {}): void {
    this.lastEventId = this.history.record(type, details, this.lastEventId);
  }

  /** The last event on this line. */
  get last(): number {
    return this.lastEventId;
  }

  /** A line that starts at this one's last event. */
  fork(signal: AbortSignal): Track {
    return new Track(this.history, signal, this.lastEventId);
  }
}

/** Records whether something succeeded, failed or was stopped. */
export async function recordEnd<T>(what: string, track: Track, run: () => Promise<T>): Promise<T> {
  try {
    const result = await run();
    track.record(`${what}Succeeded`);
    return result;
  } catch (error) {
    if (error instanceof StatesError) {
      track.record(`${what}Failed`, { error: error.error, cause: error.cause });
    } else if (error instanceof Stop) track.recordAbort(`${what}Aborted`);
    throw error;
  }
}
