import type { TrainingMetricDefinition } from '../tasks/training-job-definition';
import type { ContainerImage } from './container-image';
import type { Distribution } from './distribution';
import type { Framework } from './framework';
import type { ScriptSource } from './script-source';

/**
 * Options for a script that runs in a framework's container (script mode).
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/docker-containers-adapt-your-own.html
 */
export interface ScriptOptions {
  /** The code. */
  readonly source: ScriptSource;
  /** Path of the program to run, relative to the source, such as `train.py`. */
  readonly entryPoint: string;
  /** Framework whose container runs the program. */
  readonly framework: Framework;
  /**
   * Metrics to find in the output of the script, 1 to 40. One of them is the objective. Leave the metrics out for
   * SageMaker's own XGBoost image: SageMaker rejects them, because this image supports only the metrics that XGBoost
   * prints.
   *
   * @default - none
   */
  readonly metrics?: TrainingMetricDefinition[];
  /**
   * Environment variables of the container, at most 48.
   *
   * @default - none, or `PIP_NO_BUILD_ISOLATION=0` if the container might install the script with pip and has no
   * network access. With this variable, pip builds the script without downloads.
   */
  readonly environment?: { [name: string]: string };
  /**
   * How the container starts the script on several instances, which must have the same type.
   *
   * @default - the script is started once on each instance
   */
  readonly distribution?: Distribution;
  /**
   * An image that replaces the framework's image, such as a copy of it in your own repository.
   *
   * @default - SageMaker's image of the framework
   */
  readonly image?: ContainerImage;
}
