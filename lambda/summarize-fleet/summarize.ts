import { commonReasons } from '../../local/src/failure-reasons/common-reasons';
import { sumOfUsages } from '../shared/usage';
import type { FleetSummary, ItemResult, ItemStatus, Reason } from './fleet-data';

/** Maximum number of failure reasons in the output of the execution. */
const MAX_REASONS = 10;

/**
 * Number of characters of a reason that are compared. The rest is ignored, because a long reason is truncated at a
 * place that depends on the lengths of the names in the reason.
 */
const COMPARED_CHARACTERS = 400;

const RANKS: Readonly<Record<ItemStatus, number>> = {
  FAILED: 0,
  TIMED_OUT: 0,
  ABORTED: 1,
  NOT_STARTED: 2,
  SUCCEEDED: 3,
  SKIPPED: 3,
};

/** Sorts items by status (failed items first), then by objective value (worst first). */
export function worstFirst(items: readonly ItemResult[]): ItemResult[] {
  return [...items].sort(
    (one, other) => RANKS[one.status] - RANKS[other.status] || badness(other) - badness(one),
  );
}

function badness({ objective }: ItemResult): number {
  if (objective === undefined) return Number.MAX_VALUE;
  return objective.type === 'Minimize' ? objective.value : -objective.value;
}

/** Computes the summary of a fleet. */
export function summarize(items: readonly ItemResult[]): FleetSummary {
  const having = (...statuses: ItemStatus[]) =>
    items.filter(({ status }) => statuses.includes(status)).length;
  const seconds = items.flatMap(({ instanceSeconds }) => instanceSeconds ?? []);
  const unknown = items.filter(
    ({ status, instanceSeconds }) =>
      !['NOT_STARTED', 'SKIPPED'].includes(status) && instanceSeconds === undefined,
  ).length;
  const unread = items.filter(({ reportError }) => reportError !== undefined).length;
  return {
    items: items.length,
    succeeded: having('SUCCEEDED'),
    failed: having('FAILED', 'TIMED_OUT', 'ABORTED'),
    notStarted: having('NOT_STARTED'),
    skipped: having('SKIPPED'),
    reasons: reasonsOf(items),
    ...objectiveOf(items),
    ...(seconds.length > 0 && { instanceSeconds: seconds.reduce((sum, each) => sum + each, 0) }),
    ...(unknown > 0 && { unknownItems: unknown }),
    ...(unread > 0 && { unreadReports: unread }),
    ...costOf(items),
  };
}

/** The sum of the bounds of all items, and the sum of their actual use as far as it is known. */
function costOf(items: readonly ItemResult[]): Pick<FleetSummary, 'cost'> {
  const costs = items.flatMap(({ cost }) => cost ?? []);
  if (costs.length === 0) return {};
  const used = costs.flatMap((cost) => cost.used ?? []);
  return {
    cost: {
      bound: sumOfUsages(costs.map(({ bound }) => bound)),
      ...(used.length > 0 && { used: sumOfUsages(used) }),
    },
  };
}

function reasonsOf(items: readonly ItemResult[]): Reason[] {
  const failed = new Map(items.flatMap((item) => (item.error === undefined ? [] : [[nameOf(item), item]])));
  const failures = [...failed].map(([name, item]) => ({
    name,
    reason: `${item.error}\n${withoutItem(item).slice(0, COMPARED_CHARACTERS)}`,
  }));
  return commonReasons(failures)
    .slice(0, MAX_REASONS)
    .map(({ example, count }) => {
      const { id = example, error = '', reason = '' } = failed.get(example) ?? {};
      return { error, reason, example: id, count };
    });
}

/**
 * The failure reason without the names that differ between items. An item ID that is a number remains, because
 * `commonReasons` ignores numbers.
 */
function withoutItem({ id, folder, tuningJob, reason = '' }: ItemResult): string {
  const hash = folder.slice(folder.lastIndexOf('-') + 1, -1);
  const names = [
    `[\\w-]*${escaped(hash)}`,
    ...(tuningJob === undefined ? [] : [escaped(tuningJob)]),
    ...(/\D/.test(id) ? [`(?<![\\p{L}\\p{N}])${escaped(id)}(?![\\p{L}\\p{N}])`] : []),
  ];
  return reason.replace(new RegExp(names.join('|'), 'gu'), '<item>');
}

/** A regular expression that matches exactly this string. */
function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/**
 * The name of the failed training job, or else the item's folder. The item's ID is unsuitable, because the ID can be
 * part of another word in the failure reason.
 */
function nameOf({ failedJob, folder }: ItemResult): string {
  return failedJob ?? folder;
}

function objectiveOf(items: readonly ItemResult[]): Pick<FleetSummary, 'objective'> {
  const objectives = items.flatMap(({ objective }) => objective ?? []);
  const [first] = objectives;
  // The definitions of a search can have different metrics, whose values cannot be compared with each other.
  if (first === undefined || objectives.some(({ metric }) => metric !== first.metric)) return {};
  const values = objectives.map(({ value }) => value).sort((one, other) => one - other);
  const [lowest, highest] = [values[0] ?? 0, values.at(-1) ?? 0];
  const { metric, type } = first;
  return {
    objective: {
      metric,
      type,
      best: type === 'Minimize' ? lowest : highest,
      median: values[Math.floor((values.length - 1) / 2)] ?? 0,
      worst: type === 'Minimize' ? highest : lowest,
    },
  };
}
