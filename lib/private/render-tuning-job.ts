import { Lazy, Tokenization } from 'aws-cdk-lib';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { ParameterRange } from '../search/parameter-range';
import { TuningStrategy } from '../search/tuning-strategy';
import type { CreateHyperParameterTuningJobTaskOptions } from '../tasks/create-hyper-parameter-tuning-job';
import type { TrainingJobDefinition } from '../tasks/training-job-definition';
import { renderTrainingJob } from './render-training-job';

/** The request of CreateHyperParameterTuningJob. */
export function renderTuningJob(options: CreateHyperParameterTuningJobTaskOptions): Record<string, unknown> {
  const { warmStart, tags, objective, trainingJobDefinition, trainingJobDefinitions } = options;
  const strategy = options.strategy ?? TuningStrategy.bayesian();
  return {
    HyperParameterTuningJobName: options.tuningJobName,
    HyperParameterTuningJobConfig: {
      ...strategy._render(),
      ...(trainingJobDefinition && { HyperParameterTuningJobObjective: objective?._render() }),
      ResourceLimits: {
        ...(options.maxTrainingJobs !== undefined && { MaxNumberOfTrainingJobs: options.maxTrainingJobs }),
        MaxParallelTrainingJobs: options.maxParallelTrainingJobs ?? 1,
        ...(options.maxRuntime && { MaxRuntimeInSeconds: options.maxRuntime.toSeconds() }),
      },
      ...(trainingJobDefinition && { ParameterRanges: renderSearchSpace(options) }),
      TrainingJobEarlyStoppingType: options.earlyStopping ? 'Auto' : 'Off',
    },
    ...(trainingJobDefinition && { TrainingJobDefinition: renderDefinition(trainingJobDefinition) }),
    ...(trainingJobDefinitions && {
      TrainingJobDefinitions: trainingJobDefinitions.map((definition) => ({
        DefinitionName: definition.definitionName,
        TuningObjective: definition.objective._render(),
        HyperParameterRanges: renderSearchSpace(definition),
        ...renderDefinition(definition.trainingJobDefinition),
      })),
    }),
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

/** The definitions of a tuning job, which can be one or several. */
export function trainingDefinitions(
  options: CreateHyperParameterTuningJobTaskOptions,
): TrainingJobDefinition[] {
  const { trainingJobDefinition, trainingJobDefinitions = [] } = options;
  return [
    ...(trainingJobDefinition ? [trainingJobDefinition] : []),
    ...trainingJobDefinitions.map((definition) => definition.trainingJobDefinition),
  ];
}

function renderDefinition(definition: TrainingJobDefinition): Record<string, unknown> {
  return {
    ...(definition.hyperparameters && { StaticHyperParameters: definition.hyperparameters.value }),
    ...renderTrainingJob(definition),
  };
}

function renderSearchSpace(space: {
  readonly parameterRanges?: ParameterRange[];
  readonly parameterRangesInput?: sfn.TaskInput;
}): unknown {
  return space.parameterRangesInput?.value ?? renderRanges(space.parameterRanges ?? []);
}

/** Ranges, grouped as in the API. */
export function renderRanges(ranges: readonly ParameterRange[]): Record<string, Record<string, unknown>[]> {
  const ofKind = (kind: ParameterRange['_kind']) =>
    ranges.filter((range) => range._kind === kind).map((range) => range._render());
  return {
    IntegerParameterRanges: ofKind('integer'),
    ContinuousParameterRanges: ofKind('continuous'),
    CategoricalParameterRanges: ofKind('categorical'),
  };
}

/**
 * Tags as a list, as in the API. When a token for a map is resolved, it becomes a list, or undefined if the map is
 * empty.
 */
export function renderTags(tags: Record<string, string>): unknown {
  const listOf = (map: Record<string, string>) => Object.entries(map).map(([Key, Value]) => ({ Key, Value }));
  if (!Tokenization.isResolvable(tags)) return listOf(tags);
  return Lazy.uncachedAny({ produce: (context) => listOf(context.resolve(tags)) }, { omitEmptyArray: true });
}
