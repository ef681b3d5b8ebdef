import type { TrainingJobSummary } from '../api-types';

/** Minimum relative improvement of the best objective value: 1%, according to SageMaker's documentation. */
const IMPROVEMENT = 0.01;

/**
 * A search has converged (docs/decisions/0013) after at least this many consecutive training jobs without an
 * improvement, and at least 3 for each tuned hyperparameter. Jobs without an objective value do not count.
 */
const FEWEST_TO_CONVERGE = 10;
const TO_CONVERGE_PER_HYPERPARAMETER = 3;

/** Progress of a search. */
export interface SearchProgress {
  /**
   * Number of training jobs that have ended since the best objective improved, including those without a
   * value.
   */
  readonly jobsNotImproving: number;
  /** Time of convergence in epoch seconds. Never reset. */
  readonly convergedAt?: number;
}

/** Computes the progress of a search from its finished training jobs. */
export function searchProgress(summaries: readonly TrainingJobSummary[]): SearchProgress {
  let best = Number.POSITIVE_INFINITY;
  let jobsNotImproving = 0;
  let measuredNotImproving = 0;
  let convergedAt: number | undefined;
  for (const each of inOrderOfEnd(summaries)) {
    const loss = lossOf(each);
    if (improves(loss, best)) {
      best = loss;
      jobsNotImproving = 0;
      measuredNotImproving = 0;
      continue;
    }
    jobsNotImproving += 1;
    measuredNotImproving += Number.isFinite(loss) ? 1 : 0;
    if (measuredNotImproving >= patience(each)) {
      convergedAt ??= each.TrainingEndTime;
    }
  }
  return { jobsNotImproving, ...(convergedAt !== undefined && { convergedAt }) };
}

/**
 * The training job with the best objective value. Stopped jobs with a value (such as all jobs that Hyperband
 * stops at the maximum resource) count only if no job has completed. Undefined if no job has a value.
 */
export function bestTrainingJob(summaries: readonly TrainingJobSummary[]): TrainingJobSummary | undefined {
  return bestOf(summaries, 'Completed') ?? bestOf(summaries, 'Stopped');
}

function bestOf(
  summaries: readonly TrainingJobSummary[],
  status: TrainingJobSummary['TrainingJobStatus'],
): TrainingJobSummary | undefined {
  let best: TrainingJobSummary | undefined;
  for (const each of summaries) {
    const isBetter = best === undefined ? Number.isFinite(lossOf(each)) : lossOf(each) < lossOf(best);
    if (each.TrainingJobStatus === status && isBetter) best = each;
  }
  return best;
}

/** The objective as a loss to minimize; infinite without a value. */
function lossOf({ FinalHyperParameterTuningJobObjectiveMetric: objective }: TrainingJobSummary): number {
  if (objective === undefined) return Number.POSITIVE_INFINITY;
  return objective.Type === 'Maximize' ? -objective.Value : objective.Value;
}

function improves(loss: number, best: number): boolean {
  return loss < best && (best === Number.POSITIVE_INFINITY || best - loss >= IMPROVEMENT * Math.abs(best));
}

function patience({ TunedHyperParameters: tuned }: TrainingJobSummary): number {
  return Math.max(FEWEST_TO_CONVERGE, TO_CONVERGE_PER_HYPERPARAMETER * Object.keys(tuned).length);
}

function inOrderOfEnd(summaries: readonly TrainingJobSummary[]): TrainingJobSummary[] {
  return summaries
    .filter(({ ObjectiveStatus }) => ObjectiveStatus !== 'Pending')
    .sort((left, right) => (left.TrainingEndTime ?? 0) - (right.TrainingEndTime ?? 0));
}
