import { XGBOOST_VERSION } from '../private/aws-shapes';
import { knownText, requireShape, struct } from '../private/shape';
import type { XGBoostVersion } from './xgboost-options';

/**
 * A version of a framework whose SageMaker container runs scripts.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/frameworks.html
 */
export class Framework {
  /**
   * SageMaker's XGBoost container.
   *
   * In a tuning job, SageMaker treats a script in this container as the built-in algorithm. SageMaker then tunes only
   * hyperparameters that the algorithm declares, and finds only the metrics that XGBoost prints
   * (`[0]#011train-rmse:0.3#011validation-rmse:0.4` in CloudWatch, where `#011` is a tab). To use other hyperparameters
   * or metrics, give a copy of the image in `ScriptOptions.image`.
   *
   * @param version the version of the image
   */
  static xgboost(version: XGBoostVersion): Framework {
    requireShape('Framework.xgboost', struct({ version: XGBOOST_VERSION }), { version });
    return new Framework('xgboost', version.version);
  }

  /**
   * SageMaker's scikit-learn container.
   *
   * @param version the version in SageMaker's notation, such as `1.4-2`
   */
  static scikitLearn(version: string): Framework {
    return new Framework('scikit-learn', version);
  }

  /**
   * The PyTorch training container.
   *
   * @param version the PyTorch version, such as `2.8.0`
   */
  static pyTorch(version: string): Framework {
    return new Framework('pytorch', version);
  }

  /**
   * The TensorFlow training container.
   *
   * @param version the TensorFlow version, such as `2.19.0`
   */
  static tensorFlow(version: string): Framework {
    return new Framework('tensorflow', version);
  }

  /**
   * The Hugging Face training container for PyTorch.
   *
   * @param version the version of the transformers library, in SageMaker's notation
   */
  static huggingFace(version: string): Framework {
    return new Framework('huggingface-pytorch', version);
  }

  private constructor(
    /** Name of the framework. */
    readonly frameworkName: string,
    /** Version of the container. */
    readonly version: string,
  ) {
    requireShape(`Framework ${frameworkName}`, struct({ version: knownText }), { version });
  }
}
