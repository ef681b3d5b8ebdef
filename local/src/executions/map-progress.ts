import { EventEmitter } from 'node:events';
import type { MapItemState, MapPlace, RetryWait } from '../states';
import { steadyNow } from '../steady-clock';

/** Maps with more items than this show their progress per item instead of per job. */
const MANY_ITEMS = 20;

/** Maximum number of failed items of a Map to keep in memory; no screen has room for more. */
const MOST_FAILED = 100;

/** Why the last attempt of an item failed. */
export type RetryFailure = NonNullable<RetryWait['failure']>;

/** The items of an outermost Map that this process runs. */
export interface MapCounts {
  /** Name of the Map state. */
  readonly map: string;
  readonly total: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Number of running items that wait for a retry. */
  readonly retrying: number;
  /** Why the last attempt of the latest waiting item failed. */
  readonly lastFailure?: RetryFailure | undefined;
  /** Epoch milliseconds at which this process started or continued the Map. */
  readonly startedAt: number;
  /** Number of items that had ended before `startedAt`. */
  readonly endedBefore: number;
}

/** A running item. */
export interface RunningItem extends MapItemState {
  /** Why the item waits for a retry; undefined if it does not. */
  readonly retry?: RetryFailure | undefined;
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
  /** Why executions wait outside of a Map, by ARN. */
  private readonly waiting = new Map<string, RetryFailure>();
  /** The last error for which an execution waited, by ARN. */
  private readonly lastErrors = new Map<string, string | undefined>();
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

  /** Notes that an item or an execution waits for a retry, or that its wait is over. */
  tellRetry(retry: RetryWait): void {
    if (retry.path.length === 0) this.tellExecution(retry);
    else if (this.maps.get(keyOf(retry))?.tellRetry(retry)) this.events.emit('retry', retry);
  }

  /** The Maps with many items. */
  large(): LargeMap[] {
    return [...this.maps.values()].map((map) => ({ ...map.counts(), ...map.shownItems() })).filter(isLarge);
  }

  /** The executions that wait outside of a Map, and the waiting items of Maps with few items. */
  waits(): RetryWait[] {
    return [
      ...[...this.waiting].map(([executionArn, failure]) => ({ executionArn, path: [], failure })),
      ...[...this.maps.values()].flatMap((map) => (isLarge(map.counts()) ? [] : map.waits())),
    ];
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
   * Calls the listener when an item of an outermost Map starts to wait for its first retry, and when an execution starts
   * to wait for another error than before.
   */
  onFirstRetry(listener: (retry: RetryWait) => void): () => void {
    this.events.on('retry', listener);
    return () => this.events.off('retry', listener);
  }

  private tellExecution(retry: RetryWait): void {
    const { executionArn, failure } = retry;
    this.waiting.delete(executionArn);
    if (failure === undefined) return;
    this.waiting.set(executionArn, failure);
    const isNew = !this.lastErrors.has(executionArn) || this.lastErrors.get(executionArn) !== failure.error;
    this.lastErrors.set(executionArn, failure.error);
    if (isNew) this.events.emit('retry', retry);
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
  private readonly retrying = new Map<number, RetryFailure>();
  /** Indexes of the running items that have waited for a retry. */
  private readonly retried = new Set<number>();
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
    this.retrying.delete(index);
    this.retried.delete(index);
    if (state.status === 'RUNNING') this.running.set(index, state);
    if (state.status === 'FAILED') this.keepFailed(index, state);
    this.latest = state;
  }

  /** @returns whether this is the item's first wait for a retry */
  tellRetry({ failure, ...item }: RetryWait): boolean {
    const index = indexOf(item);
    this.retrying.delete(index);
    if (failure === undefined) return false;
    this.retrying.set(index, failure);
    const isFirst = !this.retried.has(index);
    this.retried.add(index);
    return isFirst;
  }

  endedBefore(state: MapItemState): void {
    this.tell(state);
    this.before.add(indexOf(state));
  }

  shownItems(): Pick<LargeMap, 'failedItems' | 'runningItems'> {
    const runningItems = [...this.running].map(([index, item]) => ({
      ...item,
      retry: this.retrying.get(index),
    }));
    return { failedItems: [...this.failed.values()], runningItems };
  }

  waits(): RetryWait[] {
    return [...this.retrying].flatMap(([index, failure]) => {
      const item = this.running.get(index);
      return item ? { executionArn: item.executionArn, path: item.path, failure } : [];
    });
  }

  get executionArn(): string {
    return this.latest.executionArn;
  }

  counts(): MapCounts {
    const { RUNNING: running, SUCCEEDED: succeeded, FAILED: failed } = this.numbers;
    const { path, total } = this.latest;
    const { startedAt, before } = this;
    const map = path[0]?.map ?? '';
    const retries = { retrying: this.retrying.size, lastFailure: [...this.retrying.values()].at(-1) };
    return { map, total, running, succeeded, failed, ...retries, startedAt, endedBefore: before.size };
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
