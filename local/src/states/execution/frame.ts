import type { Clock } from '../clock';
import { isObject, type JsonObject } from '../json';
import type { Track } from './history';
import type { FailureWait, MapItemState, MapPlace } from './map-place';
import type { Progress } from './progress';
import type { KeepString, ReadItems, RunTask, WriteResults } from './service-calls';

/** The functions and settings that all states of an execution share. */
export interface Services {
  readonly runTask: RunTask;
  readonly readItems: ReadItems | undefined;
  readonly writeResults: WriteResults | undefined;
  readonly keepString: KeepString;
  readonly clock: Clock;
  /** Factor for the duration of Wait states and of waits between retries. */
  readonly waitTimeScale: number;
  readonly random: () => number;
  /** Whether this run redrives an execution that had ended. */
  readonly isRedrive: boolean;
  /** Receives each new status of a Map item. */
  readonly onItem: ((state: MapItemState) => void) | undefined;
  /** Called when a Map item or the execution starts to wait after a failure. Returns a function to call after the wait. */
  readonly onFailureWait: ((wait: FailureWait) => () => void) | undefined;
}

/** The frame in which a graph of states runs: the execution, a branch or an iteration. */
export interface Frame {
  readonly services: Services;
  readonly track: Track;
  readonly progress: Progress;
  /** Aborts when the frame must stop. The frame's states then reject with the signal's reason. */
  readonly signal: AbortSignal;
  /** The Map item that the graph runs for, if any. */
  readonly place?: MapPlace | undefined;
  /** The context object, without the parts that belong to one state. */
  readonly context: JsonObject;
}

/** ARN of the execution or the child execution that runs the frame. */
export function executionIn({ context: { Execution: execution } }: Frame): string {
  return isObject(execution) ? String(execution['Id']) : '';
}
