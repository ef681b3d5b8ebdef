import type { Concurrency } from '../shared/concurrency';
import { QuotaTooLowError } from './errors';

/** The quotas of the account, and the instances that an item's jobs use. */
export interface Quotas {
  readonly uses: readonly QuotaUse[];
  /** Default number of parallel training jobs of an item. */
  readonly parallel: number;
  /** Default number of training jobs of an item. */
  readonly trainingJobs: number;
  /** Values of the quotas, by name. A quota is missing if its value could not be read. */
  readonly applied: Readonly<Record<string, number>>;
  /** Why quotas could not be read. */
  readonly error?: string | null;
}

/** The instances that a job of a fleet item uses, computed by `lib/private/quota-uses.ts`. */
export interface QuotaUse {
  /** Name of the quota. */
  readonly quota: string;
  readonly instances: number;
  /** Whether each of the item's parallel training jobs uses these instances. */
  readonly parallel?: boolean;
}

/**
 * SageMaker runs at most 100 tuning jobs at the same time in an account and region. The quota cannot be raised, and Service Quotas
 * does not list it.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-limits.html
 */
const TUNING_JOBS = { name: 'concurrent hyperparameter tuning jobs', value: 100, itemUses: 1 };

/**
 * Finds out how many items the quotas allow at the same time.
 *
 * @throws QuotaTooLowError if no item can run, because each item alone needs more than a quota
 */
export function concurrencyOf(
  { uses, parallel, trainingJobs, applied, error }: Quotas,
  rows: readonly { readonly input: Readonly<Record<string, unknown>> }[],
  requested: number,
): Concurrency {
  const names = [...new Set(uses.map(({ quota }) => quota))];
  const known = names.filter((name) => applied[name] !== undefined);
  const unknown = names.filter((name) => applied[name] === undefined);
  /** For each quota, the largest use by one item. Ignores items that exceed a quota on their own. */
  const most = new Map<string, number>();
  const tooLarge: Need[] = [];
  for (const { input } of rows) {
    const needs = needsOf(uses, { parallel, trainingJobs }, input);
    const exceeded = needs.find(({ name, count }) => count > (applied[name] ?? Number.POSITIVE_INFINITY));
    if (exceeded) tooLarge.push(exceeded);
    else for (const { name, count } of needs) most.set(name, Math.max(most.get(name) ?? 0, count));
  }
  if (rows.length > 0 && tooLarge.length === rows.length)
    throw new QuotaTooLowError(messageOf(tooLarge, applied));
  const quotas = [
    TUNING_JOBS,
    ...known.map((name) => ({ name, value: applied[name] ?? 0, itemUses: most.get(name) ?? 0 })),
  ];
  const fitting = quotas.map(({ value, itemUses }) => Math.floor(value / Math.max(1, itemUses)));
  return {
    requested,
    maxConcurrency: Math.max(1, Math.min(requested, ...fitting)),
    quotas,
    ...(tooLarge.length > 0 && { tooLarge: tooLarge.length }),
    ...(unknown.length > 0 && { unknown }),
    ...(typeof error === 'string' && { error }),
  };
}

/** How much of a quota an item needs. */
interface Need {
  readonly name: string;
  readonly count: number;
}

/**
 * The use of each quota by an item. Only the training jobs of the search run at the same time; all other jobs of an
 * item run one after the other. An item with fewer training jobs than parallel ones runs all of them at once.
 */
function needsOf(
  uses: readonly QuotaUse[],
  usual: Pick<Quotas, 'parallel' | 'trainingJobs'>,
  { maxParallelTrainingJobs, maxTrainingJobs }: Readonly<Record<string, unknown>>,
): Need[] {
  const atOnce = typeof maxParallelTrainingJobs === 'number' ? maxParallelTrainingJobs : usual.parallel;
  const total = typeof maxTrainingJobs === 'number' ? maxTrainingJobs : usual.trainingJobs;
  const jobs = Math.min(atOnce, total);
  const needs = new Map<string, number>();
  for (const { quota, instances, parallel } of uses) {
    needs.set(quota, Math.max(needs.get(quota) ?? 0, parallel ? instances * jobs : instances));
  }
  return [...needs].map(([name, count]) => ({ name, count }));
}

function messageOf(tooLarge: readonly Need[], applied: Quotas['applied']): string {
  const { name, count } = tooLarge.reduce((one, other) => (other.count < one.count ? other : one));
  return `the quota "${name}" of Amazon SageMaker is ${applied[name]} in this account and region, and each item needs at least ${count}. Request an increase in the Service Quotas console (AWS services, Amazon SageMaker), or lower maxParallelTrainingJobs`;
}
