import type { Clock } from '../clock';
import type { JsonObject } from '../json';
import type { Track } from './history';
import type { MapItemState, MapPlace } from './map-place';
import type { Progress } from './progress';
import type { ReadItems, RunTask, WriteResults } from './service-calls';

/** What all states of an execution share. */
export interface Services {
  readonly runTask: RunTask;
  readonly readItems: ReadItems | undefined;
  readonly writeResults: WriteResults | undefined;
  readonly clock: Clock;
  /** How much of their time Wait states and retries wait. */
  readonly waitTimeScale: number;
  readonly random: () => number;
  /** Whether this goes on with an execution that had ended. */
  readonly isRedrive: boolean;
  /** Takes what becomes of the items of Maps. */
  readonly onItem: ((state: MapItemState) => void) | undefined;
}

/** Where a graph of states runs: the execution itself, a branch or an iteration. */
export interface Frame {
  readonly services: Services;
  readonly track: Track;
  readonly progress: Progress;
  /** Aborts when the frame has to stop, with the reason that its states then reject with. */
  readonly signal: AbortSignal;
  /** The item of a Map that it runs for, if it runs for one. */
  readonly place?: MapPlace | undefined;
  /** The context object, but for what belongs to a single state. */
  readonly context: JsonObject;
}
