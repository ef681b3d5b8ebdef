import type { StatesError } from '../errors';
import type { Outcome, Scope } from './data-flow';
import type { Frame } from './frame';
import type { StateProgress } from './position';

/** One attempt of a state. */
export interface Visit {
  readonly frame: Frame;
  readonly scope: Scope;
  /** Progress of this attempt in an earlier run, if the attempt continues from there. */
  readonly before: StateProgress | undefined;
  /** The failure whose Catch led here, with only Choice and Pass states in between. Unknown after a resume. */
  readonly lastFailure: StatesError | undefined;
}

/** The result of a state. Without `next`, the graph ends. */
export interface Step extends Outcome {
  readonly next?: string;
  /** The failure that a Catch of the state caught. */
  readonly caught?: StatesError;
}
