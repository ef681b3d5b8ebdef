import { countOf } from '../count-of';
import type { ExecutionRecord } from '../executions/executions';
import { commonReasons } from '../failure-reasons/common-reasons';
import {
  type AutoMLJobRecord,
  bestTrainingJob,
  type JobRecord,
  type JobStore,
  type Jobs,
  summarizeTrainingJobs,
  type TrainingJobRecord,
  type TuningJobRecord,
} from '../services';
import type { MapItemState, MapPlace } from '../states';
import { renderCandidateObjective } from './automl-jobs';
import { colors } from './colors';
import { explainItem } from './failure';
import { cutToWidth, formatMetric } from './format';
import { renderPlace } from './job-place';
import { renderTable } from './table';
import { failedJobs, renderObjective } from './training-job-text';

/** Maximum number of items in a table. */
const MOST_ROWS = 100;

/** Maximum number of warnings below a table. */
const MOST_WARNINGS = 3;

/** The results of an item's jobs. */
interface Outcome {
  readonly hasJobs: boolean;
  readonly objective: string;
  /** How bad the objective value is: the higher, the worse. */
  readonly badness?: number;
  /** Name of the job with this objective value. */
  readonly job: string;
  /** Failure reason of the item's failed job, if any. */
  readonly failure?: string | undefined;
  /** Warnings about the data of the item's jobs. */
  readonly warnings: readonly string[];
}

interface Row extends Outcome {
  readonly item: MapItemState;
}

/**
 * Renders the items of an execution's Maps, one line each, failed items first.
 *
 * @param width maximum length of a line; narrow tables omit the names of jobs and cut the failure reasons
 */
export function renderMapItems(
  { arn, status }: Pick<ExecutionRecord, 'arn' | 'status'>,
  items: readonly MapItemState[],
  jobs: Jobs,
  width = Number.POSITIVE_INFINITY,
): string[] {
  const outcomeOf = outcomesIn(arn, jobs);
  const maps = new Map<string, Row[]>();
  for (const item of items) {
    const name = item.path.map(({ map }) => map).join(' / ');
    // If the execution has ended but the item has not, local mode exited while the item was running.
    const isLeft = item.status === 'RUNNING' && status !== 'RUNNING';
    const known = isLeft ? ({ ...item, status: 'ABORTED' } as const) : item;
    maps.set(name, [...(maps.get(name) ?? []), { item: known, ...outcomeOf(item) }]);
  }
  return [...maps]
    .filter(([, rows]) => isShown(rows))
    .flatMap(([name, rows]) => renderMap(name, rows, width));
}

/** A Map without jobs is shown only if an item failed. */
function isShown(rows: readonly Row[]): boolean {
  return rows.some(({ item, hasJobs }) => hasJobs || item.status === 'FAILED');
}

function renderMap(name: string, rows: readonly Row[], width: number): string[] {
  const counts = ['FAILED', 'ABORTED', 'RUNNING', 'SUCCEEDED'].flatMap((status) => {
    const count = rows.filter(({ item }) => item.status === status).length;
    return count === 0 ? [] : `${count} ${status}`;
  });
  const notStarted = totalOf(rows) - rows.length;
  const all = [...counts, ...(notStarted > 0 ? [`${notStarted} not started`] : [])].join(', ');
  const sorted = [...rows].sort(
    (one, other) => rankOf(one) - rankOf(other) || byBadness(one, other) || byIndex(one, other),
  );
  const lines = renderTable(
    ['item', 'status', 'objective', 'best job', 'failure reason'],
    sorted.slice(0, MOST_ROWS).map(cellsOf),
    { width, optional: ['best job'] },
  );
  return [
    `${colors.bold(`Map ${name}`)}  ${all}`,
    ...lines.map((line) => cutToWidth(line, width)),
    ...(rows.length > MOST_ROWS ? [` … ${rows.length - MOST_ROWS} more items, with better results`] : []),
    ...renderWarnings(sorted, width),
    '',
  ];
}

/** Renders the number of items that have warnings about their data, and the first warnings. */
function renderWarnings(rows: readonly Row[], width: number): string[] {
  const warned = rows.filter(({ warnings }) => warnings.length > 0);
  if (warned.length === 0) return [];
  const lines = warned.flatMap(({ item, warnings }) =>
    warnings.map((text) => ` ${renderPlace(item)}  ${text}`),
  );
  const more = lines.length - MOST_WARNINGS;
  return [
    ` Warnings about the data of ${countOf(warned.length, 'item')}, also in the logs of their jobs:`,
    ...lines.slice(0, MOST_WARNINGS).map((line) => cutToWidth(line, width)),
    ...(more > 0 ? [` … ${countOf(more, 'more warning')}`] : []),
  ];
}

function cellsOf({ item, objective, job, failure }: Row): string[] {
  const cells = [renderPlace(item), item.status, objective, job, explainItem(item, failure)];
  return item.status === 'FAILED' ? cells.map((cell) => colors.red(cell)) : cells;
}

/**
 * The total number of items of all Maps with this name. A nested Map runs once for each item of the outer
 * Map.
 */
function totalOf(rows: readonly Row[]): number {
  const totals = new Map(rows.map(({ item }) => [JSON.stringify(item.path.slice(0, -1)), item.total]));
  return [...totals.values()].reduce((sum, total) => sum + total, 0);
}

function rankOf({ item, failure }: Row): number {
  const rank = { FAILED: 0, ABORTED: 1, RUNNING: 2, SUCCEEDED: 4 }[item.status];
  return item.status === 'SUCCEEDED' && failure !== undefined ? 3 : rank;
}

/** The worst objective first. */
function byBadness({ badness: one = 0 }: Row, { badness: other = 0 }: Row): number {
  return other - one;
}

function byIndex({ item: one }: Row, { item: other }: Row): number {
  const difference = one.path.map(({ index }, level) => index - (other.path[level]?.index ?? 0));
  return difference.find((each) => each !== 0) ?? 0;
}

/**
 * The job results of each item of an execution. The results of an outer item include the results of its inner items.
 */
function outcomesIn(executionArn: string, jobs: Jobs): (item: MapPlace) => Outcome {
  const tuningOf = byItem(executionArn, jobs.tuning);
  const trainingOf = byItem(executionArn, jobs.training);
  const automlOf = byItem(executionArn, jobs.automl);
  return (item) => {
    const [tuning, training, automl] = [tuningOf(item), trainingOf(item), automlOf(item)];
    const best = bestOfSearches(tuning, jobs) ?? bestCandidate(automl) ?? lastTrainingJob(training);
    const all = [...tuning, ...training, ...automl];
    return {
      hasJobs: all.length > 0,
      failure: failureOf(all, jobs),
      warnings: [
        ...new Set([
          ...tuning.flatMap((search) => warningsOf(search, jobs)),
          ...training.flatMap(({ dataWarnings = [] }) => dataWarnings),
        ]),
      ],
      ...(best ?? { objective: '', job: '' }),
    };
  };
}

/** Warnings about a search's data. All training jobs read the same data, so the first training job has all warnings. */
function warningsOf({ description }: TuningJobRecord, jobs: Jobs): readonly string[] {
  const [first] = summarizeTrainingJobs(jobs, description);
  return (first && jobs.training.get(first.TrainingJobName)?.dataWarnings) ?? [];
}

/** Why a job failed, or, for a search without a result, why its training jobs failed. */
function failureOf(
  records: readonly (TuningJobRecord | TrainingJobRecord | AutoMLJobRecord)[],
  jobs: Jobs,
): string | undefined {
  const reasons = records.flatMap(({ description }) => {
    if (!('HyperParameterTuningJobName' in description)) return description.FailureReason ?? [];
    const trainingJobs = summarizeTrainingJobs(jobs, description);
    if (bestTrainingJob(trainingJobs)) return [];
    return commonReasons(failedJobs(trainingJobs))[0]?.reason ?? description.FailureReason ?? [];
  });
  return reasons[0];
}

type Best = Pick<Outcome, 'objective' | 'badness' | 'job'>;

/** The best training job of all searches. If the searches have different objectives, only the last search counts. */
function bestOfSearches(tuning: readonly TuningJobRecord[], jobs: Jobs): Best | undefined {
  const bests = tuning.flatMap(
    ({ description }) => bestTrainingJob(summarizeTrainingJobs(jobs, description)) ?? [],
  );
  const metrics = new Set(bests.map((job) => job.FinalHyperParameterTuningJobObjectiveMetric?.MetricName));
  const best = metrics.size > 1 ? bests.at(-1) : bestTrainingJob(bests);
  if (best === undefined) return undefined;
  const { Type: type, Value: value = 0 } = best.FinalHyperParameterTuningJobObjectiveMetric ?? {};
  return {
    objective: renderObjective(best),
    badness: type === 'Maximize' ? -value : value,
    job: best.TrainingJobName,
  };
}

function bestCandidate(automl: readonly AutoMLJobRecord[]): Best | undefined {
  const best = automl.at(-1)?.description.BestCandidate;
  return best && { objective: renderCandidateObjective(best), job: best.CandidateName };
}

function lastTrainingJob(training: readonly TrainingJobRecord[]): Best | undefined {
  const last = training.at(-1)?.description;
  const [metric] = last?.FinalMetricDataList ?? [];
  return (
    last && {
      objective: metric ? `${metric.MetricName} ${formatMetric(metric.Value)}` : '',
      job: last.TrainingJobName,
    }
  );
}

/**
 * For each item, the jobs that were not created by another job. Of each job, only the name stays in memory, because
 * there can be thousands of jobs.
 */
function byItem<R extends JobRecord>(executionArn: string, jobs: JobStore<R>): (item: MapPlace) => R[] {
  const names = new Map<string, string[]>();
  for (const { name, createdBy } of jobs.alone()) {
    const place = createdBy?.place;
    if (place?.executionArn !== executionArn) continue;
    for (const level of place.path.keys()) {
      const key = JSON.stringify(place.path.slice(0, level + 1));
      names.set(key, [...(names.get(key) ?? []), name]);
    }
  }
  return ({ path }) => (names.get(JSON.stringify(path)) ?? []).flatMap((name) => jobs.known(name) ?? []);
}
