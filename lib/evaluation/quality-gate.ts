import { QUALITY_GATE } from '../private/aws-shapes';
import { knownNumber, knownText, nonEmpty, optional, requireShape, struct } from '../private/shape';
import type { GateCondition } from './private/gate-condition';

const LIMIT = struct({ metric: knownText, value: knownNumber });

/** Options for the comparison with the approved model. */
export interface NoWorseThanApprovedOptions {
  /**
   * How much worse the final model can be than the approved model, in the unit of the metric.
   *
   * @default 0
   */
  readonly tolerance?: number;
  /**
   * The metric to compare, such as `rmse`.
   *
   * @default - the main metric of the problem: `rmse`, `auc`, `log_loss` (or `accuracy` without probabilities), `ndcg`
   */
  readonly metric?: string;
}

/**
 * Conditions that the final model must meet on the test data. `docs/evaluation-metrics.md` lists the metrics of each problem.
 *
 * @example
 * QualityGate.all(
 *   QualityGate.atMost('rmse', 0.3),
 *   QualityGate.betterThanBaseline(),
 *   QualityGate.noWorseThanApproved({ tolerance: 0.01 }),
 * );
 */
export class QualityGate {
  /**
   * A metric has at least a given value.
   *
   * @param metric the metric, such as `auc`
   * @param value the lowest value that passes
   */
  static atLeast(metric: string, value: number): QualityGate {
    requireShape('QualityGate.atLeast', LIMIT, { metric, value });
    return new QualityGate({ type: 'AtLeast', metric, value });
  }

  /**
   * A metric has at most a given value.
   *
   * @param metric the metric, such as `rmse`
   * @param value the highest value that passes
   */
  static atMost(metric: string, value: number): QualityGate {
    requireShape('QualityGate.atMost', LIMIT, { metric, value });
    return new QualityGate({ type: 'AtMost', metric, value });
  }

  /**
   * The model is better than a constant prediction: the mean or the most frequent class of the test data. The comparison uses
   * the main metric of the problem.
   */
  static betterThanBaseline(): QualityGate {
    return new QualityGate({ type: 'BetterThanBaseline' });
  }

  /**
   * The model is at most `tolerance` worse than the newest approved version of the model package group. Passes if the
   * group has no approved version. Needs `registry`.
   *
   * @param options the metric and the tolerance
   */
  static noWorseThanApproved(options: NoWorseThanApprovedOptions = {}): QualityGate {
    const shape = struct<NoWorseThanApprovedOptions>({
      tolerance: optional(knownNumber),
      metric: optional(knownText),
    });
    requireShape('QualityGate.noWorseThanApproved', struct({ options: shape }), { options });
    const { tolerance = 0, metric } = options;
    return new QualityGate({ type: 'NoWorseThanApproved', tolerance, metric });
  }

  /**
   * All conditions are met.
   *
   * @param gates the conditions, at least one
   */
  static all(...gates: QualityGate[]): QualityGate {
    return new QualityGate({ type: 'All', conditions: conditionsOf('QualityGate.all', gates) });
  }

  /**
   * At least one condition is met.
   *
   * @param gates the conditions, at least one
   */
  static any(...gates: QualityGate[]): QualityGate {
    return new QualityGate({ type: 'Any', conditions: conditionsOf('QualityGate.any', gates) });
  }

  private constructor(
    /** @internal */
    readonly _condition: GateCondition,
  ) {}
}

function conditionsOf(where: string, gates: readonly QualityGate[]): GateCondition[] {
  requireShape(where, struct({ gates: nonEmpty(QUALITY_GATE) }), { gates });
  return gates.map(({ _condition }) => _condition);
}
