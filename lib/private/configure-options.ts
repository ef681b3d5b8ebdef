import type { DataLocation } from '../data-location';
import { hyperparametersOfEvaluation } from '../evaluation/private/scoring';
import type { ConfigureOptions } from './configure-expression';
import { costModel } from './cost';
import { type CostExpressions, costExpressions } from './cost-expression';
import { DEFAULTS } from './defaults';
import { trainsFinalModel, trainsTogether } from './final-training';
import { innerExpression, jsonata } from './jsonata';
import { fixedHyperparameters, metricListOf } from './settle-hyperparameters';
import { isChain } from './tuning-chain';
import {
  isReplaceable,
  replaceableLocations,
  type TuningDefinition,
  type TuningInput,
} from './tuning-definitions';
import { maxTrainingJobsOf, searchJobsLimit } from './validate-search';

/** A search, with the locations that an execution's input can use. */
export interface ConfiguredSearch extends TuningInput {
  readonly definitions: readonly TuningDefinition[];
  readonly allowedInputLocations: DataLocation[];
  readonly allowedTestLocations: readonly DataLocation[];
}

/** What the first state needs to check an execution's input and to fill in the defaults. */
export function configureOptions(search: ConfiguredSearch): ConfigureOptions {
  const { definitions, strategy, maxTuningRuntime } = search;
  return {
    input: innerExpression(search.input ?? jsonata('$states.input')),
    maxTrainingJobs:
      strategy?.name === 'Grid'
        ? undefined
        : { value: maxTrainingJobsOf(search, definitions), limit: searchJobsLimit(search) },
    maxParallelTrainingJobs: search.maxParallelTrainingJobs ?? DEFAULTS.parallelTrainingJobs,
    chain: isChain(search) ? { maxRuntime: maxTuningRuntime?.toSeconds() } : undefined,
    cost: costOf(search),
    locations: replaceableLocations(search),
    inOneBucket: trainsFinalModel(search) && trainsTogether(search),
    allowedInputLocations: search.allowedInputLocations.map((location) => location._uriPrefix),
    test: search.test && testOptions(search),
    definitions: definitions.map((definition) => ({
      name: definition.name,
      parameterRanges: definition.parameterRanges,
      fixed: fixedHyperparameters(definition),
      metricList: metricListOf(definition),
      rules: definition.algorithm._definition.rules,
      unchangeable: hyperparametersOfEvaluation(search, definition),
    })),
  };
}

/** Options that the state `Configure` needs to check the location of the test data. */
function testOptions(search: ConfiguredSearch): ConfigureOptions['test'] {
  const fixed = search.definitions
    .flatMap(({ train, validation }) => [train, validation])
    .flatMap((data) => (data?.location && !isReplaceable(search, data) ? data.location.uri : []));
  return {
    allowedLocations: search.allowedTestLocations.map((location) => location._uriPrefix),
    otherLocations: [...new Set(fixed)],
  };
}

/** The cost bound of the execution; undefined without the property `cost`, or if the bound depends on tokens. */
function costOf(search: ConfiguredSearch): CostExpressions | undefined {
  const model = search.cost && costModel(search, search.definitions);
  return search.cost && model && costExpressions(model, search.cost);
}
