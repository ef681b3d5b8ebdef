import type { AlgorithmDefinition } from './algorithm-definition';
import { builtIn } from './built-in/definition';
import type { BuiltInAlgorithm, BuiltInAlgorithmOptions } from './built-in-algorithm';
import { type ContainerOptions, container } from './container';
import { jumpStart } from './jumpstart';
import type { JumpStartOptions } from './jumpstart-options';
import { script } from './script';
import type { ScriptOptions } from './script-options';
import { xgboost } from './xgboost';
import type { XGBoostOptions } from './xgboost-options';

/** The algorithm to train: a training image, and what the library knows about its hyperparameters and metrics. */
export class Algorithm {
  /**
   * SageMaker's built-in XGBoost algorithm.
   *
   * @param options the version of the image
   * @throws Error named `TuningValidationError` if the version is unknown and `registryAccount` is not given
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html
   */
  static xgboost(options: XGBoostOptions): Algorithm {
    return new Algorithm(xgboost(options));
  }

  /**
   * A built-in algorithm of SageMaker: Linear Learner, k-NN, Factorization Machines, k-means or Random Cut Forest. Local mode
   * cannot run these algorithms, because their code is not public.
   *
   * @param algorithm the algorithm
   * @param options the account that has the image, for regions that the library does not know
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/algos.html
   */
  static builtIn(algorithm: BuiltInAlgorithm, options?: BuiltInAlgorithmOptions): Algorithm {
    return new Algorithm(builtIn(algorithm, options));
  }

  /**
   * A trainable model of SageMaker JumpStart, described by its hub document. Examples are the tabular algorithms LightGBM,
   * CatBoost, TabTransformer and AutoGluon-Tabular.
   *
   * @param options the hub document, and whether you accept the model's license
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/studio-jumpstart.html
   * @throws Error named `TuningValidationError` if the document cannot be used or the license is not accepted
   */
  static jumpStart(options: JumpStartOptions): Algorithm {
    return new Algorithm(jumpStart(options));
  }

  /**
   * Your own script in the container of a framework (script mode).
   *
   * @param options the code, the entry point, the framework and the metrics
   * @throws Error named `TuningValidationError` if the source does not have the entry point, or the library does not know
   * the image for the framework's version
   */
  static script(options: ScriptOptions): Algorithm {
    return new Algorithm(script(options));
  }

  /**
   * Your own training container.
   *
   * @param options the image and the metrics
   */
  static container(options: ContainerOptions): Algorithm {
    return new Algorithm(container(options));
  }

  private constructor(
    /** @internal */
    readonly _definition: AlgorithmDefinition,
  ) {}
}
