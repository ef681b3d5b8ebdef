import type { Clock } from '../clock';
import { StatesError } from '../errors';

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
  /** @param count how many events there are already */
  constructor(
    private readonly clock: Clock,
    private readonly onEvent: (event: HistoryEvent) => void = () => undefined,
    private count = 0,
  ) {}

  /** The ID of the event that was recorded last. */
  get lastEventId(): number {
    return this.count;
  }

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

/** States that AWS tells of when they are aborted. */
const TOLD_OF_WHEN_ABORTED: readonly string[] = ['Task', 'Wait', 'Parallel', 'Map'];

/** One line of events: the execution's own, a branch's or an iteration's. */
export class Track {
  /** The type of the state that is under way. */
  private openState: string | undefined;
  private newestEventId: number;
  /** The lines of its branches or iterations. */
  private readonly inner = new Set<Track>();

  /** @param iteration what the events of a Map's iteration tell of it */
  constructor(
    private readonly history: History,
    private readonly signal: AbortSignal,
    private lastEventId = 0,
    private readonly iteration?: EventDetails,
  ) {
    this.newestEventId = lastEventId;
  }

  /** The last event on this line. */
  get last(): number {
    return this.lastEventId;
  }

  /** The event that this line recorded last, aside or not; what nothing can catch ends the execution behind it. */
  get newest(): number {
    return this.newestEventId;
  }

  /** The last event of the execution. */
  get lastRecorded(): number {
    return this.history.lastEventId;
  }

  /** Records an event behind the last one; what was stopped records nothing more. */
  record(type: string, details: EventDetails = {}): number {
    if (!this.signal.aborted) this.continueBehind(this.history.record(type, details, this.lastEventId));
    return this.lastEventId;
  }

  /** Records an event that nothing follows on this line, behind the last one or another. */
  recordAside(type: string, details: EventDetails = {}, behind = this.lastEventId): number {
    if (this.signal.aborted) return behind;
    this.newestEventId = this.history.record(type, details, behind);
    return this.newestEventId;
  }

  /** Goes on behind an event of another line, or of an earlier run. */
  continueBehind(eventId: number): void {
    this.lastEventId = eventId;
    this.newestEventId = eventId;
  }

  /** Notes what state is under way, or that none is. */
  open(state: string | undefined): void {
    this.openState = state;
    this.inner.clear();
  }

  /** A line of a branch or an iteration of the state that is under way. */
  fork(signal: AbortSignal, lastEventId: number, iteration?: EventDetails): Track {
    const track = new Track(this.history, signal, lastEventId, iteration);
    this.inner.add(track);
    return track;
  }

  /** Forgets a line that has come to its end. */
  close(inner: Track): void {
    this.inner.delete(inner);
  }

  /**
   * Records that a branch or an iteration has failed, and that what else is under way was aborted. Of neither is told
   * when nothing can catch the failure: the execution ends at once.
   */
  recordFailure(failed: Track, catchable: boolean): void {
    if (failed.signal.aborted) return;
    if (!catchable) {
      this.continueBehind(failed.newest);
      return;
    }
    if (failed.iteration) failed.recordAside('MapIterationFailed', failed.iteration);
    for (const inner of this.inner) inner.recordAborts(failed.last, inner !== failed);
    this.continueBehind(failed.last);
  }

  private recordAborts(becauseOf: number, withIteration = true): void {
    const record = (type: string, details: EventDetails = {}) =>
      this.history.record(type, details, becauseOf);
    if (this.iteration && withIteration) record('MapIterationAborted', this.iteration);
    for (const inner of this.inner) inner.recordAborts(becauseOf);
    if (TOLD_OF_WHEN_ABORTED.includes(this.openState ?? '')) record(`${this.openState}StateAborted`);
  }
}
