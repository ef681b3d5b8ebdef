import { EventEmitter } from 'node:events';
import type { FailureWait, MapItemState, MapPlace } from '../states';
import { steadyNow } from '../steady-clock';

/** Maps with more items than this show their progress per item instead of per job. */
const MANY_ITEMS = 20;

/** Maximum number of failed items of a Map to keep in memory; no screen has room for more. */
const MOST_FAILED = 100;

/** The items of an outermost Map that this process runs. */
export interface MapCounts {
  /** Name of the Map state. */
  readonly map: string;
  readonly total: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Number of running items that wait after a failure. */
  readonly waiting: number;
  /** The failure of the latest wait. */
  readonly lastFailure?: FailureWait['failure'] | undefined;
  /** Epoch milliseconds at which this process started or continued the Map. */
  readonly startedAt: number;
  /** Number of items that had ended before `startedAt`. */
  readonly endedBefore: number;
}

/** A running item. */
export interface RunningItem extends MapItemState {
  /** The item's latest wait after a failure; undefined if the item does not wait. */
  readonly wait?: FailureWait | undefined;
}

/** A Map with many items, and the items to show while it runs. */
export interface LargeMap extends MapCounts {
  /** The latest items that failed, in the order in which they failed. */
  readonly failedItems: readonly MapItemState[];
  /** The running items, in the order in which they started. */
  readonly runningItems: readonly RunningItem[];
}

/** Counts the items of running Maps. */
export class MapProgress {
  private readonly maps = new Map<string, RunningMap>();
  /** The waits of executions outside of a Map. */
  private readonly waiting = new Set<FailureWait>();
  /** The errors after which running executions have waited outside of a Map, by ARN. */
  private readonly executions = new Map<string, Set<string | undefined>>();
  private readonly events = new EventEmitter();

  /** @param before the Map items of this execution that an earlier process started */
  continueFrom(before: readonly MapItemState[]): void {
    const outermost = before.filter(({ path }) => path.length === 1);
    for (const item of outermost) this.maps.delete(keyOf(item));
    for (const item of outermost) {
      if (item.status === 'SUCCEEDED' || item.status === 'FAILED') this.mapOf(item).endedBefore(item);
    }
  }

  /** Updates the counts for the new state of an item. */
  tell(state: MapItemState): void {
    if (state.path.length > 1) return;
    this.mapOf(state).tell(state);
    if (state.status !== 'RUNNING') this.events.emit('end', state);
  }

  /** Notes that an execution runs. */
  startExecution(arn: string): void {
    this.executions.set(arn, new Set());
  }

  /** Notes that an execution has ended. */
  endExecution(arn: string): void {
    this.executions.delete(arn);
  }

  /** Number of running executions. */
  get executionCount(): number {
    return this.executions.size;
  }

  /** Notes that an item or an execution waits after a failure. @returns a function that notes that the wait is over */
  startWait(wait: FailureWait): () => void {
    const map = this.maps.get(keyOf(wait));
    const waiting = map ? map.waiting : this.waiting;
    waiting.add(wait);
    if (map ? map.isFirst(wait) : this.isNewError(wait)) this.events.emit('wait', wait);
    return () => waiting.delete(wait);
  }

  /** The Maps with many items. */
  large(): LargeMap[] {
    return [...this.maps.values()].map((map) => ({ ...map.counts(), ...map.shownItems() })).filter(isLarge);
  }

  /** The waits of executions outside of a Map, and those of the items of Maps with few items. */
  waits(): FailureWait[] {
    const few = [...this.maps.values()].filter((map) => !isLarge(map.counts()));
    return [...this.waiting, ...few.flatMap(({ waiting }) => [...waiting])];
  }

  /** ARNs of the executions that run the counted Maps. */
  executionArns(): string[] {
    return [...this.maps.values()].map(({ executionArn }) => executionArn);
  }

  /** The Map of an item, if the Map has many items. */
  largeOf(place: MapPlace | undefined): MapCounts | undefined {
    const counts = place && this.maps.get(keyOf(place))?.counts();
    return counts && isLarge(counts) ? counts : undefined;
  }

  /** Calls the listener whenever an item of an outermost Map ends. @returns a function that unsubscribes */
  onEnd(listener: (item: MapItemState) => void): () => void {
    this.events.on('end', listener);
    return () => this.events.off('end', listener);
  }

  /**
   * Calls the listener when an item of an outermost Map starts its first wait after a failure, and when an execution
   * starts its first wait after each error.
   *
   * @returns a function that unsubscribes
   */
  onFirstWait(listener: (wait: FailureWait) => void): () => void {
    this.events.on('wait', listener);
    return () => this.events.off('wait', listener);
  }

  private isNewError({ executionArn, failure: { error } }: FailureWait): boolean {
    const errors = this.executions.get(executionArn);
    const isNew = !errors?.has(error);
    errors?.add(error);
    return isNew;
  }

  private mapOf(item: MapItemState): RunningMap {
    const key = keyOf(item);
    const map = this.maps.get(key) ?? new RunningMap(item);
    this.maps.set(key, map);
    return map;
  }
}

/** The items of one Map. An item can run again, because of a retry or a redrive. */
class RunningMap {
  private readonly statuses = new Map<number, MapItemState['status']>();
  private readonly numbers = { RUNNING: 0, SUCCEEDED: 0, FAILED: 0, ABORTED: 0 };
  /** Indexes of the items that had ended before this process continued the Map, and have not run again. */
  private readonly before = new Set<number>();
  private readonly running = new Map<number, MapItemState>();
  private readonly failed = new Map<number, MapItemState>();
  /** The waits of the items. An item with parallel branches or an inner Map can have several. */
  readonly waiting = new Set<FailureWait>();
  /** Indexes of the running items that have waited after a failure. */
  private readonly waited = new Set<number>();
  private readonly startedAt = steadyNow();

  constructor(private latest: MapItemState) {}

  tell(state: MapItemState): void {
    const index = indexOf(state);
    const last = this.statuses.get(index);
    if (last !== undefined) this.numbers[last] -= 1;
    this.numbers[state.status] += 1;
    this.statuses.set(index, state.status);
    this.before.delete(index);
    this.running.delete(index);
    this.failed.delete(index);
    this.waited.delete(index);
    if (state.status === 'RUNNING') this.running.set(index, state);
    if (state.status === 'FAILED') this.keepFailed(index, state);
    this.latest = state;
  }

  /** Whether this is the first wait of its item. */
  isFirst(wait: FailureWait): boolean {
    const index = indexOf(wait);
    const isFirst = !this.waited.has(index);
    this.waited.add(index);
    return isFirst;
  }

  endedBefore(state: MapItemState): void {
    this.tell(state);
    this.before.add(indexOf(state));
  }

  shownItems(): Pick<LargeMap, 'failedItems' | 'runningItems'> {
    const waits = new Map([...this.waiting].map((wait) => [indexOf(wait), wait]));
    const runningItems = [...this.running].map(([index, item]) => ({ ...item, wait: waits.get(index) }));
    return { failedItems: [...this.failed.values()], runningItems };
  }

  get executionArn(): string {
    return this.latest.executionArn;
  }

  counts(): MapCounts {
    const { RUNNING: running, SUCCEEDED: succeeded, FAILED: failed } = this.numbers;
    const { path, total } = this.latest;
    const { startedAt, before } = this;
    const map = path[0]?.map ?? '';
    const waits = [...this.waiting];
    const waiting = new Set(waits.map(indexOf)).size;
    const lastFailure = waits.at(-1)?.failure;
    return {
      map,
      total,
      running,
      succeeded,
      failed,
      waiting,
      lastFailure,
      startedAt,
      endedBefore: before.size,
    };
  }

  private keepFailed(index: number, state: MapItemState): void {
    this.failed.set(index, state);
    const [oldest] = this.failed.keys();
    if (this.failed.size > MOST_FAILED && oldest !== undefined) this.failed.delete(oldest);
  }
}

function indexOf({ path: [outermost] }: MapPlace): number {
  return outermost?.index ?? 0;
}

function isLarge({ total }: MapCounts): boolean {
  return total > MANY_ITEMS;
}

function keyOf({ executionArn, path: [outermost] }: MapPlace): string {
  return `${executionArn} ${outermost?.map}`;
}
