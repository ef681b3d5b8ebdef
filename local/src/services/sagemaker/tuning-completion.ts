import type { TrainingJobSummary, TuningJobConfig, TuningJobStatus } from './api-types';
import { bestTrainingJob } from './tuning-view';

/** How a tuning job ends. */
export interface TuningEnd {
  readonly status: TuningJobStatus;
  readonly failureReason?: string;
}

/** After so many training jobs without any success a tuning job gives up. */
const HOPELESS_ATTEMPTS = 5;

/** What counts as an improvement of the best objective: 1 %, as SageMaker's documentation says. */
const IMPROVEMENT = 0.01;

/**
 * Whether the training jobs that have ended are reason enough to end the tuning job.
 *
 * @param summaries the tuning job's training jobs, in the order in which they ended
 * @param isLast whether no training job is to come any more
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

/** How many training jobs have ended since the best objective improved. */
export function jobsWithoutImprovement(ended: readonly TrainingJobSummary[]): number {
  let best = Number.POSITIVE_INFINITY;
  let count = 0;
  for (const each of ended) {
    const objective = each.FinalHyperParameterTuningJobObjectiveMetric;
    const sign = objective?.Type === 'Maximize' ? -1 : 1;
    const loss = objective === undefined ? Number.POSITIVE_INFINITY : sign * objective.Value;
    const improves =
      loss < best && (best === Number.POSITIVE_INFINITY || best - loss >= IMPROVEMENT * Math.abs(best));
    count = improves ? 0 : count + 1;
    best = improves ? loss : best;
  }
  return count;
}

function hopelessness(ended: readonly TrainingJobSummary[]): string | undefined {
  // Those that ran beside the last one may have ended by the time somebody looks: they changed nothing.
  const attempts = Math.min(ended.length, HOPELESS_ATTEMPTS);
  if (ended.every(({ TrainingJobStatus }) => TrainingJobStatus === 'Failed')) {
    return `No training job succeeded after ${attempts} attempts. Please take a look at the training job failures to get more details.`;
  }
  return ended.every(({ ObjectiveStatus }) => ObjectiveStatus === 'Failed')
    ? `No objective metrics found after running ${attempts} training jobs. Please ensure that the algorithm prints the objective metric as its metric definition expects it.`
    : undefined;
}

function meetsCriteria(config: TuningJobConfig, ended: readonly TrainingJobSummary[]): boolean {
  const { TargetObjectiveMetricValue: target, BestObjectiveNotImproving: notImproving } =
    config.TuningJobCompletionCriteria ?? {};
  const best = bestTrainingJob(ended)?.FinalHyperParameterTuningJobObjectiveMetric;
  if (target !== undefined && best !== undefined) {
    if (best.Type === 'Minimize' ? best.Value <= target : best.Value >= target) {
      return true;
    }
  }
  const patience = notImproving?.MaxNumberOfTrainingJobsNotImproving;
  return patience !== undefined && jobsWithoutImprovement(ended) >= patience;
}
