import * as readline from 'node:readline';
import type { WriteStream } from 'node:tty';
import Table from 'cli-table3';
import type { Jobs, TrainingJobDescription, TrainingJobSummary } from '../services';
import { describeTuningJob, summarizeTrainingJobs } from '../services';
import { isEnded as hasEnded, LOCAL_EQUIVALENT, renderAutoMLJob, renderCandidateEnd } from './automl-jobs';
import { colours } from './colours';
import { commonReasons, shortReason } from './failure-reason';
import { cutToWidth, formatHyperparameter, formatMetric, formatSeconds } from './format';
import { PLAIN_TABLE } from './table';

const REDRAW_MILLISECONDS = 500;
/** Columns of a failure reason in a line: the summary has all of it. */
const LONGEST_REASON = 200;
/** For a terminal that does not say how large it is. */
const FALLBACK_COLUMNS = 80;
const FALLBACK_ROWS = 24;
/** Title, head, the lines on hidden and failed jobs, one for a training job of its own, and the cursor's. */
const OTHER_LINES = 6;

/**
 * Shows the training jobs of this process's tuning jobs while they run: a table that is drawn over in a
 * terminal, and a line for each job that has ended where there is none.
 */
export class LiveTable {
  private readonly ends: (() => void)[];
  private readonly reported = new Set<string>();
  private drawnLines = 0;

  constructor(
    private readonly jobs: Jobs,
    private readonly out: WriteStream,
  ) {
    this.ends = [];
    if (!out.isTTY) {
      this.ends.push(
        jobs.training.onChange(() => this.report()),
        jobs.tuning.onChange(() => this.report()),
        jobs.automl.onChange(() => this.report()),
      );
    } else {
      const timer = setInterval(() => this.draw(out.rows || FALLBACK_ROWS), REDRAW_MILLISECONDS);
      this.ends.push(() => clearInterval(timer));
    }
  }

  /** Shows the last state and ends. */
  close(): void {
    if (this.ends.length === 0) return;
    for (const end of this.ends.splice(0)) end();
    if (this.out.isTTY) this.draw(Number.POSITIVE_INFINITY);
  }

  private draw(height: number): void {
    const tuningJobs = this.tuningJobs();
    // What has scrolled out of the window could not be drawn over.
    const rows = Math.max(1, Math.floor(height / Math.max(1, tuningJobs.length)) - OTHER_LINES);
    const columns = this.out.columns || FALLBACK_COLUMNS;
    const text = [
      ...tuningJobs.map((tuningJob) => renderTuningJob(tuningJob, rows, columns)),
      ...this.jobs.automl.listOwn().map((job) => renderAutoMLJob(job, rows)),
      ...this.otherTrainingJobs().map(renderTrainingJob),
    ]
      .flatMap((block) => block.split('\n'))
      // A line that the terminal wraps would be two to draw over.
      .map((line) => cutToWidth(line, columns))
      .join('\n');
    readline.moveCursor(this.out, 0, -this.drawnLines);
    readline.cursorTo(this.out, 0);
    readline.clearScreenDown(this.out);
    this.out.write(`${text}\n`);
    this.drawnLines = text.split('\n').length;
  }

  private report(): void {
    for (const { name, trainingJobs } of this.tuningJobs()) {
      for (const job of trainingJobs) {
        if (isEnded(job) && this.isNew(job.TrainingJobName)) this.out.write(`${renderEnd(job)}\n`);
      }
      if (this.isNew(name)) this.out.write(`Tuning job ${name}\n`);
    }
    for (const { name, candidates } of this.jobs.automl.listOwn()) {
      if (this.isNew(name)) this.out.write(`AutoML job ${name} (${LOCAL_EQUIVALENT})\n`);
      for (const candidate of candidates) {
        if (hasEnded(candidate) && this.isNew(candidate.CandidateName)) {
          this.out.write(`${renderCandidateEnd(candidate)}\n`);
        }
      }
    }
    for (const job of this.otherTrainingJobs()) {
      if (this.isNew(job.TrainingJobName)) this.out.write(`Training job ${job.TrainingJobName}\n`);
    }
  }

  /** Whether something was not reported yet; from now on it is. */
  private isNew(name: string): boolean {
    if (this.reported.has(name)) return false;
    this.reported.add(name);
    return true;
  }

  /** Training jobs that belong to no tuning job. */
  private otherTrainingJobs(): TrainingJobDescription[] {
    return this.jobs.training
      .listOwn()
      .filter((record) => !record.description.TuningJobArn)
      .map((record) => record.description);
  }

  private tuningJobs(): TuningJobView[] {
    return this.jobs.tuning.listOwn().map((record) => {
      const tuningJob = describeTuningJob(this.jobs, record);
      return {
        name: record.name,
        status: tuningJob.HyperParameterTuningJobStatus,
        expected: tuningJob.HyperParameterTuningJobConfig.ResourceLimits.MaxNumberOfTrainingJobs,
        best: tuningJob.BestTrainingJob,
        trainingJobs: summarizeTrainingJobs(this.jobs, tuningJob),
      };
    });
  }
}

/** What is shown of a tuning job. */
export interface TuningJobView {
  readonly name: string;
  readonly status: string;
  readonly expected: number | undefined;
  readonly best: TrainingJobSummary | undefined;
  readonly trainingJobs: readonly TrainingJobSummary[];
}

/** A tuning job as a title and a table with so many of its training jobs, for a terminal of so many columns. */
export function renderTuningJob(tuningJob: TuningJobView, rows: number, columns: number): string {
  const { name, status, expected, best, trainingJobs } = tuningJob;
  // Each definition may have hyperparameters and a metric of its own.
  const names = unique(trainingJobs.flatMap((job) => Object.keys(job.TunedHyperParameters)));
  const metrics = unique(trainingJobs.flatMap(metricName));
  const hasDefinitions = trainingJobs.some((job) => job.TrainingJobDefinitionName !== undefined);
  const table = new Table({
    ...PLAIN_TABLE,
    head: [
      '#',
      ...(hasDefinitions ? ['definition'] : []),
      'status',
      metrics.length === 1 ? String(metrics[0]) : 'objective',
      'time',
      ...names,
    ],
  });
  const hidden = Math.max(0, trainingJobs.length - rows);
  trainingJobs.slice(hidden).forEach((job, index) => {
    const isBest = job.TrainingJobName === best?.TrainingJobName;
    const cells = [
      String(hidden + index + 1),
      ...(hasDefinitions ? [job.TrainingJobDefinitionName ?? ''] : []),
      job.TrainingJobStatus,
      renderValue(job),
      renderTime(job),
      ...names.map((each) => formatHyperparameter(job.TunedHyperParameters[each] ?? '')),
    ];
    table.push(isBest ? cells.map((cell) => colours.green(cell)) : cells);
  });
  const ended = trainingJobs.filter(isEnded).length;
  const progress = `${ended} of ${expected ?? 'all'} training jobs`;
  const earlier = hidden > 0 ? `\n … ${hidden} earlier training jobs` : '';
  const bestSoFar = best ? `, best ${renderObjective(best)}` : '';
  const title = `${colours.bold('Tuning job')}  ${status}: ${progress}${bestSoFar}  ${name}`;
  return `${title}${earlier}\n${table.toString()}${renderFailures(trainingJobs, columns)}`;
}

/** How many training jobs failed, and the most common reason: the table has no room for it. */
function renderFailures(trainingJobs: readonly TrainingJobSummary[], columns: number): string {
  const failed = trainingJobs.filter((job) => job.TrainingJobStatus === 'Failed').length;
  const [most] = commonReasons(trainingJobs);
  if (most === undefined) return '';
  const head = ` ${failed} failed: `;
  return `\n${colours.red(`${head}${shortReason(most.reason, Math.max(20, columns - head.length))}`)}`;
}

/** A training job that has ended, in a line. */
export function renderEnd(job: TrainingJobSummary): string {
  const reason = job.FailureReason && shortReason(job.FailureReason, LONGEST_REASON);
  return [
    `${job.TrainingJobName} ${job.TrainingJobStatus}`,
    ...(job.TrainingJobDefinitionName === undefined ? [] : [job.TrainingJobDefinitionName]),
    reason ?? renderObjective(job),
    renderHyperparameters(job.TunedHyperParameters),
  ].join('  ');
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

function isEnded({ TrainingJobStatus }: TrainingJobSummary): boolean {
  return TrainingJobStatus !== 'InProgress' && TrainingJobStatus !== 'Stopping';
}

function renderTrainingJob(job: TrainingJobDescription): string {
  return `${colours.bold(`Training job ${job.TrainingJobName}`)}  ${job.TrainingJobStatus}  ${renderTime(job)}`;
}

function renderObjective(job: TrainingJobSummary): string {
  const objective = job.FinalHyperParameterTuningJobObjectiveMetric;
  return objective ? `${objective.MetricName} ${formatMetric(objective.Value)}` : 'no objective metric';
}

function renderTime(job: Pick<TrainingJobSummary, 'TrainingStartTime' | 'TrainingEndTime'>): string {
  if (job.TrainingStartTime === undefined) return '';
  return formatSeconds((job.TrainingEndTime ?? Date.now() / 1000) - job.TrainingStartTime);
}

function renderHyperparameters(hyperparameters: Readonly<Record<string, string>>): string {
  return Object.entries(hyperparameters)
    .map(([name, value]) => `${name}=${formatHyperparameter(value)}`)
    .join(' ');
}
