import { EventEmitter } from 'node:events';
import type { MapItemState, MapPlace } from '../states';
import { steadyNow } from '../steady-clock';

/** Number of items above which a Map is shown by item, and not by job. */
const MANY_ITEMS = 20;

/** The items of an outermost Map that this process runs. */
export interface MapCounts {
  /** Name of the Map state. */
  readonly map: string;
  readonly total: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Epoch milliseconds at which this process started or continued the Map. */
  readonly startedAt: number;
  /** Number of items that had ended before. */
  readonly endedBefore: number;
}

/** Counts the items of Maps while they run. */
export class MapProgress {
  private readonly maps = new Map<string, MapCounts>();
  private readonly events = new EventEmitter();

  /** @param before items that ended before this process continued the execution */
  continueFrom(before: readonly MapItemState[]): void {
    for (const item of before) {
      if (item.status !== 'RUNNING' && item.path.length === 1) this.count(item);
    }
    for (const [key, counts] of this.maps) {
      this.maps.set(key, {
        ...counts,
        startedAt: steadyNow(),
        endedBefore: counts.succeeded + counts.failed,
      });
    }
  }

  /** Counts the new state of an item. */
  tell(state: MapItemState): void {
    if (state.path.length > 1) return;
    this.count(state);
    if (state.status !== 'RUNNING') this.events.emit('end', state);
  }

  /** The Maps with many items. */
  large(): MapCounts[] {
    return [...this.maps.values()].filter(isLarge);
  }

  /** The Map of an item, if it has many items. */
  largeOf(place: MapPlace | undefined): MapCounts | undefined {
    const counts = place && this.maps.get(keyOf(place));
    return counts && isLarge(counts) ? counts : undefined;
  }

  /** Subscribes to the ends of items of outermost Maps. @returns a function that unsubscribes */
  onEnd(listener: (item: MapItemState) => void): () => void {
    this.events.on('end', listener);
    return () => this.events.off('end', listener);
  }

  private count(state: MapItemState): void {
    const key = keyOf(state);
    const { map = '' } = state.path[0] ?? {};
    const none = { running: 0, succeeded: 0, failed: 0, endedBefore: 0, startedAt: steadyNow() };
    const { running, succeeded, failed, ...known } = this.maps.get(key) ?? none;
    const isStart = state.status === 'RUNNING';
    this.maps.set(key, {
      ...known,
      map,
      total: state.total,
      running: isStart ? running + 1 : Math.max(0, running - 1),
      succeeded: succeeded + Number(state.status === 'SUCCEEDED'),
      failed: failed + Number(state.status === 'FAILED'),
    });
  }
}

function isLarge({ total }: MapCounts): boolean {
  return total > MANY_ITEMS;
}

function keyOf({ executionArn, path: [outermost] }: MapPlace): string {
  return `${executionArn} ${outermost?.map}`;
}
