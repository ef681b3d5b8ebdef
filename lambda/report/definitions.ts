import type {
  DescribeHyperParameterTuningJobResponse,
  HyperParameterTrainingJobDefinition,
  HyperParameterTuningJobObjective,
  ParameterRanges,
} from '@aws-sdk/client-sagemaker';
import { withoutTuningHyperparameters } from '../shared/hyperparameters';
import type { Definition, Objective, Range } from './report-data';

/**
 * The definitions of a tuning job. With a single definition, the ranges and the objective are in the configuration of
 * the tuning job, and the definition can have empty structures instead. With several definitions, each definition carries
 * its own ranges and objective.
 */
export function definitionsOf(tuningJob: DescribeHyperParameterTuningJobResponse): Definition[] {
  const { HyperParameterTuningJobName: search = '', HyperParameterTuningJobConfig: config } = tuningJob;
  const several = tuningJob.TrainingJobDefinitions ?? [];
  const definitions: Partial<HyperParameterTrainingJobDefinition>[] =
    several.length > 0 ? several : [tuningJob.TrainingJobDefinition ?? {}];
  return definitions.map((definition): Definition => {
    const objective =
      objectiveOf(definition.TuningObjective) ?? objectiveOf(config?.HyperParameterTuningJobObjective);
    const ownRanges = rangesOf(definition.HyperParameterRanges);
    const specification = definition.AlgorithmSpecification;
    const algorithm = specification?.TrainingImage ?? specification?.AlgorithmName;
    return {
      search,
      ...(several.length > 0 && definition.DefinitionName ? { name: definition.DefinitionName } : {}),
      ...(objective && { objective }),
      ...(algorithm && { algorithm }),
      ranges: ownRanges.length > 0 ? ownRanges : rangesOf(config?.ParameterRanges),
      staticHyperparameters: withoutTuningHyperparameters(definition.StaticHyperParameters),
    };
  });
}

function objectiveOf(
  objective: Partial<HyperParameterTuningJobObjective> | undefined,
): Objective | undefined {
  return objective?.MetricName && objective.Type
    ? { metric: objective.MetricName, type: objective.Type }
    : undefined;
}

function rangesOf(ranges: ParameterRanges | undefined): Range[] {
  const numeric = (kind: 'Continuous' | 'Integer') =>
    (ranges?.[`${kind}ParameterRanges`] ?? []).map(
      ({ Name, MinValue, MaxValue, ScalingType }): Range => ({
        name: Name ?? '',
        kind,
        scaling:
          ScalingType === 'Logarithmic' || ScalingType === 'ReverseLogarithmic' ? ScalingType : 'Linear',
        min: Number(MinValue),
        max: Number(MaxValue),
      }),
    );
  const categorical = (ranges?.CategoricalParameterRanges ?? []).map(
    ({ Name, Values }): Range => ({
      name: Name ?? '',
      kind: 'Categorical',
      scaling: 'Linear',
      values: Values ?? [],
    }),
  );
  // Autotune chooses the ranges of AutoParameters, and does not return these ranges.
  const autotuned = (ranges?.AutoParameters ?? []).map(
    ({ Name }): Range => ({ name: Name ?? '', kind: 'Continuous', scaling: 'Linear' }),
  );
  return [...numeric('Integer'), ...numeric('Continuous'), ...categorical, ...autotuned];
}
