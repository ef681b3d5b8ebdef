import { type CostModel, costModel, type Usage } from './cost';
import { DEFAULTS } from './defaults';
import type { TuningDefinition, TuningInput } from './tuning-definitions';
import { maxTrainingJobsOf, searchJobsLimit } from './validate-search';

/**
 * What `lambda/list-fleet-items` needs to calculate the cost bound of a fleet's execution: the sum of the bounds of the
 * items.
 * `boundOf` has the same formula for one item.
 */
export interface FleetBound {
  readonly instanceSeconds: Factors;
  /** Missing without prices. */
  readonly cost?: Factors;
  readonly maxInstanceHours?: number;
  readonly maxCost?: number;
  /** Default and maximum number of training jobs of an item. Without a default, an item tries all combinations. */
  readonly trainingJobs: { readonly default?: number; readonly limit: number };
  /** Default of `maxParallelTrainingJobs`. */
  readonly parallel: number;
  /** Number of values of each tuned hyperparameter, by definition. */
  readonly sizes: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * The number of values that we assume for a range whose values cannot be counted. It exceeds any number of training
 * jobs.
 */
const UNCOUNTABLE = 1e9;

/** One measure (instance time or cost) of each part of `CostModel`. */
interface Factors {
  readonly trainingJob: number;
  readonly sequence?: number;
  readonly warmPool: number;
  /** All jobs after the search. */
  readonly others: number;
}

/**
 * The factors for the cost bound of a fleet; undefined if the user does not ask for a bound, or if the bound depends on
 * tokens.
 */
export function fleetBound(
  tuning: TuningInput,
  definitions: readonly TuningDefinition[],
): FleetBound | undefined {
  const { cost, strategy, maxParallelTrainingJobs } = tuning;
  const model = cost && costModel(tuning, definitions);
  if (cost === undefined || model === undefined) return undefined;
  const { pricePerHour, maxCost, maxInstanceHours } = cost;
  return {
    instanceSeconds: factorsOf(model, 'instanceSeconds'),
    ...(pricePerHour && { cost: factorsOf(model, 'cost') }),
    ...(maxInstanceHours !== undefined && { maxInstanceHours }),
    ...(maxCost !== undefined && { maxCost }),
    trainingJobs: {
      ...(strategy?.name !== 'Grid' && { default: maxTrainingJobsOf(tuning, definitions) }),
      limit: searchJobsLimit(tuning),
    },
    parallel: maxParallelTrainingJobs ?? DEFAULTS.parallelTrainingJobs,
    sizes: Object.fromEntries(
      definitions.map(({ name, parameterRanges }) => [
        name,
        Object.fromEntries(parameterRanges.map((range) => [range.name, range._size() ?? UNCOUNTABLE])),
      ]),
    ),
  };
}

function factorsOf({ trainingJob, sequence, warmPool, others }: CostModel, measure: keyof Usage): Factors {
  return {
    trainingJob: trainingJob[measure],
    ...(sequence && { sequence: sequence[measure] }),
    warmPool: warmPool[measure],
    others: Object.values(others).reduce((sum, usage) => sum + usage[measure], 0),
  };
}
