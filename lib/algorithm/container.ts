import { CONTAINER_IMAGE, METRIC } from '../private/aws-shapes';
import { list, map, optional, requireShape, struct, text } from '../private/shape';
import type { TrainingMetricDefinition } from '../tasks/training-job-definition';
import { type AlgorithmDefinition, USUAL_CHANNELS } from './algorithm-definition';
import type { ContainerImage } from './container-image';

/** Options for your own training container. */
export interface ContainerOptions {
  /**
   * The training image. Its program reads the data below `/opt/ml/input/`, and must write the model to
   * `/opt/ml/model/`. A tuning job runs the image with the argument `train`, and cannot set another entry point.
   */
  readonly image: ContainerImage;
  /** Metrics to find in the log, 1 to 40. One of them is the objective. */
  readonly metrics: TrainingMetricDefinition[];
  /**
   * Environment variables of the container, at most 48.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
}

const OPTIONS = struct<ContainerOptions>({
  image: CONTAINER_IMAGE,
  metrics: list(METRIC),
  environment: optional(map(text)),
});

/** Your own training container. */
export function container(options: ContainerOptions): AlgorithmDefinition {
  requireShape('Algorithm.container', OPTIONS, options);
  const { image, metrics, environment } = options;
  return {
    title: `the container ${image._title}`,
    channelNames: USUAL_CHANNELS,
    metricDefinitions: metrics,
    defaultHyperparameters: () => ({}),
    serving: {
      containerProblem:
        'the library does not know whether the image serves models. If it does, give an empty InferenceContainer, and SageMaker runs the image with the argument serve. Otherwise, give the image that serves the models',
    },
    bind: (scope) => ({ image: image._bind(scope), environment }),
  };
}
