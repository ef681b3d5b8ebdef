import type { Charts } from '../../shared/evaluation';
import type { Row } from '../row';
import type { Estimate } from './bootstrap';

/** The metrics of a problem. */
export interface Computed {
  readonly estimates: Readonly<Record<string, Estimate>>;
  /** Metrics of the best constant prediction. NaN if a metric is undefined. */
  readonly baselines: Readonly<Record<string, number>>;
  /** Why metrics are undefined. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly charts: Charts;
}

/** Takes the rows one at a time, then computes the metrics of a problem. */
export interface Computation {
  add(row: Row): void;
  finish(): Computed;
}
