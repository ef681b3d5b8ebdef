import type {
  CreateTuningJobRequest,
  Objective,
  ParameterRanges,
  TrainingJobSummary,
  TuningJobConfig,
  TuningTrainingDefinition,
} from '../api-types';

/**
 * Hyperparameter that SageMaker adds to every training job of a tuning job. Its value is the objective metric's name.
 */
export const OBJECTIVE_HYPERPARAMETER = '_tuning_objective_metric';

/** A training job definition, with the objective and the ranges of its search. */
export interface SearchedDefinition {
  /** The definition's name, which is required if there are several definitions. */
  readonly name?: string;
  readonly definition: TuningTrainingDefinition;
  readonly objective?: Objective;
  readonly ranges: ParameterRanges;
}

type Definitions = Pick<
  CreateTuningJobRequest,
  'HyperParameterTuningJobConfig' | 'TrainingJobDefinition' | 'TrainingJobDefinitions'
>;

/**
 * The definitions of a tuning job. A request has either one definition, with its objective and ranges in the
 * configuration, or several definitions, each with its own objective and ranges.
 */
export function definitionsOf(job: Definitions): SearchedDefinition[] {
  const { HyperParameterTuningJobConfig: config, TrainingJobDefinition: one } = job;
  if (one !== undefined) {
    return [
      {
        ...(one.DefinitionName !== undefined && { name: one.DefinitionName }),
        definition: one,
        ...(config.HyperParameterTuningJobObjective !== undefined && {
          objective: config.HyperParameterTuningJobObjective,
        }),
        ranges: config.ParameterRanges ?? {},
      },
    ];
  }
  return (job.TrainingJobDefinitions ?? []).map((definition) => ({
    ...(definition.DefinitionName !== undefined && { name: definition.DefinitionName }),
    definition,
    ...(definition.TuningObjective !== undefined && { objective: definition.TuningObjective }),
    ranges: definition.HyperParameterRanges ?? {},
  }));
}

/** Applies a function to each definition of a tuning job. Keeps the form of the request. */
export function mapDefinitions<T extends Definitions>(
  job: T,
  change: (definition: SearchedDefinition) => TuningTrainingDefinition,
): T {
  const changed = definitionsOf(job).map(change);
  return job.TrainingJobDefinition === undefined
    ? { ...job, TrainingJobDefinitions: changed }
    : { ...job, TrainingJobDefinition: changed[0] };
}

/** The definition of a training job, or the tuning job's first definition if the training job names no definition. */
export function definitionNamed(
  job: Definitions,
  name: TrainingJobSummary['TrainingJobDefinitionName'],
): SearchedDefinition | undefined {
  const definitions = definitionsOf(job);
  return definitions.find((each) => each.name === name) ?? definitions[0];
}

/** Static hyperparameters from which SageMaker derives Hyperband's maximum resource. */
export const EPOCH_HYPERPARAMETERS = ['epochs', 'numepochs', 'n-epochs', 'n_epochs', 'num_epochs'];

/**
 * Maximum resource of a training job with the Hyperband strategy; undefined if the request does not set it.
 */
export function maxResource(config: TuningJobConfig, { definition }: SearchedDefinition): number | undefined {
  const epochs = EPOCH_HYPERPARAMETERS.map((name) => Number(definition.StaticHyperParameters?.[name]));
  return config.StrategyConfig?.HyperbandStrategyConfig?.MaxResource ?? epochs.find((each) => each >= 1);
}

/** Hyperparameters that set the number of rounds in known algorithms and common scripts. */
const ROUND_HYPERPARAMETERS = [...EPOCH_HYPERPARAMETERS, 'num_round', 'num_boost_round', 'iterations'];

/**
 * Whether a training job ends by itself after a step (counted from 0), according to its hyperparameters.
 * Stopping it there, as Hyperband does at the maximum resource, would only lose its model.
 */
export function isLastStep(step: number, hyperparameters: Readonly<Record<string, string>>): boolean {
  const rounds = ROUND_HYPERPARAMETERS.map((name) => Number(hyperparameters[name])).find((each) => each >= 1);
  return rounds !== undefined && step + 1 >= rounds;
}
