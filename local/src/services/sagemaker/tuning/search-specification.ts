import type { FinishedTrial, SearchDimension, SearchSpecification } from '../../../training/sampler';
import type { ParameterRanges, TuningJobConfig } from '../api-types';
import { maxResource, type SearchedDefinition } from './tuning-definitions';

/** The specification of one definition's search, as the sampler needs it. */
export function searchSpecification(
  config: TuningJobConfig,
  definition: SearchedDefinition,
  studyFile: string,
  previousTrials: readonly FinishedTrial[],
): SearchSpecification {
  const mostResource = maxResource(config, definition);
  const minResource = config.StrategyConfig?.HyperbandStrategyConfig?.MinResource;
  return {
    strategy: config.Strategy,
    direction: definition.objective?.Type ?? 'Minimize',
    dimensions: searchDimensions(definition.ranges),
    ...(config.RandomSeed !== undefined && { randomSeed: config.RandomSeed }),
    ...(minResource !== undefined && { minResource }),
    ...(mostResource !== undefined && { maxResource: mostResource }),
    earlyStopping: config.TrainingJobEarlyStoppingType === 'Auto',
    studyFile,
    previousTrials,
  };
}

/** All ranges of a search space in one list. */
export function searchDimensions(ranges: ParameterRanges): SearchDimension[] {
  const numeric = (
    kind: 'integer' | 'continuous',
    list: ParameterRanges['IntegerParameterRanges'] = [],
  ): SearchDimension[] =>
    list.map((range) => ({
      kind,
      name: range.Name,
      minValue: range.MinValue,
      maxValue: range.MaxValue,
      scalingType: range.ScalingType ?? 'Auto',
    }));
  return [
    ...numeric('integer', ranges.IntegerParameterRanges),
    ...numeric('continuous', ranges.ContinuousParameterRanges),
    ...(ranges.CategoricalParameterRanges ?? []).map(
      (range): SearchDimension => ({ kind: 'categorical', name: range.Name, values: range.Values }),
    ),
  ];
}

/** Number of distinct combinations in a search space; infinite with a continuous range. */
export function countCombinations(dimensions: readonly SearchDimension[]): number {
  return dimensions.map(countValues).reduce((product, count) => product * count, 1);
}

function countValues(dimension: SearchDimension): number {
  switch (dimension.kind) {
    case 'categorical':
      return new Set(dimension.values).size;
    case 'integer':
      return Number(dimension.maxValue) - Number(dimension.minValue) + 1;
    case 'continuous':
      return Number.POSITIVE_INFINITY;
  }
}
