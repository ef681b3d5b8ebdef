import type { HyperparameterRule, ObjectiveMetricRule } from '../algorithm-rules';
import { AUTOGLUON } from './autogluon';
import { CATBOOST } from './catboost';
import { LIGHTGBM } from './lightgbm';
import { TABTRANSFORMER } from './tabtransformer';

/**
 * What the developer guide says about one of SageMaker's tabular algorithms and its hub document does not.
 * They ship as a framework image and a script: where those are is in the hub document alone.
 *
 * Bounds: the guide writes most ranges in parentheses, which it does not mean as exclusive (it recommends
 * tuning `n_blocks` of range (1, 12) from 1 to 12). An end of a range is left out only where the library
 * itself refuses it.
 *
 * Directions: as the metric has it. The guide has some losses to be maximized (`binary_logloss`, `Logloss`,
 * `multi_logloss`, `MultiClass`), which would find the worst model.
 */
export interface TabularAlgorithm {
  /** Ids of the JumpStart models, by what they learn. */
  readonly modelIds: Readonly<Record<TabularTask, string>>;
  /** Bounds of those hyperparameters for which a hub document has none. */
  readonly hyperparameters: readonly HyperparameterRule[];
  readonly metrics: readonly TabularMetric[];
  /** The hyperparameter that names the metric to evaluate. */
  readonly metricHyperparameter?: string;
  /** Whether it trains on one instance only. */
  readonly singleInstance?: boolean;
  /** Checks over several hyperparameters; one message a problem. */
  checkTogether?(values: Readonly<Record<string, string>>): string[];
}

/** What a tabular algorithm learns. */
export type TabularTask = 'classification' | 'regression';

/** A metric that a tabular algorithm prints. */
export interface TabularMetric extends ObjectiveMetricRule {
  readonly regex: string;
  /** What it can be printed for. */
  readonly task: TabularTask;
}

const ALGORITHMS: readonly TabularAlgorithm[] = [LIGHTGBM, CATBOOST, TABTRANSFORMER, AUTOGLUON];

/** The tabular algorithm that a JumpStart model is, or undefined. */
export function tabularModel(
  modelId: string | undefined,
): { algorithm: TabularAlgorithm; metrics: TabularMetric[] } | undefined {
  for (const algorithm of ALGORITHMS) {
    for (const [task, id] of Object.entries(algorithm.modelIds)) {
      if (id === modelId)
        return { algorithm, metrics: algorithm.metrics.filter((metric) => metric.task === task) };
    }
  }
  return undefined;
}
