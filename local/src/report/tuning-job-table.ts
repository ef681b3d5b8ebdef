import { commonReasons } from '../failure-reasons/common-reasons';
import type { Jobs, TrainingJobSummary, TuningJobDescription } from '../services';
import { bestTrainingJob, summarizeTrainingJobs } from '../services';
import type { MapPlace } from '../states';
import { colors } from './colors';
import { shortReason } from './failure-reason';
import { cutToWidth, wrapParts } from './format';
import { highestRanked } from './highest-ranked';
import { renderHyperparameter } from './hyperparameters';
import { type FinalMetric, reportedMetrics } from './job-metrics';
import { placePrefix } from './job-place';
import { estimateSecondsLeft, type Progress, renderProgress } from './progress';
import type { Screen } from './screen';
import { type NumberedJob, trainingJobTable, tunedNames } from './training-job-table';
import { failedJobs, isEnded, renderMetrics } from './training-job-text';

/** The training jobs of a tuning job, ordered by creation. */
export interface TrainingJobsView {
  readonly trainingJobs: readonly TrainingJobSummary[];
  /** Returns the reported metrics of a training job. @default - none */
  readonly metricsOf?: (trainingJobName: string) => readonly FinalMetric[];
}

/** A tuning job and its training jobs. */
export interface TuningJobView extends TrainingJobsView {
  readonly description: TuningJobDescription;
  /** Time for which the job was interrupted. @default 0 */
  readonly pausedSeconds?: number;
  /** The Map item that the job runs for. @default - none */
  readonly place?: MapPlace;
}

/** The current training jobs of a tuning job. */
export function trainingJobsView(jobs: Jobs, description: TuningJobDescription): TrainingJobsView {
  return {
    trainingJobs: summarizeTrainingJobs(jobs, description),
    metricsOf: (name) => reportedMetrics(jobs.training.get(name)?.description ?? {}),
  };
}

/** Maximum share of the screen for the best job's hyperparameters. */
const MOST_BEST_LINES = 1 / 4;

/**
 * Renders a tuning job in the rows of the screen: its progress, the best job so far, and a table of training
 * jobs. The best job is always shown. Hyperparameters that do not fit in the table are listed for the best
 * job only.
 */
export function renderTuningJob(view: TuningJobView, screen: Screen): string[] {
  const { description, trainingJobs, place } = view;
  const { HyperParameterTuningJobName: name, HyperParameterTuningJobStatus: status } = description;
  const best = bestTrainingJob(trainingJobs);
  const rank = ({ job }: NumberedJob) => {
    if (job === best) return 0;
    return isEnded(job) ? 2 : 1;
  };
  const jobs = numbered(view);
  // The screen has no room for more jobs.
  const candidates = highestRanked(jobs, screen.rows, rank);
  const table = trainingJobTable(candidates, { ...screen, best, hasNames: false });
  const bestLines = (names: readonly string[]) =>
    renderBest(
      jobs.find(({ job }) => job === best),
      names,
      screen,
    );
  const head = [
    `${placePrefix(place)}${colors.bold('Tuning job')}  ${status}  ${name}`,
    ...renderProgress(progressOf(view, screen.now), screen.columns),
  ];
  const failures = renderFailures(trainingJobs, screen.columns);
  const above = [...head, ...bestLines(table.hidden), ...failures];
  // One line shows the number of jobs that are not in the table.
  const room = screen.rows - above.length - table.head.length - 1;
  if (room < 1 || jobs.length === 0) {
    return [...head, ...bestLines(tunedNames(jobs)), ...failures].slice(0, screen.rows);
  }
  const rows = candidates.map((job, index) => ({ ...job, line: table.rows[index] ?? '' }));
  const shown = highestRanked(rows, room, rank);
  const more = jobs.length - shown.length;
  return [
    ...above,
    ...(more > 0 ? [` … ${more} more training jobs`] : []),
    ...table.head,
    ...shown.map(({ line }) => line),
  ];
}

/** Renders all training jobs of a tuning job, best first, jobs without a value last. */
export function renderRanking(view: TrainingJobsView, screen: Omit<Screen, 'rows'>): string[] {
  const rank = ({ job }: NumberedJob): number => {
    const objective = job.FinalHyperParameterTuningJobObjectiveMetric;
    if (objective === undefined) return Number.POSITIVE_INFINITY;
    return objective.Type === 'Maximize' ? -objective.Value : objective.Value;
  };
  const ranked = numbered(view).sort((one, other) =>
    rank(one) < rank(other) ? -1 : Number(rank(one) > rank(other)),
  );
  const best = bestTrainingJob(view.trainingJobs);
  const { head, rows, hidden } = trainingJobTable(ranked, { ...screen, best, hasNames: true });
  const note = [`No room for ${hidden.length} hyperparameters ("--json" has all)`, ...hidden];
  return [
    ...head,
    ...rows,
    ...(hidden.length > 0 ? wrapParts(note, { columns: screen.columns, separator: ', ' }) : []),
  ];
}

function numbered({ trainingJobs, metricsOf = () => [] }: TrainingJobsView): NumberedJob[] {
  return trainingJobs.map((job, index) => ({
    number: index + 1,
    job,
    metrics: metricsOf(job.TrainingJobName),
  }));
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

/** Renders the best training job, with the hyperparameters in `names`. */
function renderBest(
  best: NumberedJob | undefined,
  names: readonly string[],
  { rows, columns }: Screen,
): string[] {
  if (best === undefined) return [];
  const { number, job, metrics } = best;
  const hyperparameters = Object.entries(job.TunedHyperParameters).filter(([name]) => names.includes(name));
  const parts = [
    `best: #${number}`,
    ...renderMetrics(job, metrics),
    ...hyperparameters.map(renderHyperparameter),
  ];
  const lines = wrapParts(parts, { columns, separator: '  ' });
  const most = Math.max(1, Math.floor(rows * MOST_BEST_LINES));
  const shown = lines.slice(0, most);
  if (shown.length < lines.length) shown.splice(-1, 1, `${shown.at(-1)} …`);
  return shown.map((line) => colors.green(cutToWidth(line, columns)));
}

/** Renders the most common failure reason on a separate line, because it does not fit in the table. */
function renderFailures(trainingJobs: readonly TrainingJobSummary[], columns: number): string[] {
  const [most] = commonReasons(failedJobs(trainingJobs));
  if (most === undefined) return [];
  const head = ` ${most.count} failed: `;
  return [colors.red(`${head}${shortReason(most.reason, Math.max(20, columns - head.length))}`)];
}
