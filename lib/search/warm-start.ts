import { list, requireShape, struct, text } from '../private/shape';

/**
 * What a tuning job learns from earlier ones.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-warm-start.html
 */
export class WarmStart {
  /**
   * The earlier tuning jobs had the same data and the same algorithm image: only the ranges, which
   * hyperparameters are tuned, and the number of training jobs may differ.
   *
   * @param tuningJobNames names of 1 to 5 tuning jobs that have ended
   */
  static identicalDataAndAlgorithm(tuningJobNames: string[] = []): WarmStart {
    return new WarmStart('IdenticalDataAndAlgorithm', tuningJobNames);
  }

  /**
   * The earlier tuning jobs may have had other data or another version of the image.
   *
   * @param tuningJobNames names of 1 to 5 tuning jobs that have ended
   */
  static transferLearning(tuningJobNames: string[] = []): WarmStart {
    return new WarmStart('TransferLearning', tuningJobNames);
  }

  private constructor(
    /** `IdenticalDataAndAlgorithm` or `TransferLearning`, as in the SageMaker API. */
    readonly type: string,
    /** Names of the earlier tuning jobs; none: only an execution's input names them. */
    readonly tuningJobNames: string[],
  ) {
    requireShape('WarmStart', struct({ tuningJobNames: list(text) }), { tuningJobNames });
  }
}
