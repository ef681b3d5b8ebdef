import { number, requireShape, struct } from './private/shape';

/**
 * How many items of a `TuningFleet` can fail. If more items fail, the execution fails with
 * `States.ExceedToleratedFailureThreshold`, and Step Functions stops the items that are still running.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html (`ToleratedFailureCount`,
 * `ToleratedFailurePercentage`)
 */
export class ToleratedFailures {
  /**
   * A number of items.
   *
   * @param items a whole number; 0 tolerates no failure
   */
  static count(items: number): ToleratedFailures {
    requireShape('ToleratedFailures.count', struct({ items: number }), { items });
    return new ToleratedFailures('count', items);
  }

  /**
   * A percentage of all items.
   *
   * @param percentage a number from 0 to 100; 100 tolerates any number of failures
   */
  static percentage(percentage: number): ToleratedFailures {
    requireShape('ToleratedFailures.percentage', struct({ percentage: number }), { percentage });
    return new ToleratedFailures('percentage', percentage);
  }

  private constructor(
    /** @internal */
    readonly _unit: 'count' | 'percentage',
    /** @internal */
    readonly _value: number,
  ) {}
}
