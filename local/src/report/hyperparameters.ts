import { formatHyperparameter } from './format';

/** Names that only SageMaker and its training toolkit give, such as `sagemaker_program` and `_tuning_objective_metric`. */
const RESERVED = /^(sagemaker_|_tuning_)/;

/** Hyperparameters that an algorithm reads: without those of the container that it runs in. */
export function algorithmHyperparameters(
  all: Readonly<Record<string, string>>,
): [name: string, value: string][] {
  return Object.entries(all).filter(([name]) => !RESERVED.test(name));
}

/** A hyperparameter with its value. */
export function renderHyperparameter([name, value]: readonly [name: string, value: string]): string {
  return `${name}=${formatHyperparameter(value)}`;
}
