import * as readline from 'node:readline';
import type { WriteStream } from 'node:tty';
import Table from 'cli-table3';
import type { Jobs, TrainingJobDescription, TrainingJobSummary } from '../services';
import { describeTuningJob, summarizeTrainingJobs } from '../services';
import { colours } from './colours';
import { cutToWidth, formatHyperparameter, formatMetric, formatSeconds } from './format';

const REDRAW_MILLISECONDS = 500;
/** For a terminal that does not say how high it is. */
/** Columns of a failure reason in a line: the summary has all of it. */
const LONGEST_REASON = 200;
const FALLBACK_COLUMNS = 80;
const FALLBACK_ROWS = 24;
/** Title, head, the line on hidden jobs, one for a training job of its own, and the cursor's. */
const OTHER_LINES = 5;

const NO_BORDERS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid', 'middle'].flatMap((side) =>
    ['', '-mid', '-left', '-right'].map((part) => [`${side}${part}`, '']),
  ),
);

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
    const text = [
      ...tuningJobs.map((tuningJob) => renderTuningJob(tuningJob, rows)),
      ...this.otherTrainingJobs().map(renderTrainingJob),
    ]
      .flatMap((block) => block.split('\n'))
      // A line that the terminal wraps would be two to draw over.
      .map((line) => cutToWidth(line, this.out.columns || FALLBACK_COLUMNS))
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
        if (!isEnded(job) || this.reported.has(job.TrainingJobName)) continue;
        this.reported.add(job.TrainingJobName);
        const hyperparameters = renderHyperparameters(job.TunedHyperParameters);
        const end = cutToWidth(job.FailureReason ?? renderObjective(job), LONGEST_REASON);
        this.out.write(`${job.TrainingJobName} ${job.TrainingJobStatus}  ${end}  ${hyperparameters}\n`);
      }
      if (!this.reported.has(name)) {
        this.reported.add(name);
        this.out.write(`Tuning job ${name}\n`);
      }
    }
    for (const job of this.otherTrainingJobs()) {
      if (this.reported.has(job.TrainingJobName)) continue;
      this.reported.add(job.TrainingJobName);
      this.out.write(`Training job ${job.TrainingJobName}\n`);
    }
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

interface TuningJobView {
  readonly name: string;
  readonly status: string;
  readonly expected: number | undefined;
  readonly best: TrainingJobSummary | undefined;
  readonly trainingJobs: readonly TrainingJobSummary[];
}

function renderTuningJob(tuningJob: TuningJobView, rows: number): string {
  const { name, status, expected, best, trainingJobs } = tuningJob;
  const [first] = trainingJobs;
  const names = Object.keys(first?.TunedHyperParameters ?? {});
  const metric = first?.FinalHyperParameterTuningJobObjectiveMetric?.MetricName ?? 'objective';
  const table = new Table({
    head: ['#', 'status', metric, 'time', ...names],
    style: { head: [], border: [], compact: true },
    chars: NO_BORDERS,
  });
  const hidden = Math.max(0, trainingJobs.length - rows);
  trainingJobs.slice(hidden).forEach((job, index) => {
    const isBest = job.TrainingJobName === best?.TrainingJobName;
    const cells = [
      String(hidden + index + 1),
      job.TrainingJobStatus,
      formatMetric(job.FinalHyperParameterTuningJobObjectiveMetric?.Value),
      renderTime(job),
      ...names.map((each) => formatHyperparameter(job.TunedHyperParameters[each] ?? '')),
    ];
    table.push(isBest ? cells.map((cell) => colours.green(cell)) : cells);
  });
  const ended = trainingJobs.filter(isEnded).length;
  const progress = `${ended} of ${expected ?? 'all'} training jobs`;
  const earlier = hidden > 0 ? `\n … ${hidden} earlier training jobs` : '';
  const bestSoFar = best ? `, best ${renderObjective(best)}` : '';
  return `${colours.bold('Tuning job')}  ${status}: ${progress}${bestSoFar}  ${name}${earlier}\n${table.toString()}`;
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
