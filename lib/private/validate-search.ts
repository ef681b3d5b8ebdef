import { Token } from 'aws-cdk-lib';
import {
  type AlgorithmRules,
  aliasedRule,
  canonicalName,
  checkValue,
  describeBounds,
  withinBounds,
} from '../algorithm/algorithm-rules';
import { type ParameterRange, ScalingType } from '../search/parameter-range';
import type { TuningOptions } from '../tuning-options';
import { DEFAULTS } from './defaults';
import type { FleetItemOptions } from './fleet-item';
import { LIMITS, RESERVED_HYPERPARAMETER, RESERVED_HYPERPARAMETERS } from './limits';
import type { Problems } from './problems';
import { isChain, whyNoChain } from './tuning-chain';
import type { TuningDefinition } from './tuning-definitions';

/** Checks the search space of a definition. */
export function checkRanges(
  problems: Problems,
  { parameterRanges, algorithm, hyperparameters, prop: definition }: TuningDefinition,
): void {
  problems.count(`${definition}parameterRanges`, parameterRanges, 1, LIMITS.ranges);
  const fixed = Object.keys(hyperparameters ?? {}).map((name) =>
    canonicalName(algorithm._definition.rules, name),
  );
  const seen = new Set<string>();
  for (const range of parameterRanges) {
    const prop = `${definition}parameterRanges.${range.name}`;
    if (seen.has(range.name)) problems.add(prop, 'is given twice');
    seen.add(range.name);
    if (fixed.includes(range.name)) {
      problems.add(prop, 'is also in hyperparameters: a hyperparameter is either tuned or fixed');
    }
    checkRange(problems, prop, range);
    if (RESERVED_HYPERPARAMETERS.test(range.name)) problems.add(prop, RESERVED_HYPERPARAMETER);
    checkRangeAgainstAlgorithm(problems, prop, range, algorithm._definition.rules);
  }
}

/** Checks a single range. */
export function checkRange(problems: Problems, prop: string, range: ParameterRange): void {
  problems.length(prop, range.name, 1, LIMITS.hyperparameterNameLength);
  if (range._values) checkCategoricalRange(problems, prop, range._values);
  else checkNumericRange(problems, prop, range);
}

function checkCategoricalRange(problems: Problems, prop: string, values: readonly string[]): void {
  problems.count(prop, values, 1, LIMITS.categoricalValues);
  if (values.length === 1) {
    problems.add(
      prop,
      `has only one value, ${JSON.stringify(values[0])}: SageMaker rejects that; set it in hyperparameters`,
    );
  }
  for (const value of values) problems.length(prop, value, 1, LIMITS.categoricalValueLength);
  const twice = values.filter((value, index) => values.indexOf(value) !== index);
  if (twice.length > 0) problems.add(prop, `has duplicate values: ${[...new Set(twice)].join(', ')}`);
}

function checkNumericRange(problems: Problems, prop: string, range: ParameterRange): void {
  const bounds = range._bounds;
  if (!bounds || Token.isUnresolved(bounds.min) || Token.isUnresolved(bounds.max)) return;
  const { min, max, scaling } = bounds;
  const given = `got min ${min} and max ${max}`;
  if (!Number.isFinite(min) || !Number.isFinite(max)) {
    problems.add(prop, `needs finite bounds, ${given}`);
    return;
  }
  if (range._kind === 'integer' && !(Number.isInteger(min) && Number.isInteger(max))) {
    problems.add(prop, `is an integer range and needs whole numbers as bounds, ${given}`);
  }
  if (min >= max) {
    problems.add(
      prop,
      `min must be less than max, ${given}${min === max ? '; SageMaker rejects a range of one value: set it in hyperparameters' : ''}`,
    );
  }
  if (scaling === ScalingType.LOGARITHMIC && min <= 0) {
    problems.add(prop, `logarithmic scaling needs values greater than 0, ${given}`);
  }
  if (scaling === ScalingType.REVERSE_LOGARITHMIC) {
    if (range._kind === 'integer')
      problems.add(prop, 'reverse logarithmic scaling is for continuous ranges only');
    else if (min < 0 || max >= 1)
      problems.add(prop, `reverse logarithmic scaling needs 0 <= value < 1, ${given}`);
  }
}

function checkRangeAgainstAlgorithm(
  problems: Problems,
  prop: string,
  range: ParameterRange,
  rules?: AlgorithmRules,
): void {
  if (!rules || Token.isUnresolved(range.name)) return;
  const rule = rules.hyperparameters.find((candidate) => candidate.name === range.name);
  if (!rule?.tunable) {
    const tunable = rules.hyperparameters.filter((candidate) => candidate.tunable).map(({ name }) => name);
    const alias = aliasedRule(rules, range.name);
    const what = alias
      ? `is an alias of ${alias.name}`
      : rule
        ? 'cannot be tuned'
        : `is not a hyperparameter of ${rules.title}`;
    problems.add(prop, `${what}: the tunable hyperparameters are ${tunable.join(', ')}`);
    return;
  }
  if (range._values) {
    for (const value of Token.isUnresolved(range._values) ? [] : range._values) {
      const problem = Token.isUnresolved(value) ? undefined : checkValue(rule, value);
      if (problem) problems.add(prop, problem);
    }
    return;
  }
  if (rule.type === 'categorical') {
    problems.add(prop, `must be one of ${rule.values?.join(', ')}: use ParameterRange.categorical`);
    return;
  }
  if (rule.type === 'integer' && range._kind === 'continuous') {
    problems.add(prop, 'must be a whole number: use ParameterRange.integer');
  }
  for (const [end, value] of Object.entries({ min: range._bounds?.min ?? 0, max: range._bounds?.max ?? 0 })) {
    if (Token.isUnresolved(value) || !Number.isFinite(value) || withinBounds(rule, value)) continue;
    problems.add(prop, `${end} must be ${describeBounds(rule)} (the limit of ${rules.title}), got ${value}`);
  }
}

/** Hyperparameters from which SageMaker infers the maximum resource of Hyperband if `maxResource` is not given. */
const EPOCH_HYPERPARAMETERS = ['epochs', 'numepochs', 'n-epochs', 'n_epochs', 'num_epochs'];

/** Settings of a search. */
type Search = Pick<TuningOptions, 'strategy' | 'maxTrainingJobs' | 'earlyStopping'>;

interface Ranges {
  readonly parameterRanges: readonly ParameterRange[];
}

/** The ranges and the fixed hyperparameters. The hyperparameters are undefined if they are unknown at synth. */
interface SearchSpace extends Ranges {
  readonly hyperparameters: Readonly<Record<string, string>> | undefined;
}

/** Checks the strategy, and that it fits the search space. */
export function checkStrategy(problems: Problems, tuning: Search, definitions: readonly SearchSpace[]): void {
  const strategy = tuning.strategy?.name ?? 'Bayesian';
  const { minResource, maxResource, seed } = tuning.strategy?._options ?? {};
  problems.integer('strategy.seed', seed, 0, 2 ** 31 - 1);
  if (strategy === 'Grid') checkGrid(problems, tuning, definitions);
  else checkSearchSpace(problems, tuning, definitions);
  if (strategy !== 'Hyperband') return;
  if (tuning.earlyStopping)
    problems.add('earlyStopping', 'must be false for Hyperband, which has its own early stopping');
  problems.integer('strategy.minResource', minResource, 1, LIMITS.hyperbandResource);
  problems.integer('strategy.maxResource', maxResource, 1, LIMITS.hyperbandResource);
  const areKnown = !Token.isUnresolved(minResource) && !Token.isUnresolved(maxResource);
  if (areKnown && (minResource ?? 1) > (maxResource ?? Number.POSITIVE_INFINITY)) {
    problems.add(
      'strategy',
      `minResource must not be more than maxResource, got ${minResource} and ${maxResource}`,
    );
  }
  const tellsEpochs = ({ hyperparameters }: SearchSpace) =>
    !hyperparameters || EPOCH_HYPERPARAMETERS.some((name) => name in hyperparameters);
  if (maxResource === undefined && !definitions.every(tellsEpochs)) {
    problems.add(
      'strategy.maxResource',
      `is required: SageMaker infers it only from a hyperparameter called ${EPOCH_HYPERPARAMETERS.slice(0, -1).join(', ')} or ${EPOCH_HYPERPARAMETERS.at(-1)}`,
    );
  }
}

function checkGrid(problems: Problems, tuning: Search, definitions: readonly SearchSpace[]): void {
  const ranges = definitions.flatMap(({ parameterRanges }) => parameterRanges);
  const numeric = ranges.filter((range) => !range._values).map((range) => range.name);
  if (numeric.length > 0) {
    problems.add(
      'parameterRanges',
      `a grid search supports only categorical ranges, got numeric ranges for ${numeric.join(', ')}`,
    );
    return;
  }
  const combinations = countCombinations(definitions) ?? 0;
  if (combinations > LIMITS.trainingJobs) {
    problems.add(
      'parameterRanges',
      `a grid search can have at most ${LIMITS.trainingJobs} combinations, got ${combinations}: ${whyNoChain(tuning)}`,
    );
  }
  const { maxTrainingJobs } = tuning;
  if (
    maxTrainingJobs !== undefined &&
    !Token.isUnresolved(maxTrainingJobs) &&
    maxTrainingJobs !== combinations
  ) {
    problems.add(
      'maxTrainingJobs',
      `leave it out for a grid search, which runs each of the ${combinations} combinations; got ${maxTrainingJobs}`,
    );
  }
}

function checkSearchSpace(problems: Problems, tuning: Search, definitions: readonly SearchSpace[]): void {
  const { maxTrainingJobs } = tuning;
  const combinations = countCombinations(definitions);
  if (maxTrainingJobs === undefined || combinations === undefined) return;
  if (Token.isUnresolved(maxTrainingJobs) || combinations >= maxTrainingJobs) return;
  problems.add(
    'maxTrainingJobs',
    `must not be more than the ${combinations} combinations of the ranges, got ${maxTrainingJobs}: SageMaker rejects more`,
  );
}

/** Number of combinations of all definitions; undefined if they cannot be counted. */
function countCombinations(definitions: readonly Ranges[]): number | undefined {
  const counts = definitions.map(({ parameterRanges }) => combinationsOf(parameterRanges));
  return counts.reduce(
    (sum, count) => (sum === undefined || count === undefined ? undefined : sum + count),
    0,
  );
}

/** Number of combinations of ranges; undefined if they cannot be counted. */
function combinationsOf(ranges: readonly ParameterRange[]): number | undefined {
  let product = 1;
  for (const range of ranges) {
    const size = range._size();
    if (size === undefined) return undefined;
    product *= size;
  }
  return product;
}

/**
 * Default number of training jobs, which an execution's input can override. SageMaker rejects a search with more
 * training jobs than its search space has combinations.
 */
export function maxTrainingJobsOf(tuning: Search, definitions: readonly Ranges[]): number {
  return (
    tuning.maxTrainingJobs ??
    Math.min(DEFAULTS.trainingJobs, countCombinations(definitions) ?? DEFAULTS.trainingJobs)
  );
}

/** Number of training jobs of an execution whose input is `{}`. */
export function numberOfTrainingJobs(tuning: Search, definitions: readonly Ranges[]): number {
  const isGrid = tuning.strategy?.name === 'Grid';
  return (isGrid ? countCombinations(definitions) : undefined) ?? maxTrainingJobsOf(tuning, definitions);
}

/** Checks the number of training jobs of a search. */
export function checkTrainingJobs(problems: Problems, tuning: TuningOptions & FleetItemOptions): void {
  const whyNot = whyNoChain(tuning);
  const limit = whyNot ? trainingJobsLimit(tuning) : LIMITS.chainedTrainingJobs;
  problems.integer('maxTrainingJobs', tuning.maxTrainingJobs, 1, limit, whyNot ?? 'limit of this library');
}

/**
 * Maximum number of training jobs that an execution's input can ask for. More than the default quota of SageMaker are
 * possible only if the property asks for more, or is a token.
 */
export function searchJobsLimit(tuning: TuningOptions & FleetItemOptions): number {
  if (isChain(tuning)) return LIMITS.chainedTrainingJobs;
  const { maxTrainingJobs = 0 } = tuning;
  const canExceed = Token.isUnresolved(maxTrainingJobs) || maxTrainingJobs > LIMITS.trainingJobs;
  return canExceed ? trainingJobsLimit(tuning) : LIMITS.trainingJobs;
}

/** Maximum number of training jobs that SageMaker accepts for a tuning job with the given strategy. */
export function trainingJobsLimit(tuning: Search): number {
  return tuning.strategy?.name === 'Random' ? LIMITS.trainingJobsRandom : LIMITS.trainingJobs;
}
