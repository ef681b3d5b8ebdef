import type { FailedJob } from '../failure-reasons/common-reasons';
import type { TrainingJobDescription, TrainingJobSummary } from '../services';
import { shortReason } from './failure-reason';
import { formatMetric, formatSeconds } from './format';
import { renderHyperparameter } from './hyperparameters';
import { counterpartOf, type FinalMetric, reportedMetrics } from './job-metrics';

/** Maximum length of a failure reason in a line. The summary shows the complete reason. */
const LONGEST_REASON = 200;

/** Whether a job has ended, regardless of its status. */
export function isEnded({
  TrainingJobStatus: status,
}: Pick<TrainingJobSummary, 'TrainingJobStatus'>): boolean {
  return status !== 'InProgress' && status !== 'Stopping';
}

/** The training jobs that have a failure reason. */
export function failedJobs(trainingJobs: readonly TrainingJobSummary[]): FailedJob[] {
  return trainingJobs.flatMap(({ TrainingJobName: name, FailureReason: reason }) =>
    reason === undefined ? [] : [{ name, reason }],
  );
}

/** One line for a tuning job's training job that has ended. */
export function renderEnd(job: TrainingJobSummary, metrics: readonly FinalMetric[] = []): string {
  return [
    `${job.TrainingJobName} ${job.TrainingJobStatus}`,
    ...(job.TrainingJobDefinitionName === undefined ? [] : [job.TrainingJobDefinitionName]),
    ...(job.FailureReason === undefined
      ? renderMetrics(job, metrics)
      : [shortReason(job.FailureReason, LONGEST_REASON)]),
    Object.entries(job.TunedHyperParameters).map(renderHyperparameter).join(' '),
  ].join('  ');
}

/** One line for a training job that does not belong to a tuning job. */
export function renderTrainingJob(job: TrainingJobDescription, now: number): string {
  const { TrainingJobName, TrainingJobStatus, FailureReason } = job;
  return [
    `Training job ${TrainingJobName}  ${TrainingJobStatus}`,
    renderTime(job, now),
    FailureReason === undefined ? '' : shortReason(FailureReason, LONGEST_REASON),
    ...reportedMetrics(job).map(renderMetric),
  ]
    .filter((part) => part !== '')
    .join('  ');
}

/** The objective metric's name and value. */
export function renderObjective(job: TrainingJobSummary): string {
  const objective = job.FinalHyperParameterTuningJobObjectiveMetric;
  return objective ? renderMetric(objective) : 'no objective metric';
}

/** The objective metric, and the same metric on other data if it was measured. */
export function renderMetrics(job: TrainingJobSummary, metrics: readonly FinalMetric[]): string[] {
  const objective = job.FinalHyperParameterTuningJobObjectiveMetric?.MetricName;
  const counterpart = objective === undefined ? undefined : counterpartOf(objective, metrics);
  return [renderObjective(job), ...(counterpart === undefined ? [] : [renderMetric(counterpart)])];
}

function renderMetric({ MetricName, Value }: FinalMetric): string {
  return `${MetricName} ${formatMetric(Value)}`;
}

/** How long a job has been training; empty before it starts. */
export function renderTime(
  { TrainingStartTime, TrainingEndTime }: Pick<TrainingJobSummary, 'TrainingStartTime' | 'TrainingEndTime'>,
  now: number,
): string {
  return TrainingStartTime === undefined ? '' : formatSeconds((TrainingEndTime ?? now) - TrainingStartTime);
}
