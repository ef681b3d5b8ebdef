import { CONTAINER_IMAGE, METRIC } from '../private/aws-shapes';
import { list, map, optional, requireShape, struct, text } from '../private/shape';
import type { TrainingMetricDefinition } from '../tasks/training-job-definition';
import { type AlgorithmDefinition, USUAL_CHANNELS } from './algorithm-definition';
import type { ContainerImage } from './container-image';

/** Options of a training container of one's own. */
export interface ContainerOptions {
  /**
   * The image. It gets the data below `/opt/ml/input/`, and writes the model to `/opt/ml/model/`. A tuning job starts it
   * with `train`: it has no setting for another entry point.
   */
  readonly image: ContainerImage;
  /** Metrics to find in the log, 1 to 40; one of them is the objective. */
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

/** A training container of one's own. */
export function container(options: ContainerOptions): AlgorithmDefinition {
  requireShape('Algorithm.container', OPTIONS, options);
  const { image, metrics, environment } = options;
  return {
    title: `the container ${image._title}`,
    channelNames: USUAL_CHANNELS,
    metricDefinitions: metrics,
    defaultHyperparameters: () => ({}),
    bind: (scope) => ({ image: image._bind(scope), environment }),
  };
}
