import { recommendedRanges, type TunableHyperparameter } from '../../../training/tunable-hyperparameters';
import { validationError } from '../../aws-error';
import type { CreateTuningJobRequest, ParameterRanges, TuningJobConfig } from '../api-types';
import { algorithmOf } from '../training/training-engine';
import { countCombinations, searchDimensions } from './search-specification';
import { definitionsOf, type SearchedDefinition } from './tuning-definitions';

/** Number of training jobs of a search. Most users set "around 50 or more" (developer guide, completion criteria). */
const TRAINING_JOBS = 50;

/** Number of retries of a training job. Our own choice, because SageMaker's number is not public. */
const RETRY_ATTEMPTS = 3;

/**
 * Adds Autotune's choices to a request, but keeps members that the request sets (docs/decisions/0013). Without
 * Autotune, returns the request unchanged.
 *
 * @throws AwsError when local mode knows no ranges for the algorithm
 */
export function autotuned(request: CreateTuningJobRequest): CreateTuningJobRequest {
  const searched = definitionsOf(request);
  if (request.Autotune === undefined) {
    if (searched.some(({ ranges }) => (ranges.AutoParameters ?? []).length > 0)) {
      throw validationError('ParameterRanges.AutoParameters require Autotune, {"Mode": "Enabled"}');
    }
    return request;
  }
  const { TrainingJobDefinition: one, HyperParameterTuningJobConfig: config } = request;
  const chosen = searched.map(withRanges);
  const combinations = chosen.reduce(
    (sum, { ranges }) => sum + countCombinations(searchDimensions(ranges)),
    0,
  );
  const autotunedConfig = chooseConfig(config, combinations, one !== undefined);
  const [first] = chosen;
  if (one === undefined || first === undefined) {
    return {
      ...request,
      HyperParameterTuningJobConfig: autotunedConfig,
      TrainingJobDefinitions: chosen.map(({ definition, ranges }) => ({
        ...definition,
        HyperParameterRanges: ranges,
      })),
    };
  }
  return {
    ...request,
    HyperParameterTuningJobConfig: { ...autotunedConfig, ParameterRanges: first.ranges },
    TrainingJobDefinition: first.definition,
  };
}

function chooseConfig(config: TuningJobConfig, combinations: number, isOne: boolean): TuningJobConfig {
  const { Strategy: strategy, ResourceLimits: limits, TuningJobCompletionCriteria: criteria } = config;
  // Early stopping is not available with Hyperband or several definitions.
  const earlyStopping = isOne && strategy !== 'Hyperband' ? 'Auto' : 'Off';
  return {
    ...config,
    ResourceLimits: {
      // The values of a grid search determine the number of jobs.
      ...(strategy !== 'Grid' && { MaxNumberOfTrainingJobs: Math.min(TRAINING_JOBS, combinations) }),
      ...limits,
    },
    TrainingJobEarlyStoppingType: config.TrainingJobEarlyStoppingType ?? earlyStopping,
    TuningJobCompletionCriteria: {
      ConvergenceDetected: { CompleteOnConvergence: 'Enabled' },
      ...criteria,
    },
  };
}

/**
 * Adds a range for each AutoParameter. A hyperparameter that the algorithm cannot tune keeps its hint as a
 * static value.
 */
function withRanges(searched: SearchedDefinition): SearchedDefinition {
  const { definition, ranges } = searched;
  const known = recommendedRanges(algorithmOf(definition));
  const fixed = definition.StaticHyperParameters ?? {};
  const parameters = ranges.AutoParameters ?? [];
  const isGiven = parameters.length > 0 || searchDimensions(ranges).length > 0;
  if (known === undefined && (parameters.length > 0 || !isGiven)) {
    const { TrainingImage: image } = definition.AlgorithmSpecification;
    const names = parameters.map(({ Name }) => `"${Name}"`).join(', ') || 'any hyperparameter';
    throw validationError(
      `Autotune cannot choose the range of ${names}: local mode knows ranges for SageMaker's XGBoost, LightGBM and CatBoost, not for the image "${image}". Set them in IntegerParameterRanges, ContinuousParameterRanges and CategoricalParameterRanges`,
    );
  }
  const chosen: Record<TunableHyperparameter['kind'], Record<string, { min: number; max: number }>> = {
    integer: {},
    continuous: {},
  };
  const statics: Record<string, string> = {};
  if (isGiven) {
    for (const { Name: name, ValueHint: hint } of parameters) {
      const tunable = known?.get(name);
      if (Object.hasOwn(fixed, name))
        throw validationError(`"${name}" is both an AutoParameter and a static hyperparameter: remove one`);
      if (tunable === undefined) statics[name] = hint;
      else chosen[tunable.kind][name] = around(name, hint, tunable);
    }
  } else {
    for (const [name, tunable] of known ?? []) {
      if (!Object.hasOwn(fixed, name)) chosen[tunable.kind][name] = tunable;
    }
  }
  return {
    ...searched,
    definition: {
      RetryStrategy: { MaximumRetryAttempts: RETRY_ATTEMPTS },
      ...definition,
      StaticHyperParameters: { ...fixed, ...statics },
    },
    ranges: {
      ...ranges,
      IntegerParameterRanges: [...(ranges.IntegerParameterRanges ?? []), ...rangesOf(chosen.integer)],
      ContinuousParameterRanges: [
        ...(ranges.ContinuousParameterRanges ?? []),
        ...rangesOf(chosen.continuous),
      ],
    },
  };
}

/** The recommended range, widened to include the example value. */
function around(name: string, hint: string, { kind, min, max, isAllowed }: TunableHyperparameter) {
  // The SageMaker Python SDK sends the hyperparameters of scripts as JSON.
  const value = Number(hint.trim().replace(/^"(.*)"$/, '$1') || Number.NaN);
  if (!isAllowed(value) || !(kind === 'integer' ? Number.isInteger(value) : Number.isFinite(value))) {
    throw validationError(
      `AutoParameters: the ValueHint of "${name}" must be a value that the algorithm accepts (${kind}), got "${hint}"`,
    );
  }
  return { min: Math.min(min, value), max: Math.max(max, value) };
}

function rangesOf(
  chosen: Readonly<Record<string, { readonly min: number; readonly max: number }>>,
): NonNullable<ParameterRanges['IntegerParameterRanges']> {
  return Object.entries(chosen).map(([Name, { min, max }]) => ({
    Name,
    MinValue: String(min),
    MaxValue: String(max),
    ScalingType: 'Auto',
  }));
}
