import type { MetricDefinition } from '../../../training/trainer';
import { tunableHyperparameters } from '../../../training/tunable-hyperparameters';
import { AwsError, validationError } from '../../aws-error';
import type { CreateTuningJobRequest, Objective, ParameterRanges, TuningJobConfig } from '../api-types';
import { countCombinations, searchDimensions } from './search-specification';
import {
  definitionsOf,
  EPOCH_HYPERPARAMETERS,
  maxResource,
  type SearchedDefinition,
} from './tuning-definitions';

/** Maximum number of training jobs of a tuning job (SageMaker's default quota). */
export const MAX_TRAINING_JOBS = 750;

/** Maximum number of hyperparameters of a training job, static and tuned. */
const MAX_HYPERPARAMETERS = 100;

/** Maximum number of environment variables in all definitions together. */
const MAX_ENVIRONMENT = 48;

/** Refuses a tuning job whose members are individually valid, but inconsistent. */
export function checkTuningJob(request: CreateTuningJobRequest): void {
  const config = request.HyperParameterTuningJobConfig;
  if ((request.TrainingJobDefinition === undefined) === (request.TrainingJobDefinitions === undefined)) {
    throw validationError(
      `Exactly one of TrainingJobDefinition and TrainingJobDefinitions is required, got ${request.TrainingJobDefinition === undefined ? 'neither' : 'both'}`,
    );
  }
  if (request.TrainingJobDefinition === undefined) {
    checkSeveral(request);
  } else if (config.HyperParameterTuningJobObjective === undefined) {
    throw validationError('HyperParameterTuningJobConfig.HyperParameterTuningJobObjective is required');
  }
  const definitions = definitionsOf(request);
  const variables = definitions.flatMap(({ definition }) => Object.keys(definition.Environment ?? {}));
  if (variables.length > MAX_ENVIRONMENT) {
    throw validationError(
      `Environment: at most ${MAX_ENVIRONMENT} variables in all training definitions together, got ${variables.length}`,
    );
  }
  for (const definition of definitions) {
    inDefinition(request, definition, () => checkDefinition(config, definition));
  }
  checkStrategy(config, definitions);
}

/**
 * Checks several definitions: refuses members that apply only to a single definition, and requires other members in
 * each definition, such as a name.
 */
function checkSeveral({
  HyperParameterTuningJobConfig: config,
  TrainingJobDefinitions: definitions = [],
  WarmStartConfig: warmStart,
}: CreateTuningJobRequest): void {
  if (config.HyperParameterTuningJobObjective !== undefined || config.ParameterRanges !== undefined) {
    throw validationError(
      'HyperParameterTuningJobConfig: with TrainingJobDefinitions, set TuningObjective and HyperParameterRanges in each definition instead of HyperParameterTuningJobObjective and ParameterRanges',
    );
  }
  if (warmStart !== undefined) {
    throw validationError('WarmStartConfig: warm start requires a single TrainingJobDefinition');
  }
  if (config.TrainingJobEarlyStoppingType === 'Auto') {
    throw validationError(
      'TrainingJobEarlyStoppingType: early stopping (Auto) requires a single TrainingJobDefinition',
    );
  }
  definitions.forEach((definition, i) => {
    for (const member of ['DefinitionName', 'TuningObjective', 'HyperParameterRanges'] as const) {
      if (definition[member] === undefined) {
        throw validationError(
          `TrainingJobDefinitions: ${member} is required in each; definition ${i + 1} has none`,
        );
      }
    }
  });
  const names = definitions.map(({ DefinitionName: name }) => name);
  if (new Set(names).size < names.length) {
    throw validationError(
      `TrainingJobDefinitions: each must have a different DefinitionName, got ${names.join(', ')}`,
    );
  }
  const types = new Set(definitions.map(({ TuningObjective: objective }) => objective?.Type));
  if (types.size > 1) {
    throw validationError(
      'TrainingJobDefinitions: the Type of every TuningObjective must be the same, Minimize or Maximize: otherwise there is no best training job',
    );
  }
}

/** Adds the definition's name to errors, if there are several definitions. */
function inDefinition(
  request: CreateTuningJobRequest,
  { name }: SearchedDefinition,
  check: () => void,
): void {
  try {
    check();
  } catch (error) {
    if (request.TrainingJobDefinition === undefined && error instanceof AwsError) {
      throw new AwsError(error.code, `TrainingJobDefinitions, "${name}": ${error.message}`);
    }
    throw error;
  }
}

function checkDefinition(config: TuningJobConfig, searched: SearchedDefinition): void {
  const { definition, ranges } = searched;
  for (const member of ['ContainerEntrypoint', 'ContainerArguments'] as const) {
    if (definition.AlgorithmSpecification[member] !== undefined) {
      throw validationError(
        `AlgorithmSpecification.${member}: not available in tuning jobs, only in training jobs`,
      );
    }
  }
  checkRanges(ranges, definition.StaticHyperParameters ?? {});
  checkTunable(searched);
  const count = countHyperparameters(searched);
  if (count > MAX_HYPERPARAMETERS) {
    throw validationError(
      `at most ${MAX_HYPERPARAMETERS} hyperparameters are allowed (static, tuned and the one that SageMaker adds), got ${count}`,
    );
  }
  if (config.Strategy === 'Hyperband' && maxResource(config, searched) === undefined) {
    throw validationError(
      `StrategyConfig.HyperbandStrategyConfig.MaxResource is required, unless it is set by one of the static hyperparameters ${EPOCH_HYPERPARAMETERS.join(', ')}`,
    );
  }
}

/** Refuses an objective without a metric definition. */
export function checkObjective(
  objective: Objective | undefined,
  definitions: readonly MetricDefinition[],
): MetricDefinition {
  const name = objective?.MetricName;
  const definition = definitions.find((each) => each.Name === name);
  if (definition === undefined) {
    throw validationError(
      definitions.length === 0
        ? 'A metric is required for this hyperparameter tuning job objective. Provide a metric in the metric definitions.'
        : `The objective metric "${name}" is not a metric of the algorithm: ${definitions.map((each) => each.Name).join(', ')}`,
    );
  }
  return definition;
}

/**
 * Number of hyperparameters that SageMaker counts for a training job: static and tuned hyperparameters, and the
 * hyperparameter that SageMaker adds.
 */
function countHyperparameters({ definition, ranges }: SearchedDefinition): number {
  return Object.keys(definition.StaticHyperParameters ?? {}).length + searchDimensions(ranges).length + 1;
}

function checkTunable({ definition, ranges }: SearchedDefinition): void {
  const { TrainingImage: image = '' } = definition.AlgorithmSpecification;
  const tunable = tunableHyperparameters(image);
  const others = searchDimensions(ranges).filter(({ name }) => tunable?.includes(name) === false);
  if (tunable !== undefined && others.length > 0) {
    throw validationError(
      `the algorithm of the image "${image}" does not declare ${others.map(({ name }) => `"${name}"`).join(', ')} as tunable: it has ${tunable.join(', ')}. SageMaker enforces this for its own images; a copy in your own repository may tune anything`,
    );
  }
}

function checkRanges(ranges: ParameterRanges, staticHyperParameters: Readonly<Record<string, string>>): void {
  const dimensions = searchDimensions(ranges);
  const names = dimensions.map(({ name }) => name);
  const repeated = names.find(
    (name, i) => names.indexOf(name) !== i || Object.hasOwn(staticHyperParameters, name),
  );
  if (repeated !== undefined) {
    throw validationError(
      `The hyperparameter "${repeated}" is set more than once: set it either as one range or as a static value`,
    );
  }
  if (dimensions.length === 0 || dimensions.length > 30) {
    throw validationError(
      `ParameterRanges: expected 1 to 30 hyperparameters to tune, got ${dimensions.length}`,
    );
  }
  for (const dimension of dimensions) {
    if (dimension.kind === 'categorical') {
      if (new Set(dimension.values).size < dimension.values.length) {
        throw validationError(
          `The values of "${dimension.name}" must be different, got ${dimension.values.join(', ')}`,
        );
      }
      continue;
    }
    const [min, max] = [Number(dimension.minValue), Number(dimension.maxValue)];
    if (!(min < max) || (dimension.kind === 'integer' && !(Number.isInteger(min) && Number.isInteger(max)))) {
      throw validationError(
        `The range of "${dimension.name}" must go from a smaller to a larger ${dimension.kind === 'integer' ? 'integer' : 'number'}, got ${dimension.minValue} to ${dimension.maxValue}`,
      );
    }
    if (dimension.scalingType === 'Logarithmic' && min <= 0) {
      throw validationError(
        `The range of "${dimension.name}" must be above 0 for logarithmic scaling, got ${dimension.minValue}`,
      );
    }
    if (
      dimension.scalingType === 'ReverseLogarithmic' &&
      (dimension.kind === 'integer' || min < 0 || max >= 1)
    ) {
      throw validationError(
        `The range of "${dimension.name}" must be continuous and within [0, 1) for reverse logarithmic scaling`,
      );
    }
  }
}

function checkStrategy(config: TuningJobConfig, definitions: readonly SearchedDefinition[]): void {
  const spaces = definitions.map(({ ranges }) => searchDimensions(ranges));
  const combinations = spaces.map(countCombinations).reduce((sum, count) => sum + count, 0);
  const { MaxNumberOfTrainingJobs: maxJobs } = config.ResourceLimits;
  if ((maxJobs ?? 1) > MAX_TRAINING_JOBS) {
    throw new AwsError(
      'ResourceLimitExceeded',
      `MaxNumberOfTrainingJobs: at most ${MAX_TRAINING_JOBS}, got ${maxJobs}`,
    );
  }
  if (config.Strategy === 'Grid') {
    if (spaces.flat().some(({ kind }) => kind !== 'categorical')) {
      throw validationError('The Grid strategy only supports categorical ranges');
    }
    if ((maxJobs ?? combinations) !== combinations || combinations > MAX_TRAINING_JOBS) {
      throw validationError(
        `The Grid strategy tries all ${combinations} combinations (at most ${MAX_TRAINING_JOBS}): omit MaxNumberOfTrainingJobs, or set it to that number`,
      );
    }
  } else if (maxJobs !== undefined && combinations < maxJobs) {
    throw validationError(
      // aws/amazon-sagemaker-operator-for-k8s#123
      `You don't have enough combinations of hyperparameter ranges. The total number of hyperparameter combinations for the provided ranges [${combinations}] must be equal or greater than the value of MaxNumberOfJobs, [${maxJobs}]. Provide additional ranges.`,
    );
  }
  if (config.Strategy !== 'Hyperband') {
    if (config.StrategyConfig?.HyperbandStrategyConfig !== undefined) {
      throw validationError('StrategyConfig.HyperbandStrategyConfig requires the Hyperband strategy');
    }
  } else if (config.TrainingJobEarlyStoppingType === 'Auto') {
    throw validationError(
      'TrainingJobEarlyStoppingType must be Off for the Hyperband strategy, which has its own early stopping',
    );
  }
}
