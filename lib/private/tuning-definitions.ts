import type { DataLocation } from '../data-location';
import type { InputData } from '../input-data';
import type { TrainingDefinitionOptions, TuningOptions } from '../tuning-options';

/** A tuning with the data it trains on. */
export interface TuningInput extends TuningOptions {
  readonly train: InputData;
  readonly validation?: InputData;
  readonly output: DataLocation;
  readonly input?: string;
}

type Hyperparameters = Readonly<Record<string, string>>;

/** Options whose hyperparameters are known to be strings: callers have checked them by their shape. */
interface CheckedOptions extends Omit<TrainingDefinitionOptions, 'hyperparameters'> {
  readonly hyperparameters?: Hyperparameters;
}

/** One definition of a tuning, with its data settled. */
export interface TuningDefinition extends CheckedOptions {
  readonly name: string;
  /** What the names of its props begin with in messages: empty for the first definition. */
  readonly prop: string;
  readonly train: InputData;
  readonly validation?: InputData;
  readonly finalHyperparameters: Hyperparameters;
}

/** The definitions of a tuning, in order; the first is the one that its own props describe. */
export function definitionsOf(tuning: TuningInput): [TuningDefinition, ...TuningDefinition[]] {
  const first: TuningDefinition = {
    ...pick(tuning),
    name: tuning.definitionName ?? 'first',
    prop: '',
    train: tuning.train,
    validation: tuning.validation,
    finalHyperparameters: (tuning.finalTraining?.hyperparameters ?? {}) as Hyperparameters,
  };
  const further = (tuning.furtherDefinitions ?? []).map((definition) => ({
    ...pick(definition),
    name: definition.name,
    prop: `furtherDefinitions.${definition.name}.`,
    train: definition.train ?? tuning.train,
    validation: definition.validation ?? (definition.train ? undefined : tuning.validation),
    finalHyperparameters: (definition.finalHyperparameters ?? {}) as Hyperparameters,
  }));
  return [first, ...further];
}

/** Whether an execution's input can name other data: that of the tuning itself, in Amazon S3. */
export function isReplaceable(tuning: TuningInput, data: InputData): boolean {
  return (data === tuning.train || data === tuning.validation) && data.location !== undefined;
}

/** Whether several algorithms take part in the search: SageMaker then wants the request in another form. */
export function hasSeveralDefinitions({ furtherDefinitions }: TuningOptions): boolean {
  return furtherDefinitions !== undefined && furtherDefinitions.length > 0;
}

function pick(options: TrainingDefinitionOptions): CheckedOptions {
  const { algorithm, objective, parameterRanges, channels, resources, maxTrainingRuntime } = options;
  const hyperparameters = options.hyperparameters as Hyperparameters | undefined;
  return { algorithm, objective, parameterRanges, hyperparameters, channels, resources, maxTrainingRuntime };
}
