import type {
  CreateTuningJobRequest,
  Objective,
  ParameterRanges,
  TrainingJobSummary,
  TuningJobConfig,
  TuningTrainingDefinition,
} from '../api-types';

/** Hyperparameter that SageMaker adds to every training job of a tuning job: the objective metric's name. */
export const OBJECTIVE_HYPERPARAMETER = '_tuning_objective_metric';

/** What a tuning job's training jobs are started from, and what is searched for it. */
export interface SearchedDefinition {
  /** Its name; there is always one when there are several definitions. */
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
 * The definitions of a tuning job, whichever of the two forms its request has: one, whose objective and ranges are in
 * the config, or several with their own.
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

/** A tuning job with each of its definitions changed, in the form that it has. */
export function mapDefinitions<T extends Definitions>(
  job: T,
  change: (definition: SearchedDefinition) => TuningTrainingDefinition,
): T {
  const changed = definitionsOf(job).map(change);
  return job.TrainingJobDefinition === undefined
    ? { ...job, TrainingJobDefinitions: changed }
    : { ...job, TrainingJobDefinition: changed[0] };
}

/** The definition that a training job was started from; the first when it names none. */
export function definitionNamed(
  job: Definitions,
  name: TrainingJobSummary['TrainingJobDefinitionName'],
): SearchedDefinition | undefined {
  const definitions = definitionsOf(job);
  return definitions.find((each) => each.name === name) ?? definitions[0];
}

/** Static hyperparameters from which SageMaker infers Hyperband's largest resource. */
export const EPOCH_HYPERPARAMETERS = ['epochs', 'numepochs', 'n-epochs', 'n_epochs', 'num_epochs'];

/** The most that a training job of the Hyperband strategy may use; undefined when the request does not say it. */
export function maxResource(config: TuningJobConfig, { definition }: SearchedDefinition): number | undefined {
  const epochs = EPOCH_HYPERPARAMETERS.map((name) => Number(definition.StaticHyperParameters?.[name]));
  return config.StrategyConfig?.HyperbandStrategyConfig?.MaxResource ?? epochs.find((each) => each >= 1);
}

/** Hyperparameters of the algorithms that local mode knows and of common scripts that say how many rounds there are. */
const ROUND_HYPERPARAMETERS = [...EPOCH_HYPERPARAMETERS, 'num_round', 'num_boost_round', 'iterations'];

/**
 * Whether a training job ends by itself after a step (from 0), as its hyperparameters tell. To stop it there, which Hyperband
 * does at its largest resource, would only take the model from it.
 */
export function isLastStep(step: number, hyperparameters: Readonly<Record<string, string>>): boolean {
  const rounds = ROUND_HYPERPARAMETERS.map((name) => Number(hyperparameters[name])).find((each) => each >= 1);
  return rounds !== undefined && step + 1 >= rounds;
}
