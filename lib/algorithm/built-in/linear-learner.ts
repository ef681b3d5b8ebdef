import type { HyperparameterRule } from '../algorithm-rules';
import { BOOLEANS, type BuiltInFacts, type BuiltInMetric, LABELED_CSV, RECORD_IO_PROTOBUF } from './facts';
import { BUILT_IN_REGISTRY } from './registry';
import { guide, imageSources, sdk } from './sources';

const AUTO = ['auto'];
const AUTO_OR_BOOLEAN = [...AUTO, ...BOOLEANS];
const CONTENT_TYPES = [RECORD_IO_PROTOBUF, ...LABELED_CSV];

/** Losses by predictor type, from the developer guide. `auto` is valid for every type. */
const LOSSES: Readonly<Record<string, readonly string[]>> = {
  binary_classifier: ['auto', 'logistic', 'hinge_loss'],
  multiclass_classifier: ['auto', 'softmax_loss'],
  regressor: [
    'auto',
    'squared_loss',
    'absolute_loss',
    'eps_insensitive_squared_loss',
    'eps_insensitive_absolute_loss',
    'quantile_loss',
    'huber_loss',
  ],
};
const ALL_LOSSES = [...new Set(Object.values(LOSSES).flat())];

// If the bounds in the guide and in the SDK differ, the library uses the wider bounds.
const HYPERPARAMETERS: readonly HyperparameterRule[] = [
  {
    name: 'predictor_type',
    type: 'categorical',
    values: ['binary_classifier', 'multiclass_classifier', 'regressor'],
    required: true,
  },
  { name: 'num_classes', type: 'integer', min: 3, max: 1_000_000 },
  { name: 'accuracy_top_k', type: 'integer', min: 1, max: 1_000_000 },
  { name: 'balance_multiclass_weights', type: 'categorical', values: BOOLEANS },
  { name: 'beta_1', type: 'continuous', min: 0, maxExclusive: 1, words: AUTO },
  { name: 'beta_2', type: 'continuous', min: 0, maxExclusive: 1, words: AUTO },
  { name: 'bias_lr_mult', type: 'continuous', minExclusive: 0, words: AUTO },
  { name: 'bias_wd_mult', type: 'continuous', min: 0, words: AUTO },
  {
    name: 'binary_classifier_model_selection_criteria',
    type: 'categorical',
    values: [
      'accuracy',
      'f1',
      'f_beta',
      'precision_at_target_recall',
      'recall_at_target_precision',
      'cross_entropy_loss',
      'loss_function',
    ],
  },
  { name: 'early_stopping_patience', type: 'integer', min: 1 },
  { name: 'early_stopping_tolerance', type: 'continuous', minExclusive: 0 },
  { name: 'epochs', type: 'integer', min: 1 },
  { name: 'f_beta', type: 'continuous', minExclusive: 0 },
  { name: 'feature_dim', type: 'integer', min: 1, words: AUTO },
  { name: 'huber_delta', type: 'continuous', min: 0 },
  { name: 'init_bias', type: 'continuous' },
  { name: 'init_method', type: 'categorical', values: ['uniform', 'normal'] },
  { name: 'init_scale', type: 'continuous', minExclusive: 0 },
  { name: 'init_sigma', type: 'continuous', minExclusive: 0 },
  { name: 'l1', type: 'continuous', min: 0, words: AUTO, tunable: true },
  { name: 'learning_rate', type: 'continuous', minExclusive: 0, words: AUTO, tunable: true },
  { name: 'loss', type: 'categorical', values: ALL_LOSSES },
  { name: 'loss_insensitivity', type: 'continuous', minExclusive: 0 },
  { name: 'lr_scheduler_factor', type: 'continuous', minExclusive: 0, maxExclusive: 1, words: AUTO },
  { name: 'lr_scheduler_minimum_lr', type: 'continuous', minExclusive: 0, words: AUTO },
  { name: 'lr_scheduler_step', type: 'integer', min: 1, words: AUTO },
  { name: 'margin', type: 'continuous', min: 0 },
  { name: 'mini_batch_size', type: 'integer', min: 1, tunable: true },
  { name: 'momentum', type: 'continuous', min: 0, maxExclusive: 1, words: AUTO },
  { name: 'normalize_data', type: 'categorical', values: AUTO_OR_BOOLEAN },
  { name: 'normalize_label', type: 'categorical', values: AUTO_OR_BOOLEAN },
  { name: 'num_calibration_samples', type: 'integer', min: 1, words: AUTO },
  { name: 'num_models', type: 'integer', min: 1, words: AUTO },
  { name: 'num_point_for_scaler', type: 'integer', min: 1 },
  { name: 'optimizer', type: 'categorical', values: ['auto', 'sgd', 'adam', 'rmsprop'] },
  {
    name: 'positive_example_weight_mult',
    type: 'continuous',
    minExclusive: 0,
    words: ['auto', 'balanced'],
    tunable: true,
  },
  { name: 'quantile', type: 'continuous', minExclusive: 0, maxExclusive: 1 },
  { name: 'target_precision', type: 'continuous', minExclusive: 0, maxExclusive: 1 },
  { name: 'target_recall', type: 'continuous', minExclusive: 0, maxExclusive: 1 },
  { name: 'unbias_data', type: 'categorical', values: AUTO_OR_BOOLEAN },
  { name: 'unbias_label', type: 'categorical', values: AUTO_OR_BOOLEAN },
  { name: 'use_bias', type: 'categorical', values: BOOLEANS, tunable: true },
  { name: 'use_lr_scheduler', type: 'categorical', values: BOOLEANS },
  { name: 'wd', type: 'continuous', min: 0, words: AUTO, tunable: true },
];

const REGRESSOR = ['regressor'];
const BINARY = ['binary_classifier'];
const MULTICLASS = ['multiclass_classifier'];

// The metrics of the `test` channel are left out, because data that a search uses for tuning is no longer test data.
const METRICS: readonly BuiltInMetric[] = [
  { name: 'validation:absolute_loss', direction: 'Minimize', predictorTypes: REGRESSOR },
  { name: 'validation:binary_classification_accuracy', direction: 'Maximize', predictorTypes: BINARY },
  { name: 'validation:binary_f_beta', direction: 'Maximize', predictorTypes: BINARY },
  { name: 'validation:dcg', direction: 'Maximize', predictorTypes: MULTICLASS },
  { name: 'validation:macro_f_beta', direction: 'Maximize', predictorTypes: MULTICLASS },
  { name: 'validation:macro_precision', direction: 'Maximize', predictorTypes: MULTICLASS },
  { name: 'validation:macro_recall', direction: 'Maximize', predictorTypes: MULTICLASS },
  { name: 'validation:mse', direction: 'Minimize', predictorTypes: REGRESSOR },
  { name: 'validation:multiclass_accuracy', direction: 'Maximize', predictorTypes: MULTICLASS },
  { name: 'validation:multiclass_top_k_accuracy', direction: 'Maximize', predictorTypes: MULTICLASS },
  { name: 'validation:objective_loss', direction: 'Minimize' },
  { name: 'validation:precision', direction: 'Maximize', predictorTypes: BINARY },
  { name: 'validation:recall', direction: 'Maximize', predictorTypes: BINARY },
  { name: 'validation:roc_auc_score', direction: 'Maximize', predictorTypes: BINARY },
];

/** Linear models for regression and classification. */
export const LINEAR_LEARNER: BuiltInFacts = {
  title: 'Linear Learner',
  repository: 'linear-learner',
  tag: '1',
  registry: BUILT_IN_REGISTRY,
  channelNames: { train: 'train', validation: 'validation' },
  data: { train: { contentTypes: CONTENT_TYPES }, validation: { contentTypes: CONTENT_TYPES } },
  instances: { several: true, gpu: true },
  hyperparameters: HYPERPARAMETERS,
  objectiveMetrics: METRICS,
  checkTogether,
  sources: [
    ...imageSources('linear-learner'),
    guide('data, channels, instances', 'linear-learner', '069d5bb74b4f584c320740338d532cdb14618371'),
    guide('hyperparameters', 'll_hyperparameters', '85e9604663929f2f9108b8c13f0c64b3f6127039'),
    sdk('linear_learner'),
    guide(
      'objective metrics, tunable hyperparameters',
      'linear-learner-tuning',
      '1df5d0882660b24ce2b99b56fcd9e959b987069d',
    ),
  ],
};

function checkTogether(values: Readonly<Record<string, string>>): string[] {
  const { predictor_type: predictorType = '', loss } = values;
  const problems: string[] = [];
  if (predictorType === 'multiclass_classifier' && values['num_classes'] === undefined) {
    problems.push('hyperparameters.num_classes: is required with predictor_type multiclass_classifier');
  }
  const losses = LOSSES[predictorType];
  if (loss !== undefined && losses && ALL_LOSSES.includes(loss) && !losses.includes(loss)) {
    problems.push(
      `hyperparameters.loss: must be one of ${losses.join(', ')} with predictor_type ${predictorType}, got ${loss}`,
    );
  }
  return problems;
}
