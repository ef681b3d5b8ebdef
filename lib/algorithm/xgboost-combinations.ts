import { above, anyOf, type CombinationRule, given, missing, noneOf, severalOf } from './combination-rule';

// Sources of the rules without `since`: the container's own checks, in aws/sagemaker-xgboost-container. They consist of
// algorithm_mode/hyperparameter_validation.py, which is the same from 1.0-1 to 3.2-0, and of the validators that this
// Python file calls.
//
// Sources of the rules since 3.0-5: we ran the public code of image 3.2-0 (commit cb8df91) with XGBoost 3.2.0 for each
// combination of learning objective and metric, and recorded which combinations failed. Some failures depend on the
// labels, such as map with labels other than 0 and 1. There are no rules for these failures.

const CLASSES = ['multi:softmax', 'multi:softprob'];

/** Metrics of predicted classes, which the container itself computes. */
const OF_CLASSES = [
  'accuracy',
  'balanced_accuracy',
  'f1',
  'f1_binary',
  'f1_macro',
  'precision',
  'precision_macro',
  'precision_micro',
  'recall',
  'recall_macro',
  'recall_micro',
];

/** Metrics for binary classification. */
const OF_TWO_CLASSES = ['f1_binary', 'precision', 'recall'];

/** Metrics that need one predicted value for each label. */
const OF_ONE_VALUE = [
  'error',
  'gamma-deviance',
  'gamma-nloglik',
  'logloss',
  'map',
  'mape',
  'ndcg',
  'poisson-nloglik',
  'rmsle',
];

const GROW_TREES = ['grow_colmaker', 'distcol', 'grow_histmaker'];
const CHANGE_TREES = ['refresh', 'prune'];
const LINEAR = ['shotgun', 'coord_descent'];
const OTHER_UPDATERS = ['grow_skmaker', 'sync'];

const SINCE_3 = '3.0-5';

/** Combinations of hyperparameter values that fail with SageMaker's XGBoost. */
export const XGBOOST_COMBINATIONS: readonly CombinationRule[] = [
  {
    at: 'num_class',
    conditions: [anyOf('objective', ...CLASSES), missing('num_class')],
    message: 'is required with objective {objective}',
  },
  {
    at: 'num_class',
    conditions: [noneOf('objective', ...CLASSES), given('num_class')],
    message: 'is only for objectives multi:softmax and multi:softprob, got objective {objective}',
  },
  {
    at: 'objective',
    conditions: [
      anyOf('eval_metric', 'auc'),
      noneOf(
        'objective',
        'binary:logistic',
        'binary:logitraw',
        'binary:hinge',
        'rank:pairwise',
        'rank:ndcg',
        'rank:map',
      ),
    ],
    message: 'metric auc needs an objective binary:* or rank:*, got {objective}',
  },
  {
    at: 'eval_metric',
    conditions: [anyOf('eval_metric', 'aft-nloglik', 'interval-regression-accuracy')],
    message:
      '{eval_metric} needs labels with a lower and an upper bound, which the container cannot read: use another metric',
  },
  {
    at: 'objective',
    conditions: [anyOf('objective', 'survival:aft')],
    message:
      'survival:aft needs labels with a lower and an upper bound, which the container cannot read: use another objective, such as survival:cox',
  },
  {
    at: 'eval_metric',
    conditions: [anyOf('eval_metric', 'tweedie-nloglik')],
    message:
      'tweedie-nloglik needs a variance power (tweedie-nloglik@1.5), which the container does not take: use another metric, such as rmse',
    since: SINCE_3,
  },
  {
    at: 'objective',
    conditions: [anyOf('eval_metric', ...OF_ONE_VALUE), anyOf('objective', ...CLASSES)],
    message:
      'metric {eval_metric} fails with {objective}, which predicts a value for each class: use merror or mlogloss',
    since: SINCE_3,
  },
  {
    at: 'objective',
    conditions: [anyOf('eval_metric', 'mae', 'mse', 'rmse', 'r2'), anyOf('objective', 'multi:softprob')],
    message:
      'metric {eval_metric} fails with {objective}, which predicts a value for each class: use merror or mlogloss',
    since: SINCE_3,
  },
  {
    at: 'objective',
    // reg:logistic is left out, because the training works with labels between 0 and 1.
    conditions: [anyOf('eval_metric', 'merror', 'mlogloss'), noneOf('objective', ...CLASSES, 'reg:logistic')],
    message: 'metric {eval_metric} needs objective multi:softmax or multi:softprob, got {objective}',
    since: SINCE_3,
  },
  {
    at: 'eval_metric',
    conditions: [
      anyOf('eval_metric', ...OF_TWO_CLASSES),
      anyOf('objective', ...CLASSES),
      given('num_class'),
      noneOf('num_class', '2'),
    ],
    message:
      '{eval_metric} is for two classes, got num_class {num_class}: use f1_macro, precision_macro or recall_macro',
    since: SINCE_3,
  },
  {
    at: 'monotone_constraints',
    conditions: [given('monotone_constraints'), noneOf('tree_method', 'exact', 'hist')],
    message: 'needs tree_method exact or hist, got tree_method {tree_method}',
  },
  {
    at: 'interaction_constraints',
    conditions: [given('interaction_constraints'), noneOf('tree_method', 'exact', 'hist', 'approx')],
    message: 'needs tree_method exact, hist or approx, got tree_method {tree_method}',
  },
  {
    at: 'interaction_constraints',
    conditions: [given('interaction_constraints')],
    message:
      'XGBoost 3 expects constraints with feature names, but data in the container has none (as of the public code): the training jobs may fail. Try one training job first',
    warning: 'interactionConstraints',
    since: SINCE_3,
  },
  {
    at: 'updater',
    conditions: [
      anyOf('booster', 'gblinear'),
      anyOf('updater', ...GROW_TREES, ...CHANGE_TREES, ...OTHER_UPDATERS),
    ],
    message: 'must be shotgun or coord_descent with booster gblinear, got {updater}',
  },
  {
    at: 'updater',
    conditions: [anyOf('booster', 'gblinear'), severalOf('updater', ...LINEAR)],
    message: 'must be one of shotgun and coord_descent with booster gblinear, got {updater}',
  },
  {
    at: 'updater',
    conditions: [noneOf('booster', 'gblinear'), anyOf('updater', ...LINEAR)],
    message: '{updater} is only for booster gblinear, got booster {booster}',
  },
  {
    at: 'updater',
    conditions: [noneOf('booster', 'gblinear'), severalOf('updater', ...GROW_TREES)],
    message: 'may list one of grow_colmaker, distcol and grow_histmaker, got {updater}',
  },
  {
    at: 'updater',
    conditions: [
      noneOf('booster', 'gblinear'),
      anyOf('process_type', 'update'),
      anyOf('updater', ...GROW_TREES, ...OTHER_UPDATERS),
    ],
    message: 'may list only refresh and prune with process_type update, got {updater}',
  },
  {
    at: 'updater',
    conditions: [
      noneOf('booster', 'gblinear'),
      noneOf('process_type', 'update'),
      anyOf('updater', ...CHANGE_TREES),
      noneOf('updater', ...GROW_TREES, ...OTHER_UPDATERS),
    ],
    message: '{updater} only changes trees: list one that grows them first, such as grow_histmaker',
    since: SINCE_3,
  },
  {
    at: 'process_type',
    conditions: [noneOf('booster', 'gblinear'), anyOf('process_type', 'update')],
    message: 'update needs a model to start from, and a training job of the built-in algorithm has none',
    since: SINCE_3,
  },
  {
    at: 'max_depth',
    conditions: [anyOf('tree_method', 'exact'), anyOf('max_depth', '0')],
    message: 'must be at least 1 with tree_method exact, got 0',
    since: SINCE_3,
  },
  {
    at: 'base_score',
    conditions: [anyOf('objective', 'binary:logistic', 'reg:logistic'), above('base_score', 1)],
    message: 'must be between 0 and 1 with objective {objective}, got {base_score}',
    since: SINCE_3,
  },
  {
    at: 'objective',
    conditions: [anyOf('eval_metric', ...OF_CLASSES), anyOf('objective', 'binary:logistic', 'reg:logistic')],
    message:
      'metric {eval_metric} never changes with {objective} in XGBoost 3 (as of the public code of the container): all predictions are above 0, which the container counts as class 1. Use logloss, error or aucpr (auc too with binary:logistic), or objective binary:hinge or binary:logitraw',
    warning: 'metricNeverChanges',
    since: SINCE_3,
  },
  {
    at: 'objective',
    conditions: [
      anyOf('eval_metric', ...OF_CLASSES),
      anyOf('objective', 'count:poisson', 'reg:gamma', 'reg:tweedie'),
    ],
    message:
      'metric {eval_metric} never changes with {objective} in XGBoost 3 (as of the public code of the container): all predictions are above 0, which the container counts as class 1. Use rmse or mae',
    warning: 'metricNeverChanges',
    since: SINCE_3,
  },
  {
    at: 'objective',
    conditions: [anyOf('eval_metric', ...OF_CLASSES), anyOf('objective', 'multi:softmax')],
    message:
      'metric {eval_metric} is wrong with multi:softmax in XGBoost 3 (as of the public code of the container): every class but 0 counts as class 1. Use merror or mlogloss, or objective multi:softprob',
    warning: 'metricOfTwoClasses',
    since: SINCE_3,
  },
];
