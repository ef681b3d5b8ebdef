import type { TrainingMetricDefinition } from '../tasks/training-job-definition';
import type { ContainerImage } from './container-image';
import type { Distribution } from './distribution';
import type { Framework } from './framework';
import type { ScriptSource } from './script-source';

/**
 * Options of a script that runs in a framework's container (script mode).
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/docker-containers-adapt-your-own.html
 */
export interface ScriptOptions {
  /** Where the code is. */
  readonly source: ScriptSource;
  /** Path of the program in the source, such as `train.py`. */
  readonly entryPoint: string;
  /** Framework whose container runs it. */
  readonly framework: Framework;
  /**
   * Metrics to find in what the script prints, 1 to 40; one of them is the objective. SageMaker refuses them for its
   * own XGBoost image, which has those that XGBoost prints.
   *
   * @default - none
   */
  readonly metrics?: TrainingMetricDefinition[];
  /**
   * Environment variables of the container, at most 48.
   *
   * @default - none; where the container may install the script with pip, and has no network,
   * `PIP_NO_BUILD_ISOLATION=0`, with which pip downloads nothing to build it
   */
  readonly environment?: { [name: string]: string };
  /**
   * How the script is started on several instances, which have to be of one type.
   *
   * @default - once on each instance
   */
  readonly distribution?: Distribution;
  /**
   * Another image than the framework's, such as a copy of it in a repository of your own.
   *
   * @default - SageMaker's image of the framework
   */
  readonly image?: ContainerImage;
}
