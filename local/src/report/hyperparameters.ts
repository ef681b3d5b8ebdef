import { formatHyperparameter } from './format';

/**
 * Names that only SageMaker and its training toolkit set, such as `sagemaker_program` and
 * `_tuning_objective_metric`.
 */
const RESERVED = /^(sagemaker_|_tuning_)/;

/** The hyperparameters of the algorithm, without the hyperparameters that configure the container. */
export function algorithmHyperparameters(
  all: Readonly<Record<string, string>>,
): [name: string, value: string][] {
  return Object.entries(all).filter(([name]) => !RESERVED.test(name));
}

/** Formats a hyperparameter and its value. */
export function renderHyperparameter([name, value]: readonly [name: string, value: string]): string {
  return `${name}=${formatHyperparameter(value)}`;
}
