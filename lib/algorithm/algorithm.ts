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

  /**
   * One of SageMaker's own algorithms: Linear Learner, k-NN, Factorization Machines, k-means, Random Cut Forest. They
   * train in AWS only: their code is not public.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/algos.html
   */
  static builtIn(algorithm: BuiltInAlgorithm, options?: BuiltInAlgorithmOptions): Algorithm {
    return new Algorithm(builtIn(algorithm, options));
  }

  /**
   * A model of SageMaker JumpStart that can be trained, from its hub document; the tabular algorithms
   * LightGBM, CatBoost, TabTransformer and AutoGluon-Tabular among them.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/studio-jumpstart.html
   * @throws Error named `TuningValidationError` where the document cannot be used or the licence is not
   * accepted
   */
  static jumpStart(options: JumpStartOptions): Algorithm {
    return new Algorithm(jumpStart(options));
  }

  /**
   * A script of your own in the container of a framework (script mode).
   *
   * @throws Error named `TuningValidationError` where the source has no such entry point, or the image of the
   * framework's version is not known
   */
  static script(options: ScriptOptions): Algorithm {
    return new Algorithm(script(options));
  }

  /** A training container of your own. */
  static container(options: ContainerOptions): Algorithm {
    return new Algorithm(container(options));
  }

  private constructor(
    /** @internal */
    readonly _definition: AlgorithmDefinition,
  ) {}
}
