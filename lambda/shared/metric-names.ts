import type { Evaluation, ProblemType } from './evaluation';

/**
 * The metrics of each problem. Metrics that are also in SageMaker's model-quality statistics have the names of these
 * statistics. The first metric of a problem is its main metric, which the gate compares with the baseline and with the
 * approved version.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
 */
export const METRICS = {
  Regression: ['rmse', 'mse', 'mae', 'r2'],
  BinaryClassification: ['auc', 'au_prc', 'log_loss', 'brier_score', 'accuracy', 'f1', 'precision', 'recall'],
  MulticlassClassification: [
    'log_loss',
    'accuracy',
    'macro_f1',
    'weighted_f1',
    'macro_precision',
    'weighted_precision',
    'macro_recall',
    'weighted_recall',
  ],
  Ranking: ['ndcg', 'ndcg_at_10'],
} as const satisfies Readonly<Record<ProblemType, readonly string[]>>;

/** Metrics for which a lower value is better. */
const LOWER_IS_BETTER = ['rmse', 'mse', 'mae', 'log_loss', 'brier_score'];

export function isLowerBetter(metric: string): boolean {
  return LOWER_IS_BETTER.includes(metric);
}

/** The main metric of an evaluation. */
export function mainMetric({ problem, metrics }: Pick<Evaluation, 'problem' | 'metrics'>): string {
  // The log loss is undefined if the predictions are classes instead of probabilities.
  if (problem === 'MulticlassClassification' && metrics['log_loss']?.value === null) return 'accuracy';
  return METRICS[problem][0];
}
