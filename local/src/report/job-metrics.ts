import { OBJECTIVE_METRIC, type TrainingJobDescription } from '../services';

/** The last value of a metric. */
export interface FinalMetric {
  readonly MetricName: string;
  readonly Value: number;
}

const SEPARATORS = /[\s:._/-]+/g;
/** Words in metric names that identify a data set. */
const DATA_SETS: ReadonlySet<string> = new Set(
  'train training valid validation val test eval evaluation dev'.split(' '),
);
const TRAINING = /train/i;

/** The metrics that an algorithm reports, without SageMaker's copy of the objective metric. */
export function reportedMetrics({
  FinalMetricDataList: metrics = [],
}: Pick<TrainingJobDescription, 'FinalMetricDataList'>): FinalMetric[] {
  return metrics.filter(({ MetricName }) => MetricName !== OBJECTIVE_METRIC);
}

/**
 * Finds the same metric on other data, for example `train:rmse` for `validation:rmse`. Prefers training data.
 */
export function counterpartOf(objective: string, metrics: readonly FinalMetric[]): FinalMetric | undefined {
  const others = metrics.filter(
    ({ MetricName: name }) => name !== objective && measureOf(name) === measureOf(objective),
  );
  return others.find(({ MetricName }) => TRAINING.test(MetricName)) ?? others[0];
}

/** The name of a metric without its data set: `rmse` for `validation:rmse`, `loss` for `valLoss`. */
function measureOf(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(SEPARATORS)
    .filter((word) => !DATA_SETS.has(word))
    .join(' ');
}
