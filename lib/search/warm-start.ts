import { list, requireShape, struct, text } from '../private/shape';

/**
 * The earlier tuning jobs that a tuning job learns from, and the type of the warm start.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-warm-start.html
 */
export class WarmStart {
  /**
   * For earlier tuning jobs with the same data and the same algorithm image. Only the ranges, the choice of tuned
   * hyperparameters, and the number of training jobs can differ.
   *
   * @param tuningJobNames names of 1 to 5 tuning jobs that have ended; leave them out if each execution's input names them
   */
  static identicalDataAndAlgorithm(tuningJobNames: string[] = []): WarmStart {
    return new WarmStart('IdenticalDataAndAlgorithm', tuningJobNames);
  }

  /**
   * For earlier tuning jobs with different data or another version of the image.
   *
   * @param tuningJobNames names of 1 to 5 tuning jobs that have ended; leave them out if each execution's input names them
   */
  static transferLearning(tuningJobNames: string[] = []): WarmStart {
    return new WarmStart('TransferLearning', tuningJobNames);
  }

  /**
   * A warm start whose type is a JSONata string of the States Language.
   *
   * @internal
   */
  static _ofType(type: string): WarmStart {
    return new WarmStart(type, []);
  }

  private constructor(
    /** `IdenticalDataAndAlgorithm` or `TransferLearning`, as in the SageMaker API. */
    readonly type: string,
    /** Names of the earlier tuning jobs; empty if only an execution's input names them. */
    readonly tuningJobNames: string[],
  ) {
    requireShape('WarmStart', struct({ tuningJobNames: list(text) }), { tuningJobNames });
  }
}
