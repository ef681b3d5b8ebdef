/**
 * Prices, and limits on the instance time and cost of one execution.
 *
 * The library has no price list, because prices change and depend on the region: give the prices of your account.
 */
export interface CostOptions {
  /**
   * Price of each instance type for one hour, in a currency of your choice, such as `{ 'ml.m5.xlarge': 0.23 }`. Give
   * the on-demand price even for spot instances, because the spot price never exceeds it.
   *
   * @see https://aws.amazon.com/sagemaker/ai/pricing/
   * @default - no prices: the bound has the instance time, but no cost
   */
  readonly pricePerHour?: { [instanceType: string]: number };
  /**
   * Price of one GiB of an instance's storage volume for a month of 30 days, in the currency of `pricePerHour`.
   *
   * @default 0
   */
  readonly volumePricePerMonth?: number;
  /**
   * Maximum cost of one execution, in the currency of `pricePerHour`. An execution that could cost more fails with
   * `InvalidInput` before a job starts. If the properties already allow more, synth fails. Needs `pricePerHour`. For a
   * `TuningFleet`, this is the maximum for all items of an execution together.
   *
   * @default - no limit
   */
  readonly maxCost?: number;
  /**
   * Maximum instance time of one execution, in hours: a job that runs for two hours on three instances uses six hours.
   * An execution that could use more hours fails with `InvalidInput` before a job starts. If the properties already
   * allow more hours, synth fails. For a `TuningFleet`, this is the maximum for all items of an execution together.
   *
   * @default - no limit
   */
  readonly maxInstanceHours?: number;
}

/**
 * The maximum instance time and cost of one execution with the input `{}`, if every job runs for its maximum run time.
 * For the chain of a `TuningFleet`, this is the maximum for one item that has only an `id`.
 *
 * The bound covers all training jobs: those of the search, of the cross-validation and of the final training. A job can
 * take 120 seconds longer than its maximum run time, because SageMaker gives it that time to stop. The bound does not
 * cover:
 *
 * - the upload of the model after the training: AWS charges for the upload, and does not document whether the maximum
 *   run time includes it.
 * - the transform job of an evaluation: SageMaker does not limit its run time.
 * - other services: Step Functions, AWS Lambda, Amazon S3, Amazon CloudWatch and data transfer.
 * - redrives: a redrive can use the same amount again.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html
 */
export class CostBound {
  /** @internal */
  static _of(bound: { instanceSeconds: number; cost?: number; calculation: string }): CostBound {
    return new CostBound(bound.instanceSeconds, bound.calculation, bound.cost);
  }

  private constructor(
    /** Instance time in seconds. */
    readonly instanceSeconds: number,
    /** The calculation of the bound, as a readable string. */
    readonly calculation: string,
    /** Cost, in the currency of `pricePerHour`; undefined without prices. */
    readonly cost?: number,
  ) {}
}
