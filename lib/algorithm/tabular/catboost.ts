import { NUMBER_GROUP } from '../../private/metric-regex';
import type { TabularAlgorithm, TabularMetric } from './tabular-model';

// Sources: SageMaker developer guide, "CatBoost hyperparameters" and "Tune a CatBoost model" as on docs.aws.amazon.com
// (the 2023 copy, awsdocs/amazon-sagemaker-developer-guide, doc_source/catboost-*.md, has fewer hyperparameters). We
// could not read the end of the guide's table, from bagging_temperature on. Bounds for those hyperparameters come only
// from the hub document.

/** SageMaker's CatBoost. */
export const CATBOOST: TabularAlgorithm = {
  modelIds: { classification: 'catboost-classification-model', regression: 'catboost-regression-model' },
  metricHyperparameter: 'eval_metric',
  hyperparameters: [
    { name: 'iterations', type: 'integer', min: 1 },
    { name: 'early_stopping_rounds', type: 'integer' },
    { name: 'eval_metric', type: 'text' },
    { name: 'learning_rate', type: 'continuous', min: 0, max: 1 },
    { name: 'depth', type: 'integer', min: 1, max: 16 },
    { name: 'l2_leaf_reg', type: 'integer', min: 0 },
    { name: 'random_strength', type: 'continuous', min: 0 },
    { name: 'max_leaves', type: 'integer', min: 2, max: 64 },
    { name: 'rsm', type: 'continuous', min: 0, max: 1 },
    { name: 'sampling_frequency', type: 'categorical', values: ['PerTreeLevel', 'PerTree'] },
    { name: 'min_data_in_leaf', type: 'integer', min: 1 },
  ],
  metrics: [
    metric('RMSE', 'Minimize', 'regression'),
    metric('MAE', 'Minimize', 'regression'),
    metric('MedianAbsoluteError', 'Minimize', 'regression'),
    metric('R2', 'Maximize', 'regression'),
    metric('Logloss', 'Minimize', 'classification'),
    metric('Precision', 'Maximize', 'classification'),
    metric('Recall', 'Maximize', 'classification'),
    metric('F1', 'Maximize', 'classification'),
    metric('AUC', 'Maximize', 'classification'),
    metric('MultiClass', 'Minimize', 'classification'),
    metric('Accuracy', 'Maximize', 'classification'),
    metric('BalancedAccuracy', 'Maximize', 'classification'),
  ],
};

/**
 * CatBoost prints the best value of the metric that it evaluates, without the metric's name. The regular expression in
 * SageMaker's developer guide, `([0-9\\.]+)`, does not match signs and exponents.
 */
function metric(
  name: string,
  direction: TabularMetric['direction'],
  task: TabularMetric['task'],
): TabularMetric {
  return { name, direction, task, regex: `bestTest = ${NUMBER_GROUP}` };
}
