import { isObject } from '../shared/event-fields';
import type { Usage } from '../shared/usage';

/** The factors that the maximum instance time and cost of an item are computed from (lib/private/fleet-bound.ts). */
export interface FleetBound {
  readonly instanceSeconds: Factors;
  /** Factors for the cost; missing if the user gives no prices. */
  readonly cost?: Factors;
  readonly maxInstanceHours?: number;
  readonly maxCost?: number;
  /** Default and maximum number of training jobs of an item. Without a default, an item tries all combinations. */
  readonly trainingJobs: { readonly default?: number; readonly limit: number };
  /** Default number of parallel training jobs. */
  readonly parallel: number;
  /** For each definition, the number of values of each tuned hyperparameter. */
  readonly sizes: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Instance seconds or cost of the parts of an execution. */
interface Factors {
  readonly trainingJob: number;
  /**
   * One of the parallel sequences of training jobs, from the start of the tuning job to its maximum run time; missing
   * if the tuning job has no maximum run time.
   */
  readonly sequence?: number;
  /** The instances that one training job leaves running in a warm pool. */
  readonly warmPool: number;
  /** All jobs after the search. */
  readonly others: number;
}

/** Numbers of training jobs of an item: the total, and the maximum that run at the same time. */
export interface JobCounts {
  readonly trainingJobs: number;
  readonly parallel: number;
}

/** The bound of an item, computed with the formula of `boundOf` in lib/private/cost.ts. */
export function boundOfItem(bound: FleetBound, { trainingJobs, parallel }: JobCounts): Usage {
  const most = ({ trainingJob, sequence, warmPool, others }: Factors) => {
    const search = trainingJobs * trainingJob;
    const inTime = sequence === undefined ? search : parallel * sequence;
    return Math.min(search, inTime) + trainingJobs * warmPool + others;
  };
  return {
    instanceSeconds: most(bound.instanceSeconds),
    ...(bound.cost && { cost: most(bound.cost) }),
  };
}

/** The numbers of training jobs of an item. An item with an invalid number fails before a job starts. */
export function jobCountsOf(
  { trainingJobs: { default: usual, limit }, parallel, sizes }: FleetBound,
  input: Readonly<Record<string, unknown>>,
): JobCounts {
  const { maxTrainingJobs: given, maxParallelTrainingJobs: givenParallel, hyperparameters } = input;
  const most = Math.min(usual ?? limit, combinationsOf(sizes, hyperparameters));
  const trainingJobs = Math.max(0, typeof given === 'number' ? Math.min(given, limit) : most);
  const atOnce = typeof givenParallel === 'number' ? Math.max(0, givenParallel) : parallel;
  return { trainingJobs, parallel: Math.min(trainingJobs, atOnce) };
}

/** Number of combinations of hyperparameter values to try. A hyperparameter that the item sets is not tuned. */
function combinationsOf(sizes: FleetBound['sizes'], hyperparameters: unknown): number {
  const definitions = Object.entries(sizes);
  const given = isObject(hyperparameters) ? hyperparameters : {};
  const counts = definitions.map(([name, ranges]) => {
    const own = definitions.length > 1 ? given[name] : given;
    const fixed = isObject(own) ? own : {};
    const left = Object.entries(ranges).filter(([range]) => !(range in fixed));
    return left.reduce((product, [, size]) => product * size, 1);
  });
  return counts.reduce((sum, count) => sum + count, 0);
}
