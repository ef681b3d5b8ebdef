import { rangeScale, withLimits } from '../range-scale';
import type { Definition, DefinitionImportance, ObjectiveType, Range } from '../report-data';
import { categoricalDensity, numericDensity } from './parzen';
import { byValue, isBetter, type RankedJob } from './ranking';

/** Minimum number of jobs. With fewer jobs, the effect of a hyperparameter cannot be distinguished from chance. */
export const MIN_JOBS_FOR_IMPORTANCE = 20;

/** The best tenth of the jobs, at least five, is compared with all jobs. */
const TOP_SHARE = 0.1;
const MIN_TOP_JOBS = 5;

/** Number of grid points for a range. */
const GRID = 50;

/** Number of random draws of jobs, to estimate the effect of chance. */
const DRAWS = 100;
/** Significance level: the share of random draws whose divergence may exceed the threshold. */
const CHANCE = 0.05;

/**
 * How much each hyperparameter influences whether a job is among the best: PED-ANOVA (Watanabe et al., IJCAI 2023). For
 * each hyperparameter, this method compares the density of the best jobs' values with the density of all jobs' values
 * (Pearson divergence). If a hyperparameter does not matter, both densities are the same. The method needs no model of
 * the objective, and is Optuna's default.
 *
 * The values of a few best jobs also differ by chance from the values of all jobs. So the divergence is also computed
 * for random draws of jobs. In each draw, the largest divergence of any hyperparameter counts. The divergence of a
 * hyperparameter is beyond chance only if it exceeds the largest divergence of at least 95% of the draws.
 *
 * @see https://arxiv.org/abs/2304.10255
 */
export function importance(
  jobs: readonly RankedJob[],
  definition: Definition,
  type: ObjectiveType,
): DefinitionImportance | undefined {
  if (jobs.length < MIN_JOBS_FOR_IMPORTANCE) return undefined;
  const share = Math.max(TOP_SHARE, MIN_TOP_JOBS / jobs.length);
  const worst = byValue(jobs, type)[Math.ceil(share * jobs.length) - 1];
  if (worst === undefined) return undefined;
  const top = jobs.flatMap(({ value }, index) => (isBetter(worst.value, value, type) ? [] : [index]));
  const columns = definition.ranges.map((range) => new Column(withLimits(range, jobs), jobs));
  const divergences = columns.map((column) => column.divergence(top));
  const sum = divergences.reduce((total, part) => total + part, 0);
  if (!(sum > 0)) return undefined;
  const chance = largestByChance(columns, top.length, jobs.length);
  return {
    ...(definition.name !== undefined && { definition: definition.name }),
    jobs: jobs.length,
    hyperparameters: definition.ranges
      .map(({ name }, index) => {
        const part = divergences[index] ?? 0;
        return { name, importance: part / sum, isBeyondChance: part > chance };
      })
      .sort((one, other) => other.importance - one.importance),
  };
}

/**
 * A threshold for the divergence. If the top jobs were drawn at random, at least one hyperparameter would exceed the
 * threshold with the probability `CHANCE`.
 */
function largestByChance(columns: readonly Column[], topJobs: number, jobs: number): number {
  const random = randomNumbers();
  const largest = Array.from({ length: DRAWS }, () => {
    const top = draw(topJobs, jobs, random);
    return Math.max(...columns.map((column) => column.divergence(top)));
  });
  return largest.sort((one, other) => one - other)[Math.ceil(DRAWS * (1 - CHANCE)) - 1] ?? 0;
}

/** The values of a hyperparameter, as grid points. */
class Column {
  private readonly size: number;
  private readonly points: readonly (number | undefined)[];
  private readonly density: (counts: readonly number[]) => number[];
  private readonly ofAll: readonly number[];

  constructor(range: Range, jobs: readonly RankedJob[]) {
    this.size = gridSize(range);
    const scale = rangeScale(range, 0, this.size - 1);
    this.points = jobs.map(({ hyperparameters }) => {
      const value = hyperparameters[range.name];
      if (range.kind === 'Categorical') return range.values?.indexOf(value ?? '');
      const at = scale.at(value);
      // A value halfway between two points is assigned to the lower point, as in Optuna.
      return at === undefined ? undefined : Math.min(this.size - 1, Math.max(0, Math.ceil(at - 0.5)));
    });
    this.density = range.kind === 'Categorical' ? categoricalDensity : numericDensity;
    this.ofAll = this.size < 2 ? [] : this.density(this.countsOf(jobs.map((_job, index) => index)));
  }

  /** How much the density of some jobs differs from the density of all jobs. */
  divergence(some: readonly number[]): number {
    if (this.size < 2) return 0;
    const ofSome = this.density(this.countsOf(some));
    return this.ofAll.reduce((sum, mass, point) => sum + mass * ((ofSome[point] ?? 0) / mass - 1) ** 2, 0);
  }

  private countsOf(some: readonly number[]): number[] {
    const counts = Array<number>(this.size).fill(0);
    for (const index of some) {
      const point = this.points[index];
      if (point !== undefined && point >= 0) counts[point] = (counts[point] ?? 0) + 1;
    }
    return counts;
  }
}

/** Number of grid points of a range. If the range has few values, there is one point for each value. */
function gridSize({ kind, scaling, min = 0, max = 0, values = [] }: Range): number {
  if (kind === 'Categorical') return values.length;
  if (min === max) return 1;
  if (kind === 'Continuous') return GRID;
  const integers = max - min + 1;
  return Math.min(GRID, scaling === 'Linear' ? integers : Math.ceil(Math.log2(integers)) + 1);
}

/** `count` different numbers below `limit`. */
function draw(count: number, limit: number, random: () => number): number[] {
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(Math.floor(random() * limit));
  return [...drawn];
}

/** Reproducible random numbers from 0 to 1 (Park and Miller's generator), so that a repeated report is identical. */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
