import { requireShape, struct, text } from '../private/shape';

/** The objective of a tuning job: a metric that the training jobs report, and whether to minimize or maximize it. */
export class Objective {
  /**
   * Minimizes a metric.
   *
   * @param metric name of the metric, such as `validation:rmse`; 1 to 255 characters
   */
  static minimize(metric: string): Objective {
    return new Objective(metric, 'Minimize');
  }

  /**
   * Maximizes a metric.
   *
   * @param metric name of the metric, such as `validation:auc`; 1 to 255 characters
   */
  static maximize(metric: string): Objective {
    return new Objective(metric, 'Maximize');
  }

  private constructor(
    /** Name of the metric. */
    readonly metric: string,
    /** `Minimize` or `Maximize`, as in the SageMaker API. */
    readonly type: string,
  ) {
    requireShape('Objective', struct({ metric: text }), { metric });
  }

  /** @internal */
  _render(): Record<string, unknown> {
    return { Type: this.type, MetricName: this.metric };
  }
}
