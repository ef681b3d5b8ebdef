import type { HyperparameterRule, ObjectiveMetricRule } from '../algorithm-rules';
import { AUTOGLUON } from './autogluon';
import { CATBOOST } from './catboost';
import { LIGHTGBM } from './lightgbm';
import { TABTRANSFORMER } from './tabtransformer';

/**
 * Facts about one of SageMaker's tabular algorithms. The source is the developer guide, because the algorithm's hub
 * document does not have these facts. Each tabular algorithm consists of a framework image and a script. Only the hub
 * document has their locations.
 *
 * Bounds: the developer guide writes most ranges in parentheses, but the bounds are inclusive. For example, `n_blocks`
 * has the range (1, 12), and the guide recommends tuning it from 1 to 12. A bound is exclusive here only if the
 * algorithm itself rejects the value.
 *
 * Directions: the natural direction of the metric. The guide says to maximize some losses (`binary_logloss`, `Logloss`,
 * `multi_logloss`, `MultiClass`), which would find the worst model.
 */
export interface TabularAlgorithm {
  /** IDs of the JumpStart models, by task. */
  readonly modelIds: Readonly<Record<TabularTask, string>>;
  /** Hyperparameters whose bounds are not in the hub document. */
  readonly hyperparameters: readonly HyperparameterRule[];
  readonly metrics: readonly TabularMetric[];
  /** The hyperparameter that selects the metric to evaluate. */
  readonly metricHyperparameter?: string;
  /** Whether the algorithm supports only one instance. */
  readonly singleInstance?: boolean;
  /** Checks several hyperparameters together. Returns one message for each problem. */
  checkTogether?(values: Readonly<Record<string, string>>): string[];
}

/** The task of a tabular algorithm. */
export type TabularTask = 'classification' | 'regression';

/** A metric that a tabular algorithm prints. */
export interface TabularMetric extends ObjectiveMetricRule {
  readonly regex: string;
  /** The task for which the algorithm prints the metric. */
  readonly task: TabularTask;
}

const ALGORITHMS: readonly TabularAlgorithm[] = [LIGHTGBM, CATBOOST, TABTRANSFORMER, AUTOGLUON];

/** The tabular algorithm of a JumpStart model; undefined for other models. */
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
