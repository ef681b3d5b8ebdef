import type { Job, LearningCurve, ObjectiveType, Overfit } from '../report-data';
import { isBetter } from './ranking';

/** The validation metric counts as worse if, after its best round, it lost more than this share of its improvement. */
const LOST_SHARE = 0.02;
/**
 * There is a gap if the train metric differs from the validation metric by more than this share of the validation
 * metric.
 */
const GAP_SHARE = 0.25;
const MIN_ROUNDS = 10;

/** `validation:rmse` → `train:rmse`; `undefined` for a name that is not the name of a validation metric. */
export function trainMetricOf(metric: string): string | undefined {
  const train = metric.replace(/\b(validation|valid|val|test)(?=[:_-])/i, 'train');
  return train === metric ? undefined : train;
}

/** What is known about the rounds of a job, in addition to its final metrics. */
interface Rounds {
  readonly curves: readonly LearningCurve[];
  /** Number of rounds without improvement after which early stopping ends the job; missing without early stopping. */
  readonly patience?: number;
}

/**
 * Whether a job fits the training data better than the validation data, based on its metrics and, if available, its
 * learning curves. `undefined` if one of the two metrics is missing, or the objective is not a validation metric. With
 * early stopping, the validation metric always gets worse at the end, so this is not overfitting.
 */
export function overfit(
  job: Job,
  metric: string,
  type: ObjectiveType,
  { curves, patience }: Rounds,
): Overfit | undefined {
  const trainMetric = trainMetricOf(metric);
  const validation = job.metrics[metric];
  const train = trainMetric === undefined ? undefined : job.metrics[trainMetric];
  if (trainMetric === undefined || validation === undefined || train === undefined) return undefined;
  const measured = { metric: trainMetric.replace(/^.*?train[:_-]/i, ''), train, validation };
  const curve = (name: string) =>
    curves.find((one) => one.job === job.name && one.metric === name && one.unit === 'round')?.points;
  const rounds = roundsOf(curve(metric), curve(trainMetric), type);
  const gap = type === 'Minimize' ? validation - train : train - validation;
  const isLost = rounds?.isLost && patience === undefined;
  const verdict = isLost ? 'overfits' : gap > GAP_SHARE * Math.abs(validation) ? 'gap' : 'close';
  return {
    ...measured,
    verdict,
    ...(rounds && {
      bestRound: rounds.bestRound,
      bestValidation: rounds.bestValidation,
      rounds: rounds.rounds,
    }),
    ...(patience !== undefined && { patience }),
  };
}

type Points = LearningCurve['points'];

function roundsOf(validation: Points | undefined, train: Points | undefined, type: ObjectiveType) {
  const first = validation?.[0];
  const last = validation?.at(-1);
  const trainLast = train?.at(-1);
  if (!validation || !first || !last || !train || !trainLast || validation.length < MIN_ROUNDS) {
    return undefined;
  }
  const best = validation.reduce((one, other) => (isBetter(other[1], one[1], type) ? other : one));
  const trainAtBest = train.find(([round]) => round >= best[0]) ?? trainLast;
  const lost = Math.abs(last[1] - best[1]);
  const won = Math.abs(best[1] - first[1]);
  return {
    bestRound: best[0],
    bestValidation: best[1],
    rounds: last[0],
    isLost: lost > LOST_SHARE * won && isBetter(trainLast[1], trainAtBest[1], type),
  };
}
