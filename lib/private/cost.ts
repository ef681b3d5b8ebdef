import { type Duration, type Size, Token } from 'aws-cdk-lib';
import { CostBound, type CostOptions } from '../cost-bound';
import type { TrainingResources } from '../tuning-options';
import { DEFAULTS } from './defaults';
import { crossValidates, trainsFinalModel } from './final-training';
import { instanceCountOf, instanceTypesOf, withDefaults } from './training-resources';
import type { TuningDefinition, TuningInput } from './tuning-definitions';
import { numberOfTrainingJobs } from './validate-search';

/** The time that SageMaker gives a job to stop, in seconds. */
const STOP_SECONDS = 120;

export const SECONDS_PER_HOUR = 3600;
const SECONDS_PER_MONTH = 30 * 24 * SECONDS_PER_HOUR;

/** Maximum instance time and cost of one or more jobs. */
export interface Usage {
  readonly instanceSeconds: number;
  /** 0 without prices. */
  readonly cost: number;
}

/**
 * Maximum instance time and cost of the jobs of an execution. With several definitions, each value is the maximum of
 * all definitions.
 */
export interface CostModel {
  /** One training job of the search. */
  readonly trainingJob: Usage;
  /**
   * The usage of training jobs that run one after the other until the tuning job reaches its maximum run time;
   * undefined if the tuning job has no maximum run time.
   */
  readonly sequence?: Usage;
  /** The usage of the warm pool that one training job leaves running. */
  readonly warmPool: Usage;
  /** The jobs after the search, by name. */
  readonly others: Readonly<Record<string, Usage>>;
}

/** The cost model of an execution; undefined if a part of it is known only when the stack is deployed. */
export function costModel(
  tuning: TuningInput,
  definitions: readonly TuningDefinition[],
): CostModel | undefined {
  const { cost, maxTuningRuntime, finalTraining } = tuning;
  const most = (usage: (definition: TuningDefinition) => Usage) => largest(definitions.map(usage));
  const searchResources = ({ resources, algorithm }: TuningDefinition) => withDefaults(resources, algorithm);
  const jobAfterSearch = () =>
    most((each) => {
      const resources = withDefaults(finalTraining?.resources ?? each.resources, each.algorithm);
      const longest = runtime(finalTraining?.maxRuntime ?? each.maxTrainingRuntime);
      return usageOf(cost, resources, longest + seconds(resources.keepAlive));
    });
  const model: CostModel = {
    trainingJob: most((each) => usageOf(cost, searchResources(each), runtime(each.maxTrainingRuntime))),
    ...(maxTuningRuntime && {
      sequence: most((each) => usageOf(cost, searchResources(each), runtime(maxTuningRuntime))),
    }),
    warmPool: most((each) => usageOf(cost, searchResources(each), seconds(each.resources?.keepAlive))),
    others: {
      ...(crossValidates(tuning) && { 'cross-validation': jobAfterSearch() }),
      ...(trainsFinalModel(tuning) && { 'final training': jobAfterSearch() }),
    },
  };
  const { trainingJob, sequence = trainingJob, warmPool, others } = model;
  const parts = [trainingJob, sequence, warmPool, ...Object.values(others)];
  return parts.every((part) => Number.isFinite(part.instanceSeconds + part.cost)) ? model : undefined;
}

/** Numbers of training jobs of a search: the total, and the maximum that run at the same time. */
export interface JobCounts {
  readonly trainingJobs: number;
  readonly parallel: number;
}

/** The job counts of an execution whose input is `{}`; undefined if they are known only when the stack is deployed. */
export function jobCountsOf(
  tuning: TuningInput,
  definitions: readonly TuningDefinition[],
): JobCounts | undefined {
  const trainingJobs = numberOfTrainingJobs(tuning, definitions);
  const most = tuning.maxParallelTrainingJobs ?? DEFAULTS.parallelTrainingJobs;
  if (Token.isUnresolved(trainingJobs) || Token.isUnresolved(most)) return undefined;
  return { trainingJobs, parallel: Math.min(trainingJobs, most) };
}

/** The maximum instance time and cost of an execution. `costExpressions` does the same calculation in JSONata. */
export function boundOf(model: CostModel, { trainingJobs, parallel }: JobCounts): Usage {
  const bound = (measure: keyof Usage) => {
    const { trainingJob, sequence, warmPool, others } = model;
    const search = trainingJobs * trainingJob[measure];
    const inTime = sequence ? parallel * sequence[measure] : search;
    const after = Object.values(others).reduce((sum, usage) => sum + usage[measure], 0);
    return Math.min(search, inTime) + trainingJobs * warmPool[measure] + after;
  };
  return { instanceSeconds: bound('instanceSeconds'), cost: bound('cost') };
}

/** The cost bound of an execution whose input is `{}`; undefined if it is known only when the stack is deployed. */
export function costBound(
  tuning: TuningInput,
  definitions: readonly TuningDefinition[],
): CostBound | undefined {
  const model = costModel(tuning, definitions);
  const jobs = jobCountsOf(tuning, definitions);
  if (model === undefined || jobs === undefined) return undefined;
  const { instanceSeconds, cost } = boundOf(model, jobs);
  return CostBound._of({
    instanceSeconds,
    cost: tuning.cost?.pricePerHour ? cost : undefined,
    calculation: `${calculationOf(model, 'instanceSeconds', jobs)} = ${hourCount(instanceSeconds)} instance hours`,
  });
}

/** The calculation of a cost bound, as a readable string. */
export function calculationOf(
  model: CostModel,
  measure: keyof Usage,
  { trainingJobs, parallel }: JobCounts,
): string {
  const format = measure === 'cost' ? money : hours;
  const { trainingJob, sequence, warmPool, others } = model;
  const isTimeShorter = sequence && parallel * sequence[measure] < trainingJobs * trainingJob[measure];
  return [
    isTimeShorter
      ? `${parallel} training jobs at a time × ${format(sequence[measure])} (maxTuningRuntime)`
      : `${trainingJobs} training jobs × ${format(trainingJob[measure])}`,
    ...(warmPool[measure] > 0 ? [`${trainingJobs} warm pools × ${format(warmPool[measure])}`] : []),
    ...Object.entries(others).map(([name, usage]) => `${name} ${format(usage[measure])}`),
  ].join(' + ');
}

/** Formats instance seconds as a number of hours. */
export function hourCount(instanceSeconds: number): string {
  return String(Number((instanceSeconds / SECONDS_PER_HOUR).toFixed(2)));
}

/** Formats instance seconds as hours, with the unit. */
export function hours(instanceSeconds: number): string {
  return `${hourCount(instanceSeconds)} h`;
}

/** Formats an amount of money. */
export function money(cost: number): string {
  return cost.toFixed(2);
}

/** Instance types that an execution uses, except those that are tokens. */
export function pricedTypes(tuning: TuningInput, definitions: readonly TuningDefinition[]): string[] {
  const hasJobAfterSearch = trainsFinalModel(tuning) || crossValidates(tuning);
  const afterSearch = hasJobAfterSearch ? tuning.finalTraining?.resources : undefined;
  const types = definitions.flatMap(({ resources, algorithm }) => [
    ...instanceTypesOf(resources, algorithm),
    ...(afterSearch ? instanceTypesOf(afterSearch, algorithm) : []),
  ]);
  return [...new Set(types)].filter((type) => !Token.isUnresolved(type));
}

/**
 * The price per second of one instance with its volume. Undefined if no prices are given, or if the jobs of an
 * execution have different prices. With different prices, the cost of an item cannot be computed, because its results
 * contain only the total time of all instances.
 */
export function pricePerSecond(
  tuning: TuningInput,
  definitions: readonly TuningDefinition[],
): number | undefined {
  const { cost, finalTraining } = tuning;
  if (cost?.pricePerHour === undefined) return undefined;
  const prices = definitions
    .flatMap(({ resources, algorithm }) =>
      [resources, finalTraining?.resources ?? resources].map((each) => withDefaults(each, algorithm)),
    )
    .map((resources) => usageOf(cost, resources, 1))
    .map((usage) => usage.cost / usage.instanceSeconds);
  const [first, ...others] = prices;
  return others.every((price) => isClose(price, first)) ? first : undefined;
}

/** Whether two prices are equal, apart from rounding errors. */
function isClose(one: number, other = Number.NaN): boolean {
  return Math.abs(one - other) <= 1e-9 * Math.max(one, other);
}

/** Instance time and cost of a job that runs for `time` seconds. NaN if they are not known at synth. */
function usageOf(cost: CostOptions | undefined, resources: TrainingResources, time: number): Usage {
  const count = instanceCountOf(resources);
  const instanceSeconds = Token.isUnresolved(count) ? Number.NaN : count * time;
  const perSecond = instancesOf(resources).reduce(
    (sum, [type, instances]) => sum + (instances * hourlyPrice(cost, type)) / SECONDS_PER_HOUR,
    0,
  );
  const perVolumeSecond =
    (volumeGibibytes(resources.volumeSize) * (cost?.volumePricePerMonth ?? 0)) / SECONDS_PER_MONTH;
  return { instanceSeconds, cost: perSecond * time + perVolumeSecond * instanceSeconds };
}

/** The price of an instance per hour: 0 if no prices are given, NaN if the instance type is a token. */
function hourlyPrice(cost: CostOptions | undefined, type: string): number {
  if (cost?.pricePerHour === undefined) return 0;
  return Token.isUnresolved(type) ? Number.NaN : (cost.pricePerHour[type] ?? 0);
}

function volumeGibibytes(size: Size | undefined): number {
  if (size === undefined) return DEFAULTS.volumeGibibytes;
  return size.isUnresolved() ? Number.NaN : size.toGibibytes();
}

/** Instance types and numbers of instances. */
export function instancesOf({
  instanceGroups,
  instanceType = '',
  instanceCount = 1,
}: TrainingResources): [string, number][] {
  return instanceGroups
    ? instanceGroups.map((group) => [group.instanceType, group.instanceCount])
    : [[instanceType, instanceCount]];
}

function largest(usages: readonly Usage[]): Usage {
  return {
    instanceSeconds: Math.max(...usages.map(({ instanceSeconds }) => instanceSeconds)),
    cost: Math.max(...usages.map(({ cost }) => cost)),
  };
}

/** A maximum run time in seconds, including the time that SageMaker gives a job to stop. */
function runtime(duration: Duration | undefined): number {
  return (duration ? seconds(duration) : DEFAULTS.runtimeSeconds) + STOP_SECONDS;
}

/** Seconds of a duration. NaN for a token. */
function seconds(duration: Duration | undefined): number {
  if (duration === undefined) return 0;
  return duration.isUnresolved() ? Number.NaN : duration.toSeconds();
}
