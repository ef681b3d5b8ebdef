import type { MetricDefinition } from '../../training/trainer';
import { AwsError } from '../aws-error';
import type { CreateTuningJobRequest, TuningJobConfig } from './api-types';
import { countCombinations, searchDimensions } from './search-specification';

/** Most training jobs of a tuning job (SageMaker's default quota). */
export const MAX_TRAINING_JOBS = 750;

/**
 * Refuses a tuning job whose members are valid each for itself, but do not fit together.
 *
 * @param input the request, with members that the types leave out because local mode does not have them
 */
export function checkTuningJob(input: Readonly<Record<string, unknown>>): void {
  const request = input as unknown as CreateTuningJobRequest;
  for (const [member, what] of [
    ['TrainingJobDefinitions', 'several training job definitions'],
    ['Autotune', 'Autotune'],
  ] as const) {
    if (input[member] !== undefined) {
      throw invalid(
        `${member}: local mode does not have ${what} yet: give one TrainingJobDefinition with its ranges`,
      );
    }
  }
  if (request.TrainingJobDefinition === undefined) {
    throw invalid('TrainingJobDefinition is required');
  }
  const config = request.HyperParameterTuningJobConfig;
  if (config.HyperParameterTuningJobObjective === undefined) {
    throw invalid('HyperParameterTuningJobConfig.HyperParameterTuningJobObjective is required');
  }
  if (config.TuningJobCompletionCriteria?.ConvergenceDetected?.CompleteOnConvergence === 'Enabled') {
    throw invalid(
      'TuningJobCompletionCriteria.ConvergenceDetected: local mode does not detect convergence yet',
    );
  }
  if ((config.ParameterRanges?.AutoParameters ?? []).length > 0) {
    throw invalid('ParameterRanges.AutoParameters: local mode does not have Autotune yet');
  }
  checkRanges(config, request.TrainingJobDefinition.StaticHyperParameters ?? {});
  checkStrategy(config);
  if (config.Strategy === 'Hyperband' && maxResource(request) === undefined) {
    throw invalid(
      `StrategyConfig.HyperbandStrategyConfig.MaxResource is required, unless one of the static hyperparameters ${EPOCH_HYPERPARAMETERS.join(', ')} gives it`,
    );
  }
}

/** Static hyperparameters from which SageMaker infers Hyperband's largest resource. */
const EPOCH_HYPERPARAMETERS = ['epochs', 'numepochs', 'n-epochs', 'n_epochs', 'num_epochs'];

/** The most that a training job of the Hyperband strategy may use; undefined when the request does not say it. */
export function maxResource({
  HyperParameterTuningJobConfig: config,
  TrainingJobDefinition: definition,
}: Pick<CreateTuningJobRequest, 'HyperParameterTuningJobConfig' | 'TrainingJobDefinition'>):
  | number
  | undefined {
  const epochs = EPOCH_HYPERPARAMETERS.map((name) => Number(definition.StaticHyperParameters?.[name]));
  return config.StrategyConfig?.HyperbandStrategyConfig?.MaxResource ?? epochs.find((each) => each >= 1);
}

/** Refuses an objective that no metric definition gives. */
export function checkObjective(
  config: TuningJobConfig,
  definitions: readonly MetricDefinition[],
): MetricDefinition {
  const name = config.HyperParameterTuningJobObjective?.MetricName;
  const definition = definitions.find((each) => each.Name === name);
  if (definition === undefined) {
    throw invalid(
      definitions.length === 0
        ? 'A metric is required for this hyperparameter tuning job objective. Provide a metric in the metric definitions.'
        : `The objective metric "${name}" is not a metric of the algorithm: ${definitions.map((each) => each.Name).join(', ')}`,
    );
  }
  return definition;
}

function checkRanges(config: TuningJobConfig, staticHyperParameters: Readonly<Record<string, string>>): void {
  const dimensions = searchDimensions(config.ParameterRanges ?? {});
  const names = dimensions.map(({ name }) => name);
  const repeated = names.find(
    (name, i) => names.indexOf(name) !== i || Object.hasOwn(staticHyperParameters, name),
  );
  if (repeated !== undefined) {
    throw invalid(
      `The hyperparameter "${repeated}" is given more than once: as a range or static value, once in all`,
    );
  }
  if (dimensions.length === 0 || dimensions.length > 30) {
    throw invalid(`ParameterRanges: expected 1 to 30 hyperparameters to tune, got ${dimensions.length}`);
  }
  for (const dimension of dimensions) {
    if (dimension.kind === 'categorical') {
      if (new Set(dimension.values).size < dimension.values.length) {
        throw invalid(
          `The values of "${dimension.name}" have to be different, got ${dimension.values.join(', ')}`,
        );
      }
      continue;
    }
    const [min, max] = [Number(dimension.minValue), Number(dimension.maxValue)];
    if (!(min < max) || (dimension.kind === 'integer' && !(Number.isInteger(min) && Number.isInteger(max)))) {
      throw invalid(
        `The range of "${dimension.name}" has to go from a smaller to a larger ${dimension.kind === 'integer' ? 'integer' : 'number'}, got ${dimension.minValue} to ${dimension.maxValue}`,
      );
    }
    if (dimension.scalingType === 'Logarithmic' && min <= 0) {
      throw invalid(
        `The range of "${dimension.name}" has to be above 0 for logarithmic scaling, got ${dimension.minValue}`,
      );
    }
    if (
      dimension.scalingType === 'ReverseLogarithmic' &&
      (dimension.kind === 'integer' || min < 0 || max >= 1)
    ) {
      throw invalid(
        `The range of "${dimension.name}" has to be continuous, from 0 to below 1, for reverse logarithmic scaling`,
      );
    }
  }
}

function checkStrategy(config: TuningJobConfig): void {
  const dimensions = searchDimensions(config.ParameterRanges ?? {});
  const combinations = countCombinations(dimensions);
  const { MaxNumberOfTrainingJobs: maxJobs } = config.ResourceLimits;
  if ((maxJobs ?? 1) > MAX_TRAINING_JOBS) {
    throw new AwsError(
      'ResourceLimitExceeded',
      `MaxNumberOfTrainingJobs: at most ${MAX_TRAINING_JOBS}, got ${maxJobs}`,
    );
  }
  if (config.Strategy === 'Grid') {
    if (dimensions.some(({ kind }) => kind !== 'categorical')) {
      throw invalid('The Grid strategy takes categorical ranges only');
    }
    if ((maxJobs ?? combinations) !== combinations || combinations > MAX_TRAINING_JOBS) {
      throw invalid(
        `The Grid strategy tries all ${combinations} combinations (at most ${MAX_TRAINING_JOBS}): leave MaxNumberOfTrainingJobs out, or give that number`,
      );
    }
  } else if (maxJobs !== undefined && combinations < maxJobs) {
    throw invalid(
      `You don't have enough combinations of hyperparameter ranges. The total number of combinations (${combinations}) must be equal or greater than the value of MaxNumberOfTrainingJobs (${maxJobs}).`,
    );
  }
  if (config.Strategy !== 'Hyperband') {
    if (config.StrategyConfig?.HyperbandStrategyConfig !== undefined) {
      throw invalid('StrategyConfig.HyperbandStrategyConfig is for the Hyperband strategy only');
    }
  } else if (config.TrainingJobEarlyStoppingType === 'Auto') {
    throw invalid(
      'TrainingJobEarlyStoppingType must be Off for the Hyperband strategy, which stops jobs by itself',
    );
  }
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
