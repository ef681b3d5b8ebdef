import type { TrainingJobSummary } from '../api-types';

/** What counts as an improvement of the best objective: 1 %, as SageMaker's documentation says. */
const IMPROVEMENT = 0.01;

/**
 * When a search has converged (docs/decisions/0013): so many training jobs with an objective, one after the other, have
 * not improved the best, and as many for each hyperparameter that is tuned.
 */
const FEWEST_TO_CONVERGE = 10;
const TO_CONVERGE_PER_HYPERPARAMETER = 3;

/** How far a search has come. */
export interface SearchProgress {
  /** How many training jobs have ended since the best objective improved; those without one are among them. */
  readonly jobsNotImproving: number;
  /** When the search converged, in epoch seconds; once it has, it stays so. */
  readonly convergedAt?: number;
}

/** How far the search of these training jobs has come; those that still run do not count. */
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
 * The training job with the best objective: a completed one, or if there is none, one that was stopped and had printed
 * its objective (as all do that Hyperband stops at its largest resource). Undefined when no job has an objective.
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

/** The objective as something to minimize; infinite without any. */
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
