import type { ParameterRange } from '../search/parameter-range';
import { TuningStrategy } from '../search/tuning-strategy';
import type { SageMakerCreateHyperParameterTuningJobOptions } from '../tasks/create-hyper-parameter-tuning-job';
import { renderTrainingJob } from './render-training-job';

/**
 * The request of CreateHyperParameterTuningJob.
 *
 * @throws Error where the search space is given twice or not at all
 */
export function renderTuningJob(
  options: SageMakerCreateHyperParameterTuningJobOptions,
): Record<string, unknown> {
  const { parameterRanges, parameterRangesInput, warmStart, tags } = options;
  if ((parameterRanges === undefined) === (parameterRangesInput === undefined)) {
    throw new Error('give exactly one of parameterRanges and parameterRangesInput');
  }
  const strategy = options.strategy ?? TuningStrategy.bayesian();
  const definition = options.trainingJobDefinition;
  return {
    HyperParameterTuningJobName: options.tuningJobName,
    HyperParameterTuningJobConfig: {
      ...strategy._render(),
      HyperParameterTuningJobObjective: options.objective._render(),
      ResourceLimits: {
        ...(options.maxTrainingJobs !== undefined && { MaxNumberOfTrainingJobs: options.maxTrainingJobs }),
        MaxParallelTrainingJobs: options.maxParallelTrainingJobs ?? 1,
        ...(options.maxRuntime && { MaxRuntimeInSeconds: options.maxRuntime.toSeconds() }),
      },
      ParameterRanges: parameterRangesInput?.value ?? renderRanges(parameterRanges ?? []),
      TrainingJobEarlyStoppingType: options.earlyStopping ? 'Auto' : 'Off',
    },
    TrainingJobDefinition: {
      ...(definition.hyperparameters && { StaticHyperParameters: definition.hyperparameters.value }),
      ...renderTrainingJob(definition),
    },
    ...(warmStart && {
      WarmStartConfig: {
        WarmStartType: warmStart.type,
        ParentHyperParameterTuningJobs:
          options.warmStartParentsInput?.value ??
          warmStart.tuningJobNames.map((name) => ({ HyperParameterTuningJobName: name })),
      },
    }),
    ...(tags && { Tags: renderTags(tags) }),
  };
}

/** Ranges as the API groups them. */
export function renderRanges(ranges: readonly ParameterRange[]): Record<string, Record<string, unknown>[]> {
  const ofKind = (kind: ParameterRange['_kind']) =>
    ranges.filter((range) => range._kind === kind).map((range) => range._render());
  return {
    IntegerParameterRanges: ofKind('integer'),
    ContinuousParameterRanges: ofKind('continuous'),
    CategoricalParameterRanges: ofKind('categorical'),
  };
}

/** Tags as the API lists them. */
export function renderTags(tags: Record<string, string>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
