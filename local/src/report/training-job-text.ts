import type { FailedJob } from '../failure-reasons/common-reasons';
import type { TrainingJobDescription, TrainingJobSummary } from '../services';
import { shortReason } from './failure-reason';
import { formatHyperparameter, formatMetric, formatSeconds } from './format';

/** Columns of a failure reason in a line: the summary has all of it. */
const LONGEST_REASON = 200;

/** Whether a job has ended, however it did. */
export function isEnded({
  TrainingJobStatus: status,
}: Pick<TrainingJobSummary, 'TrainingJobStatus'>): boolean {
  return status !== 'InProgress' && status !== 'Stopping';
}

/** The training jobs that give a reason for their failure. */
export function failedJobs(trainingJobs: readonly TrainingJobSummary[]): FailedJob[] {
  return trainingJobs.flatMap(({ TrainingJobName: name, FailureReason: reason }) =>
    reason === undefined ? [] : [{ name, reason }],
  );
}

/** A training job of a tuning job that has ended, in a line. */
export function renderEnd(job: TrainingJobSummary): string {
  return [
    `${job.TrainingJobName} ${job.TrainingJobStatus}`,
    ...(job.TrainingJobDefinitionName === undefined ? [] : [job.TrainingJobDefinitionName]),
    job.FailureReason === undefined ? renderObjective(job) : shortReason(job.FailureReason, LONGEST_REASON),
    renderHyperparameters(job.TunedHyperParameters),
  ].join('  ');
}

/** A training job that belongs to no tuning job, in a line. */
export function renderTrainingJob(job: TrainingJobDescription, now: number): string {
  const { TrainingJobName, TrainingJobStatus, FailureReason, FinalMetricDataList: metrics = [] } = job;
  return [
    `Training job ${TrainingJobName}  ${TrainingJobStatus}`,
    renderTime(job, now),
    FailureReason === undefined ? '' : shortReason(FailureReason, LONGEST_REASON),
    ...metrics.map(({ MetricName, Value }) => `${MetricName} ${formatMetric(Value)}`),
  ]
    .filter((part) => part !== '')
    .join('  ');
}

/** The objective's name and value. */
export function renderObjective(job: TrainingJobSummary): string {
  const objective = job.FinalHyperParameterTuningJobObjectiveMetric;
  return objective ? `${objective.MetricName} ${formatMetric(objective.Value)}` : 'no objective metric';
}

/** How long a job has trained; nothing before it has begun. */
export function renderTime(
  { TrainingStartTime, TrainingEndTime }: Pick<TrainingJobSummary, 'TrainingStartTime' | 'TrainingEndTime'>,
  now: number,
): string {
  return TrainingStartTime === undefined ? '' : formatSeconds((TrainingEndTime ?? now) - TrainingStartTime);
}

/** Hyperparameters in a line. */
export function renderHyperparameters(hyperparameters: Readonly<Record<string, string>>): string {
  return Object.entries(hyperparameters)
    .map(([name, value]) => `${name}=${formatHyperparameter(value)}`)
    .join(' ');
}
