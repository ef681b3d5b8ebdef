import * as readline from 'node:readline';
import type { WriteStream } from 'node:tty';
import Table from 'cli-table3';
import pc from 'picocolors';
import type { Jobs, TrainingJobSummary } from '../services';
import { describeTuningJob, summarizeTrainingJobs } from '../services';
import { formatHyperparameter, formatMetric, formatSeconds } from './format';

const REDRAW_MILLISECONDS = 250;

/**
 * Shows the training jobs of this process's tuning jobs while they run: a table that is drawn over in a
 * terminal, and a line for each job that has ended where there is none.
 */
export class LiveTable {
  private readonly ends: (() => void)[];
  private readonly reported = new Set<string>();
  private drawnLines = 0;
  private changed = false;

  constructor(
    private readonly jobs: Jobs,
    private readonly out: WriteStream,
  ) {
    const onChange = () => {
      this.changed = true;
      if (!out.isTTY) this.report();
    };
    this.ends = [jobs.training.onChange(onChange), jobs.tuning.onChange(onChange)];
    if (out.isTTY) {
      const timer = setInterval(() => this.draw(), REDRAW_MILLISECONDS);
      this.ends.push(() => clearInterval(timer));
    }
  }

  /** Shows the last state and ends. */
  close(): void {
    if (this.ends.length === 0) return;
    for (const end of this.ends.splice(0)) end();
    if (this.out.isTTY) this.draw();
  }

  private draw(): void {
    if (!this.changed) return;
    this.changed = false;
    const text = this.tuningJobs().map(renderTuningJob).join('\n');
    readline.moveCursor(this.out, 0, -this.drawnLines);
    readline.cursorTo(this.out, 0);
    readline.clearScreenDown(this.out);
    this.out.write(`${text}\n`);
    this.drawnLines = text.split('\n').length;
  }

  private report(): void {
    for (const { name, trainingJobs } of this.tuningJobs()) {
      for (const job of trainingJobs) {
        if (job.TrainingJobStatus === 'InProgress' || this.reported.has(job.TrainingJobName)) continue;
        this.reported.add(job.TrainingJobName);
        const hyperparameters = renderHyperparameters(job.TunedHyperParameters);
        const end = job.FailureReason ?? renderObjective(job);
        this.out.write(`${job.TrainingJobName} ${job.TrainingJobStatus}  ${end}  ${hyperparameters}\n`);
      }
      if (!this.reported.has(name)) {
        this.reported.add(name);
        this.out.write(`Tuning job ${name}\n`);
      }
    }
  }

  private tuningJobs(): TuningJobView[] {
    return this.jobs.tuning
      .list()
      .filter((record) => record.processId === process.pid)
      .map((record) => {
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

function renderTuningJob({ name, status, expected, best, trainingJobs }: TuningJobView): string {
  const [first] = trainingJobs;
  const names = Object.keys(first?.TunedHyperParameters ?? {});
  const metric = first?.FinalHyperParameterTuningJobObjectiveMetric?.MetricName ?? 'objective';
  const table = new Table({
    head: ['#', 'status', metric, 'time', ...names],
    style: { head: ['bold'], compact: true },
  });
  trainingJobs.forEach((job, index) => {
    const isBest = job.TrainingJobName === best?.TrainingJobName;
    const cells = [
      String(index + 1),
      job.TrainingJobStatus,
      formatMetric(job.FinalHyperParameterTuningJobObjectiveMetric?.Value),
      renderTime(job),
      ...names.map((each) => formatHyperparameter(job.TunedHyperParameters[each] ?? '')),
    ];
    table.push(isBest ? cells.map((cell) => pc.green(cell)) : cells);
  });
  const ended = trainingJobs.filter((job) => job.TrainingJobStatus !== 'InProgress').length;
  const progress = `${ended} of ${expected ?? 'all'} training jobs`;
  const bestSoFar = best ? `, best ${renderObjective(best)}` : '';
  return `${pc.bold(`Tuning job ${name}`)}  ${status}: ${progress}${bestSoFar}\n${table.toString()}`;
}

function renderObjective(job: TrainingJobSummary): string {
  const objective = job.FinalHyperParameterTuningJobObjectiveMetric;
  return objective ? `${objective.MetricName} ${formatMetric(objective.Value)}` : 'no objective metric';
}

function renderTime(job: TrainingJobSummary): string {
  if (job.TrainingStartTime === undefined) return '';
  return formatSeconds((job.TrainingEndTime ?? Date.now() / 1000) - job.TrainingStartTime);
}

function renderHyperparameters(hyperparameters: Readonly<Record<string, string>>): string {
  return Object.entries(hyperparameters)
    .map(([name, value]) => `${name}=${formatHyperparameter(value)}`)
    .join(' ');
}
