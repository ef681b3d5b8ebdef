import type { Clock } from '../clock';
import { StatesError } from '../errors';

/** An event of an execution's history, as GetExecutionHistory returns it. */
export interface HistoryEvent {
  readonly id: number;
  /** ID of the previous event of the same branch; 0 for the first events. */
  readonly previousEventId: number;
  readonly timestamp: Date;
  /** AWS's type, such as `TaskStateEntered`. */
  readonly type: string;
  /** The event details. AWS names this member after the type of the event. Data in the details is JSON text. */
  readonly details: EventDetails;
}

/** The details of an event. */
export type EventDetails = Readonly<Record<string, unknown>>;

/** Maximum number of events in an execution's history. */
const MOST_EVENTS = 25_000;

/** Numbers the events of an execution and passes them to a listener. */
export class History {
  /** @param count the number of existing events */
  constructor(
    private readonly clock: Clock,
    private readonly onEvent: (event: HistoryEvent) => void = () => undefined,
    private count = 0,
  ) {}

  /** ID of the latest event. */
  get lastEventId(): number {
    return this.count;
  }

  /**
   * @throws StatesError when an event exceeds the maximum number of events. Events about the execution itself, such as
   *   its end, may exceed this number
   */
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

/** State types for which AWS records an abort. */
const TOLD_OF_WHEN_ABORTED: readonly string[] = ['Task', 'Wait', 'Parallel', 'Map'];

/** A sequence of events: of the execution, of a branch, or of an iteration. */
export class Track {
  /** The type of the running state. */
  private openState: string | undefined;
  private newestEventId: number;
  /** The event sequences of the running state's branches or iterations. */
  private readonly inner = new Set<Track>();

  /** @param iteration the event details of a Map iteration */
  constructor(
    private readonly history: History,
    private readonly signal: AbortSignal,
    private lastEventId = 0,
    private readonly iteration?: EventDetails,
  ) {
    this.newestEventId = lastEventId;
  }

  /** The latest event of this track. */
  get last(): number {
    return this.lastEventId;
  }

  /**
   * The latest event of this track, including side events. After a failure that cannot be caught, this is the previous
   * event of the event that ends the execution.
   */
  get newest(): number {
    return this.newestEventId;
  }

  /** The latest event of the execution. */
  get lastRecorded(): number {
    return this.history.lastEventId;
  }

  /** Records an event after the latest event of this track. Records nothing if the track was stopped. */
  record(type: string, details: EventDetails = {}): number {
    if (!this.signal.aborted) this.continueBehind(this.history.record(type, details, this.lastEventId));
    return this.lastEventId;
  }

  /** Records a side event: later events of this track do not refer to it as their previous event. */
  recordAside(type: string, details: EventDetails = {}, behind = this.lastEventId): number {
    if (this.signal.aborted) return behind;
    this.newestEventId = this.history.record(type, details, behind);
    return this.newestEventId;
  }

  /** Continues this track after an event of another track or of an earlier run. */
  continueBehind(eventId: number): void {
    this.lastEventId = eventId;
    this.newestEventId = eventId;
  }

  /** Sets the type of the running state; undefined if no state is running. */
  open(state: string | undefined): void {
    this.openState = state;
    this.inner.clear();
  }

  /** Creates a track for a branch or an iteration of the running state. */
  fork(signal: AbortSignal, lastEventId: number, iteration?: EventDetails): Track {
    const track = new Track(this.history, signal, lastEventId, iteration);
    this.inner.add(track);
    return track;
  }

  /** Removes a track that has ended. */
  close(inner: Track): void {
    this.inner.delete(inner);
  }

  /**
   * Records that a branch or an iteration failed and that all others were aborted. Records nothing if the failure
   * cannot be caught, because the execution then ends at once.
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
