import { Token } from 'aws-cdk-lib';
import { NUMBER_GROUP } from '../../private/metric-regex';
import type { TabularAlgorithm, TabularMetric } from './tabular-model';

// Sources: SageMaker developer guide, "LightGBM hyperparameters" and "Tune a LightGBM model"
// (awsdocs/amazon-sagemaker-developer-guide, doc_source/lightgbm-hyperparameters.md and lightgbm-tuning.md). Source for
// the exclusive lower bounds (1 for num_leaves and max_bin, else 0): microsoft/LightGBM, docs/Parameters.rst.

/** SageMaker's LightGBM. */
export const LIGHTGBM: TabularAlgorithm = {
  modelIds: { classification: 'lightgbm-classification-model', regression: 'lightgbm-regression-model' },
  metricHyperparameter: 'metric',
  hyperparameters: [
    { name: 'num_boost_round', type: 'integer', min: 1 },
    { name: 'early_stopping_rounds', type: 'integer' },
    {
      name: 'metric',
      type: 'categorical',
      values: [
        'auto',
        'rmse',
        'l1',
        'l2',
        'huber',
        'fair',
        'binary_logloss',
        'binary_error',
        'auc',
        'average_precision',
        'multi_logloss',
        'multi_error',
        'auc_mu',
        'cross_entropy',
      ],
    },
    { name: 'learning_rate', type: 'continuous', minExclusive: 0, max: 1 },
    { name: 'num_leaves', type: 'integer', minExclusive: 1, max: 131_072 },
    { name: 'feature_fraction', type: 'continuous', minExclusive: 0, max: 1 },
    { name: 'bagging_fraction', type: 'continuous', minExclusive: 0, max: 1 },
    { name: 'bagging_freq', type: 'integer', min: 0 },
    { name: 'max_depth', type: 'integer' },
    { name: 'min_data_in_leaf', type: 'integer', min: 0 },
    { name: 'max_delta_step', type: 'continuous' },
    { name: 'lambda_l1', type: 'continuous', min: 0 },
    { name: 'lambda_l2', type: 'continuous', min: 0 },
    { name: 'boosting', type: 'categorical', values: ['gbdt', 'rf', 'dart', 'goss'] },
    { name: 'min_gain_to_split', type: 'continuous', min: 0 },
    { name: 'scale_pos_weight', type: 'continuous', minExclusive: 0 },
    { name: 'tree_learner', type: 'categorical', values: ['serial', 'feature', 'data', 'voting'] },
    // The guide gives the type as integer, but the range as 0.0 to 1.0.
    { name: 'feature_fraction_bynode', type: 'continuous', minExclusive: 0, max: 1 },
    { name: 'is_unbalance', type: 'categorical', values: ['True', 'False'] },
    { name: 'max_bin', type: 'integer', minExclusive: 1 },
    { name: 'tweedie_variance_power', type: 'continuous', min: 1, maxExclusive: 2 },
    { name: 'num_threads', type: 'integer', min: 0 },
    { name: 'verbosity', type: 'integer' },
  ],
  metrics: [
    metric('rmse', 'Minimize', 'regression'),
    metric('l1', 'Minimize', 'regression'),
    metric('l2', 'Minimize', 'regression'),
    metric('huber', 'Minimize', 'regression'),
    metric('fair', 'Minimize', 'regression'),
    metric('binary_logloss', 'Minimize', 'classification'),
    metric('binary_error', 'Minimize', 'classification'),
    metric('auc', 'Maximize', 'classification'),
    metric('average_precision', 'Maximize', 'classification'),
    metric('multi_logloss', 'Minimize', 'classification'),
    metric('multi_error', 'Minimize', 'classification'),
    metric('auc_mu', 'Maximize', 'classification'),
    metric('cross_entropy', 'Minimize', 'classification'),
  ],
  checkTogether(values) {
    const weight = values['scale_pos_weight'];
    if (values['is_unbalance'] !== 'True' || weight === undefined || Token.isUnresolved(weight)) return [];
    if (Number(weight) === 1) return [];
    return ['hyperparameters.scale_pos_weight: cannot be used with is_unbalance True'];
  },
};

/** The developer guide's regular expression, `([0-9\\.]+)`, is not used, because it does not match exponents. */
function metric(
  name: string,
  direction: TabularMetric['direction'],
  task: TabularMetric['task'],
): TabularMetric {
  return { name, direction, task, regex: `${name}: ${NUMBER_GROUP}` };
}
