import type { TrainingJobSummary, TuningJobConfig, TuningJobStatus } from '../api-types';
import { searchProgress } from './tuning-progress';

/** Why and how a tuning job ends. */
export interface TuningEnd {
  readonly status: TuningJobStatus;
  readonly failureReason?: string;
}

/** A tuning job gives up after this many training jobs if none has succeeded. */
const HOPELESS_ATTEMPTS = 5;

/**
 * Decides whether the tuning job ends, based on its training jobs that have ended.
 *
 * @param summaries the tuning job's training jobs, in the order in which they ended
 * @param isLast whether no further training job will start
 */
export function tuningEnd(
  config: TuningJobConfig,
  summaries: readonly TrainingJobSummary[],
  isLast: boolean,
): TuningEnd | undefined {
  const ended = summaries.filter(({ ObjectiveStatus }) => ObjectiveStatus !== 'Pending');
  if (ended.length >= HOPELESS_ATTEMPTS || (isLast && ended.length > 0)) {
    const reason = hopelessness(ended);
    if (reason !== undefined) {
      return { status: 'Failed', failureReason: reason };
    }
  }
  return isLast || meetsCriteria(config, ended) ? { status: 'Completed' } : undefined;
}

function hopelessness(ended: readonly TrainingJobSummary[]): string | undefined {
  // Jobs run in parallel, so the number of ended jobs can exceed the limit. The message then states the limit.
  const attempts = Math.min(ended.length, HOPELESS_ATTEMPTS);
  if (ended.every(({ TrainingJobStatus }) => TrainingJobStatus === 'Failed')) {
    return `No training job succeeded after ${attempts} attempts. Please take a look at the training job failures to get more details.`;
  }
  return ended.every(({ ObjectiveStatus }) => ObjectiveStatus === 'Failed')
    ? `No objective metrics found after running ${attempts} training jobs. Please ensure that the algorithm prints the objective metric as its metric definition expects it.`
    : undefined;
}

function meetsCriteria(
  { TuningJobCompletionCriteria: criteria = {} }: TuningJobConfig,
  ended: readonly TrainingJobSummary[],
): boolean {
  const target = criteria.TargetObjectiveMetricValue;
  if (target !== undefined && ended.some((each) => reaches(each, target))) {
    return true;
  }
  const { jobsNotImproving, convergedAt } = searchProgress(ended);
  const patience = criteria.BestObjectiveNotImproving?.MaxNumberOfTrainingJobsNotImproving;
  if (patience !== undefined && jobsNotImproving >= patience) {
    return true;
  }
  return criteria.ConvergenceDetected?.CompleteOnConvergence === 'Enabled' && convergedAt !== undefined;
}

function reaches(
  { FinalHyperParameterTuningJobObjectiveMetric: objective }: TrainingJobSummary,
  target: number,
): boolean {
  if (objective === undefined) return false;
  return objective.Type === 'Minimize' ? objective.Value <= target : objective.Value >= target;
}
