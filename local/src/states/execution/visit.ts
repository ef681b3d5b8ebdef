import type { Outcome, Scope } from './data-flow';
import type { Frame } from './frame';
import type { StateProgress } from './position';

/** One try at a state. */
export interface Visit {
  readonly frame: Frame;
  readonly scope: Scope;
  /** What has come of this try in an earlier run, if that is where this one goes on. */
  readonly before: StateProgress | undefined;
}

/** What a state leads to; without `next` its graph ends. */
export interface Step extends Outcome {
  readonly next?: string;
}
