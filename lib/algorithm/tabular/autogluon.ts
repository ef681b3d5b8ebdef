import { Token } from 'aws-cdk-lib';
import type { TabularAlgorithm } from './tabular-model';

// Source: SageMaker developer guide, "AutoGluon-Tabular hyperparameters"
// (awsdocs/amazon-sagemaker-developer-guide, doc_source/autogluon-tabular-hyperparameters.md). The guide has neither
// regular expressions for metrics nor ranges to tune, so metrics come from the hub document or from the user.

const BOOLEAN = ['True', 'False'];

/** SageMaker's AutoGluon-Tabular. */
export const AUTOGLUON: TabularAlgorithm = {
  modelIds: {
    classification: 'autogluon-classification-ensemble',
    regression: 'autogluon-regression-ensemble',
  },
  // doc_source/autogluon-tabular.md: "single-instance CPU and single-instance GPU training".
  singleInstance: true,
  hyperparameters: [
    { name: 'eval_metric', type: 'text' },
    {
      name: 'presets',
      type: 'categorical',
      values: [
        'best_quality',
        'high_quality',
        'good_quality',
        'medium_quality',
        'optimize_for_deployment',
        'interpretable',
      ],
    },
    { name: 'auto_stack', type: 'categorical', values: BOOLEAN },
    {
      name: 'num_bag_folds',
      type: 'categorical',
      // 1 is not allowed, because bagging needs at least two folds.
      values: ['0', '2', '3', '4', '5', '6', '7', '8', '9', '10'],
    },
    { name: 'num_bag_sets', type: 'integer', min: 1, max: 20 },
    // The guide gives the type as float.
    { name: 'num_stack_levels', type: 'integer', min: 0, max: 3 },
    { name: 'refit_full', type: 'categorical', values: BOOLEAN },
    { name: 'set_best_to_refit_full', type: 'categorical', values: BOOLEAN },
    { name: 'save_space', type: 'categorical', values: BOOLEAN },
    { name: 'verbosity', type: 'integer', min: 0, max: 4 },
  ],
  metrics: [],
  checkTogether(values) {
    const { num_stack_levels: levels, num_bag_folds: folds, auto_stack: auto } = values;
    if ([auto, levels, folds].some((value) => Token.isUnresolved(value))) return [];
    if (auto === 'True' || !levels || Number(levels) === 0 || !folds || Number(folds) >= 2) return [];
    return [
      `hyperparameters.num_stack_levels: needs num_bag_folds of at least 2 (or auto_stack True), got num_bag_folds ${folds}`,
    ];
  },
};
