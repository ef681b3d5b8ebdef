import type { AlgorithmDefinition } from './algorithm-definition';
import { xgboost } from './xgboost';
import type { XGBoostOptions } from './xgboost-options';

/** What is trained: a training image and what is known about it. */
export class Algorithm {
  /**
   * SageMaker's built-in XGBoost.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html
   */
  static xgboost(options: XGBoostOptions): Algorithm {
    return new Algorithm(xgboost(options));
  }

  private constructor(
    /** @internal */
    readonly _definition: AlgorithmDefinition,
  ) {}
}
