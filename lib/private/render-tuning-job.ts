import { Lazy, Tokenization } from 'aws-cdk-lib';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { ParameterRange } from '../search/parameter-range';
import { TuningStrategy } from '../search/tuning-strategy';
import type {
  SageMakerCreateHyperParameterTuningJobOptions,
  TuningTrainingJobDefinition,
} from '../tasks/create-hyper-parameter-tuning-job';
import type { TrainingJobDefinition } from '../tasks/training-job-definition';
import { LIMITS } from './limits';
import { renderTrainingJob } from './render-training-job';

/**
 * The request of CreateHyperParameterTuningJob.
 *
 * @throws Error where the training jobs or a search space are given twice or not at all
 */
export function renderTuningJob(
  options: SageMakerCreateHyperParameterTuningJobOptions,
): Record<string, unknown> {
  const { warmStart, tags, objective, trainingJobDefinition, trainingJobDefinitions } = options;
  requireOne(options, 'trainingJobDefinition', 'trainingJobDefinitions');
  if (trainingJobDefinition && !objective)
    throw new Error('objective: is required with trainingJobDefinition');
  if (trainingJobDefinitions) requireSeveral(options, trainingJobDefinitions);
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

/** The definitions of a tuning job's training jobs, one or several. */
export function trainingDefinitions(
  options: SageMakerCreateHyperParameterTuningJobOptions,
): TrainingJobDefinition[] {
  const { trainingJobDefinition, trainingJobDefinitions = [] } = options;
  return [
    ...(trainingJobDefinition ? [trainingJobDefinition] : []),
    ...trainingJobDefinitions.map((definition) => definition.trainingJobDefinition),
  ];
}

function renderDefinition(definition: TrainingJobDefinition): Record<string, unknown> {
  if (definition.containerEntrypoint ?? definition.containerArguments) {
    throw new Error(
      "containerEntrypoint, containerArguments: are settings of training jobs only; in a tuning job the image's own entry point runs",
    );
  }
  return {
    ...(definition.hyperparameters && { StaticHyperParameters: definition.hyperparameters.value }),
    ...renderTrainingJob(definition),
  };
}

function renderSearchSpace(space: {
  readonly parameterRanges?: ParameterRange[];
  readonly parameterRangesInput?: sfn.TaskInput;
}): unknown {
  requireOne(space, 'parameterRanges', 'parameterRangesInput');
  return space.parameterRangesInput?.value ?? renderRanges(space.parameterRanges ?? []);
}

/** What belongs into each of several definitions, and what SageMaker does not do with them. */
function requireSeveral(
  options: SageMakerCreateHyperParameterTuningJobOptions,
  definitions: readonly TuningTrainingJobDefinition[],
): void {
  if (definitions.length < 1 || definitions.length > LIMITS.definitions) {
    throw new Error(
      `trainingJobDefinitions: must have 1 to ${LIMITS.definitions} elements, got ${definitions.length}`,
    );
  }
  const { objective, parameterRanges, parameterRangesInput, warmStart, earlyStopping } = options;
  const given = Object.entries({ objective, parameterRanges, parameterRangesInput, warmStart })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (earlyStopping) given.push('earlyStopping');
  if (given.length > 0) {
    throw new Error(
      `trainingJobDefinitions: goes without ${given.join(', ')}: each definition has its own objective and ranges, and SageMaker has no warm start or early stopping for several`,
    );
  }
}

function requireOne<T extends object>(props: T, one: keyof T & string, other: keyof T & string): void {
  if ((props[one] === undefined) === (props[other] === undefined)) {
    throw new Error(`give exactly one of ${one} and ${other}`);
  }
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

/** Tags as the API lists them. A map that is a token becomes a list when it is resolved, or nothing where it is empty. */
export function renderTags(tags: Record<string, string>): unknown {
  const listOf = (map: Record<string, string>) => Object.entries(map).map(([Key, Value]) => ({ Key, Value }));
  if (!Tokenization.isResolvable(tags)) return listOf(tags);
  return Lazy.uncachedAny({ produce: (context) => listOf(context.resolve(tags)) }, { omitEmptyArray: true });
}
