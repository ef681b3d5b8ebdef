import type { Usage } from '../shared/usage';
import { boundOfItem, type FleetBound, jobCountsOf } from './bound';

/** Items with the same numbers of training jobs. */
interface Group {
  readonly trainingJobs: number;
  /** The bound of each item. */
  readonly each: Usage;
  items: number;
}

/** Maximum number of groups of items in a message. */
const MAX_GROUPS = 5;

const SECONDS_PER_HOUR = 3600;

/** The bound of an execution: the sum of the bounds of its items. */
export class ExecutionBound {
  private readonly groups = new Map<string, Group>();

  constructor(private readonly bound: FleetBound) {}

  /** Adds an item, and returns its bound. */
  add(input: Readonly<Record<string, unknown>>): Usage {
    const counts = jobCountsOf(this.bound, input);
    const { trainingJobs, parallel } = counts;
    const key = `${trainingJobs} ${parallel}`;
    const group = this.groups.get(key) ?? { trainingJobs, each: boundOfItem(this.bound, counts), items: 0 };
    group.items += 1;
    this.groups.set(key, group);
    return group.each;
  }

  /** The limits that the execution could exceed, with the calculation. */
  problems(): string[] {
    const { maxCost = Number.POSITIVE_INFINITY, maxInstanceHours = Number.POSITIVE_INFINITY } = this.bound;
    const groups = [...this.groups.values()];
    const cost = sumOf(groups, 'cost');
    const instanceSeconds = sumOf(groups, 'instanceSeconds');
    return [
      ...(cost > maxCost
        ? [
            `the execution could cost ${money(cost)}, and cost.maxCost is ${maxCost}: ${calculation(groups, 'cost', money)}`,
          ]
        : []),
      ...(instanceSeconds > maxInstanceHours * SECONDS_PER_HOUR
        ? [
            `the execution could use ${hours(instanceSeconds)}, and cost.maxInstanceHours is ${maxInstanceHours}: ${calculation(groups, 'instanceSeconds', hours)}`,
          ]
        : []),
    ];
  }
}

function sumOf(groups: readonly Group[], measure: keyof Usage): number {
  return groups.reduce((sum, { items, each }) => sum + items * (each[measure] ?? 0), 0);
}

/**
 * Shows in a message how the bound of an execution is calculated: one part for each of the largest groups of items, and
 * one part for all other items.
 */
function calculation(
  groups: readonly Group[],
  measure: keyof Usage,
  format: (value: number) => string,
): string {
  const sorted = [...groups].sort((one, other) => sumOf([other], measure) - sumOf([one], measure));
  const others = sorted.slice(MAX_GROUPS);
  const further = others.reduce((sum, { items }) => sum + items, 0);
  return [
    ...sorted
      .slice(0, MAX_GROUPS)
      .map(
        ({ trainingJobs, each, items }) =>
          `${items} ${items === 1 ? 'item' : 'items'} × ${format(each[measure] ?? 0)} (${trainingJobs} training jobs)`,
      ),
    ...(further > 0 ? [`${further} other items ${format(sumOf(others, measure))}`] : []),
  ].join(' + ');
}

function hours(instanceSeconds: number): string {
  return `${Number((instanceSeconds / SECONDS_PER_HOUR).toFixed(2))} instance hours`;
}

function money(cost: number): string {
  return cost.toFixed(2);
}
