import type { ChildProgress, PositionChange, ResumePoint, StateProgress } from './position';

/**
 * Reports the position of a graph of states: the machine itself, a branch, an iteration or a child execution.
 */
export class Progress {
  constructor(
    private readonly report: (change: PositionChange) => void,
    private readonly at: readonly number[] = [],
  ) {}

  /** The graph has reached a state. */
  reached(point: ResumePoint): void {
    this.report({ at: this.at, type: 'reached', point });
  }

  /** The state starts a new attempt after a failure. */
  attempt(state: Pick<StateProgress, 'retries' | 'retryTime'>): void {
    this.report({ at: this.at, type: 'attempt', state });
  }

  /** The state has progressed. */
  state(state: Partial<StateProgress>): void {
    this.report({ at: this.at, type: 'state', state });
  }

  /** The progress of a branch, iteration or child execution of the state. */
  child(index: number): Progress {
    return new Progress(this.report, [...this.at, index]);
  }

  /** A branch, iteration or child execution of the state has progressed. */
  childIs(index: number, child: ChildProgress): void {
    this.report({ at: [...this.at, index], type: 'child', child });
  }
}
