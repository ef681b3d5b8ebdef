import type { Clock } from '../clock';
import type { JsonObject } from '../json';
import type { Track } from './history';
import type { ReadItems, RunTask, WriteResults } from './outside';

/** What all states of an execution share. */
export interface Services {
  readonly runTask: RunTask;
  readonly readItems: ReadItems | undefined;
  readonly writeResults: WriteResults | undefined;
  readonly clock: Clock;
  /** Lets the time of a Wait state or a retry go by. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
}

/** Where a graph of states runs: the execution itself, a branch or an iteration. */
export interface Frame {
  readonly services: Services;
  readonly track: Track;
  /** Aborts when the frame has to stop, with the reason that its states then reject with. */
  readonly signal: AbortSignal;
  /** The context object, but for what belongs to a single state. */
  readonly context: JsonObject;
}
