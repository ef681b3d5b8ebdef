import Table from 'cli-table3';
import { commonReasons } from '../failure-reasons/common-reasons';
import type { TrainingJobSummary, TuningJobDescription } from '../services';
import { bestTrainingJob } from '../services';
import type { MapPlace } from '../states';
import { colours } from './colours';
import { shortReason } from './failure-reason';
import { formatHyperparameter, formatMetric } from './format';
import { highestRanked } from './highest-ranked';
import { placePrefix } from './job-place';
import { estimateSecondsLeft, type Progress, renderProgress } from './progress';
import type { Screen } from './screen';
import { PLAIN_TABLE } from './table';
import { failedJobs, isEnded, renderHyperparameters, renderObjective, renderTime } from './training-job-text';

/** A tuning job, and its training jobs in the order of their creation. */
export interface TuningJobView {
  readonly description: TuningJobDescription;
  readonly trainingJobs: readonly TrainingJobSummary[];
  /** How long it was interrupted. @default 0 */
  readonly pausedSeconds?: number;
  /** The item of a Map that it runs for. @default - none */
  readonly place?: MapPlace;
}

/** A tuning job in as many lines as there are rows: its progress, the best so far, and a table of training jobs. */
export function renderTuningJob(view: TuningJobView, screen: Screen): string[] {
  const { description, trainingJobs, place } = view;
  const { HyperParameterTuningJobName: name, HyperParameterTuningJobStatus: status } = description;
  const best = bestTrainingJob(trainingJobs);
  const head = [
    `${placePrefix(place)}${colours.bold('Tuning job')}  ${status}  ${name}`,
    ...renderProgress(progressOf(view, screen.now), screen.columns),
    ...(best ? [colours.green(` best: ${renderBest(best, trainingJobs)}`)] : []),
    ...renderFailures(trainingJobs, screen.columns),
  ];
  // Two more: the head of the table, and the line on those that are not in it.
  const shown = highestRanked(numbered(trainingJobs), screen.rows - head.length - 2, ({ job }) => {
    if (job === best) return 0;
    return isEnded(job) ? 2 : 1;
  });
  if (shown.length === 0) return head.slice(0, screen.rows);
  const hidden = trainingJobs.length - shown.length;
  return [
    ...head,
    ...(hidden > 0 ? [` … ${hidden} more training jobs`] : []),
    ...trainingJobTable(shown, { best, now: screen.now, all: trainingJobs, hasNames: false }),
  ];
}

/** All training jobs of a tuning job, the best ones first and those without a value last. */
export function renderRanking(trainingJobs: readonly TrainingJobSummary[], now: number): string[] {
  const best = bestTrainingJob(trainingJobs);
  const rank = ({ job }: NumberedJob): number => {
    const objective = job.FinalHyperParameterTuningJobObjectiveMetric;
    if (objective === undefined) return Number.POSITIVE_INFINITY;
    return objective.Type === 'Maximize' ? -objective.Value : objective.Value;
  };
  const ranked = numbered(trainingJobs).sort((one, other) =>
    rank(one) < rank(other) ? -1 : Number(rank(one) > rank(other)),
  );
  return trainingJobTable(ranked, { best, now, all: trainingJobs, hasNames: true });
}

interface NumberedJob {
  /** Which one it is, from 1. */
  readonly number: number;
  readonly job: TrainingJobSummary;
}

function numbered(trainingJobs: readonly TrainingJobSummary[]): NumberedJob[] {
  return trainingJobs.map((job, index) => ({ number: index + 1, job }));
}

function progressOf({ description, trainingJobs, pausedSeconds = 0 }: TuningJobView, now: number): Progress {
  const { MaxNumberOfTrainingJobs: expected, MaxParallelTrainingJobs: parallel } =
    description.HyperParameterTuningJobConfig.ResourceLimits;
  const { CreationTime, HyperParameterTuningEndTime: end } = description;
  const ended = trainingJobs.filter(isEnded).length;
  const times = trainingJobs.map((job) => ({ start: job.TrainingStartTime, end: job.TrainingEndTime }));
  return {
    unit: 'training jobs',
    ended,
    expected,
    running: trainingJobs.length - ended,
    failed: trainingJobs.filter((job) => job.TrainingJobStatus === 'Failed').length,
    isOver: end !== undefined,
    elapsedSeconds: (end ?? now) - CreationTime - pausedSeconds,
    secondsLeft:
      expected === undefined ? undefined : estimateSecondsLeft(times, { expected, ended, parallel, now }),
  };
}

function renderBest(best: TrainingJobSummary, trainingJobs: readonly TrainingJobSummary[]): string {
  const number = trainingJobs.indexOf(best) + 1;
  return `#${number} ${renderObjective(best)}  ${renderHyperparameters(best.TunedHyperParameters)}`.trimEnd();
}

/** The most common reason for failures: the table has no room for it. */
function renderFailures(trainingJobs: readonly TrainingJobSummary[], columns: number): string[] {
  const [most] = commonReasons(failedJobs(trainingJobs));
  if (most === undefined) return [];
  const head = ` ${most.count} failed: `;
  return [colours.red(`${head}${shortReason(most.reason, Math.max(20, columns - head.length))}`)];
}

interface TableOptions {
  readonly best: TrainingJobSummary | undefined;
  readonly now: number;
  /** All training jobs, also those without a row: they decide about the columns. */
  readonly all: readonly TrainingJobSummary[];
  /** Whether each row ends with the training job's name. */
  readonly hasNames: boolean;
}

function trainingJobTable(
  rows: readonly NumberedJob[],
  { best, now, all, hasNames }: TableOptions,
): string[] {
  // Each definition may have hyperparameters and a metric of its own.
  const names = unique(all.flatMap((job) => Object.keys(job.TunedHyperParameters)));
  const metrics = unique(all.flatMap(metricName));
  const hasDefinitions = all.some((job) => job.TrainingJobDefinitionName !== undefined);
  const table = new Table({
    ...PLAIN_TABLE,
    head: [
      '#',
      ...(hasDefinitions ? ['definition'] : []),
      'status',
      metrics.length === 1 ? String(metrics[0]) : 'objective',
      'time',
      ...names,
      ...(hasNames ? ['name'] : []),
    ],
  });
  for (const { number, job } of rows) {
    const cells = [
      String(number),
      ...(hasDefinitions ? [job.TrainingJobDefinitionName ?? ''] : []),
      job.TrainingJobStatus,
      renderValue(job),
      renderTime(job, now),
      ...names.map((each) => formatHyperparameter(job.TunedHyperParameters[each] ?? '')),
      ...(hasNames ? [job.TrainingJobName] : []),
    ];
    table.push(job === best ? cells.map((cell) => colours.green(cell)) : cells);
  }
  return table.toString().split('\n');
}

/** The metric's value; a job that has ended without one says so. */
function renderValue(job: TrainingJobSummary): string {
  const value = job.FinalHyperParameterTuningJobObjectiveMetric?.Value;
  return value === undefined && job.TrainingJobStatus === 'Completed' ? 'none' : formatMetric(value);
}

function metricName({ FinalHyperParameterTuningJobObjectiveMetric: metric }: TrainingJobSummary): string[] {
  return metric === undefined ? [] : [metric.MetricName];
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
