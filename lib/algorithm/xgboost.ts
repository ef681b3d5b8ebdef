import { Token } from 'aws-cdk-lib';
import { XGBOOST_VERSION } from '../private/aws-shapes';
import { validationError } from '../private/problems';
import { regionalImage, requireAccount } from '../private/registry';
import { optional, requireShape, struct, text } from '../private/shape';
import { type AlgorithmDefinition, USUAL_CHANNELS } from './algorithm-definition';
import type { AlgorithmRules } from './algorithm-rules';
import { XGBOOST_COMBINATIONS } from './xgboost-combinations';
import { PREDICTION_HYPERPARAMETERS, problemOfXGBoost } from './xgboost-evaluation';
import {
  XGBOOST_HYPERPARAMETERS,
  XGBOOST_LARGEST_INTEGER,
  XGBOOST_OBJECTIVE_METRICS,
  XGBOOST_VALUES_OF_VERSIONS,
} from './xgboost-hyperparameters';
import { XGBOOST_ACCOUNTS, XGBOOST_IMAGES, XGBOOST_REPOSITORY } from './xgboost-images';
import type { XGBoostOptions } from './xgboost-options';

const OPTIONS = struct<XGBoostOptions>({
  version: XGBOOST_VERSION,
  registryAccount: optional(text),
});

/**
 * Hyperparameter that lists the metrics to evaluate. Without a tuning objective, early stopping uses the last metric in
 * the list.
 */
const METRIC_LIST = 'eval_metric';

/** SageMaker's XGBoost in algorithm mode. */
export function xgboost(options: XGBoostOptions): AlgorithmDefinition {
  requireShape('Algorithm.xgboost', OPTIONS, options);
  requireAccount('Algorithm.xgboost', options.registryAccount);
  const { version } = options.version;
  const image = XGBOOST_IMAGES.find((candidate) => candidate.version === version);
  if (!image && !Token.isUnresolved(version) && !options.registryAccount) {
    const known = XGBOOST_IMAGES.map((candidate) => candidate.version).join(', ');
    throw validationError(
      `XGBoost version "${version}" is not known: use one of ${known}, or, if SageMaker has this version, give registryAccount too`,
    );
  }
  return {
    title: `XGBoost ${version}`,
    channelNames: USUAL_CHANNELS,
    bind: (scope) => ({
      image: regionalImage(scope, {
        title: "SageMaker's XGBoost",
        repository: XGBOOST_REPOSITORY,
        tag: image?.tag ?? version,
        accounts: XGBOOST_ACCOUNTS,
        mappingId: 'SageMakerXGBoostRegistry',
        account: options.registryAccount,
      }),
    }),
    // An image version that is newer than this library, or known only at deploy time, has no rules.
    rules: image && rules(version),
    defaultHyperparameters(objectiveMetric): Record<string, string> {
      // In a tuning job, the container adds the objective metric to the evaluation. The final training has no objective
      // metric, so without this default, the container would print a different metric.
      const metric = /^validation:(.+)$/.exec(objectiveMetric)?.[1];
      if (metric === undefined) return {};
      // Without the hyperparameter objective, the container's validation of eval_metric fails with a KeyError, although
      // XGBoost itself has a default objective (aws/sagemaker-xgboost-container,
      // algorithm_mode/hyperparameter_validation.py).
      return { [METRIC_LIST]: metric, objective: 'reg:squarederror' };
    },
    metricList: METRIC_LIST,
    serving: {
      problemOf: problemOfXGBoost,
      weights: 'csv_weights',
      predictionHyperparameters: PREDICTION_HYPERPARAMETERS,
    },
    crossValidation: {
      folds: '_kfold',
      rounds: '_num_cv_round',
      problem: image && !isAtLeast3(version) ? FOLDS_PROBLEM : undefined,
    },
    withoutValidation: {
      earlyStopping: { patience: 'early_stopping_rounds', rounds: 'num_round' },
      foldersProblem: image && !isAtLeast3(version) ? FOLDERS_PROBLEM : undefined,
    },
  };
}

function rules(version: string): AlgorithmRules {
  const offered = (rule: { since?: string; until?: string } = {}) =>
    (rule.since === undefined || release(rule.since) <= release(version)) &&
    (rule.until === undefined || release(rule.until) >= release(version));
  const objectiveMetrics = XGBOOST_OBJECTIVE_METRICS.filter(offered);
  const metrics = objectiveMetrics.map(({ name }) => name.replace(/^validation:/, ''));
  return {
    title: `XGBoost ${version}`,
    hyperparameters: XGBOOST_HYPERPARAMETERS.filter(offered).map((rule) => ({
      ...rule,
      ...(rule.type === 'integer' &&
        rule.maxExclusive === undefined && { max: rule.max ?? XGBOOST_LARGEST_INTEGER }),
      ...(rule.values && {
        values: rule.values.filter((value) => offered(XGBOOST_VALUES_OF_VERSIONS[value])),
      }),
      ...(rule.name === METRIC_LIST && { values: metrics }),
    })),
    objectiveMetrics,
    combinations: XGBOOST_COMBINATIONS.filter(offered),
  };
}

/** Images before 3.0-5 may read the files of only one folder. They would then train a model on part of the data. */
const FOLDERS_PROBLEM =
  'its image may read only one of several folders in a channel; version 3.0-5 and later read all of them';

/**
 * Images before 3.0-5 may compute the metrics of a fold on all validation rows, although the fold's model was trained
 * on most of these rows.
 */
const FOLDS_PROBLEM =
  'its image may evaluate the model of a fold on rows that it was trained on; version 3.0-5 and later use only the held-out rows';

/**
 * Whether the image is known to contain the fixes of June 2023, which version 3.0-5 was the first to contain.
 *
 * @see https://github.com/aws/sagemaker-xgboost-container/pull/396 (folders of a channel)
 * @see https://github.com/aws/sagemaker-xgboost-container/pull/398 (metrics of folds)
 */
function isAtLeast3(version: string): boolean {
  return release(version) >= release('3.0-5');
}

function release(version: string): number {
  return XGBOOST_IMAGES.findIndex((image) => image.version === version);
}
