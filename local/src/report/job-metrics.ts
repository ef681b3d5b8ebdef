import { OBJECTIVE_METRIC, type TrainingJobDescription } from '../services';

/** A metric's last value. */
export interface FinalMetric {
  readonly MetricName: string;
  readonly Value: number;
}

const SEPARATORS = /[\s:._/-]+/g;
/** Words that name the data a metric was computed on. */
const DATA_SETS: ReadonlySet<string> = new Set(
  'train training valid validation val test eval evaluation dev'.split(' '),
);
const TRAINING = /train/i;

/** The metrics that an algorithm reports: without the copy of the objective that SageMaker adds. */
export function reportedMetrics({
  FinalMetricDataList: metrics = [],
}: Pick<TrainingJobDescription, 'FinalMetricDataList'>): FinalMetric[] {
  return metrics.filter(({ MetricName }) => MetricName !== OBJECTIVE_METRIC);
}

/**
 * The metric that measures the same as another one on other data: `train:rmse` for `validation:rmse`. Training data come
 * first.
 */
export function counterpartOf(objective: string, metrics: readonly FinalMetric[]): FinalMetric | undefined {
  const others = metrics.filter(
    ({ MetricName: name }) => name !== objective && measureOf(name) === measureOf(objective),
  );
  return others.find(({ MetricName }) => TRAINING.test(MetricName)) ?? others[0];
}

/** What a metric measures, without the data: `rmse` for `validation:rmse`, `loss` for `valLoss`. */
function measureOf(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(SEPARATORS)
    .filter((word) => !DATA_SETS.has(word))
    .join(' ');
}
