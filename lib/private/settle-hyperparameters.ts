import { canonicalName } from '../algorithm/algorithm-rules';
import type { TuningDefinition } from './tuning-definitions';

/** The list of metrics that an algorithm evaluates, and the metric that must be last. */
export interface MetricList {
  readonly name: string;
  readonly last: string;
}

/**
 * The list of metrics of a definition's algorithm. Undefined if the algorithm has no such list, or if the objective is
 * not one of its metrics.
 */
export function metricListOf({ algorithm, objective }: TuningDefinition): MetricList | undefined {
  const { metricList: name, defaultHyperparameters } = algorithm._definition;
  const last = name && defaultHyperparameters(objective.metric)[name];
  return name && last ? { name, last } : undefined;
}

/** Hyperparameters for the container: aliases are replaced, and the objective's metric is last in the list of metrics. */
export function settleHyperparameters(
  definition: TuningDefinition,
  values: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { rules } = definition.algorithm._definition;
  const settled = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [canonicalName(rules, name), value]),
  );
  const list = metricListOf(definition);
  const metrics = list && settled[list.name];
  if (list && metrics !== undefined) {
    const others = metrics.split(',').filter((metric) => metric !== list.last);
    settled[list.name] = [...others, list.last].join(',');
  }
  return settled;
}

/** The default and given hyperparameters of the training jobs of a search, without the tuned ones. */
export function fixedHyperparameters(definition: TuningDefinition): Record<string, string> {
  const { algorithm, objective, hyperparameters, parameterRanges } = definition;
  const tuned = parameterRanges.map(({ name }) => name);
  const defaults = Object.entries(algorithm._definition.defaultHyperparameters(objective.metric));
  return {
    // SageMaker rejects a hyperparameter that is both fixed and tuned.
    ...Object.fromEntries(defaults.filter(([name]) => !tuned.includes(name))),
    ...settleHyperparameters(definition, hyperparameters),
  };
}
