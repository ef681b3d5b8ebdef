import type { DataLocation } from '../data-location';
import type { InputData } from '../input-data';
import type { TrainingDefinitionOptions, TuningOptions } from '../tuning-options';
import { ownFinalData } from './final-training';
import type { FleetItemOptions } from './fleet-item';
import { jsonata, literal, parsed } from './jsonata';

/** Options for a search, and its data. */
export interface TuningInput extends TuningOptions, FleetItemOptions {
  readonly train: InputData;
  readonly validation?: InputData;
  readonly test?: InputData;
  readonly output: DataLocation;
  readonly input?: string;
}

type Hyperparameters = Readonly<Record<string, string>>;

/** Checked options, whose hyperparameters are therefore known to be strings. */
interface CheckedOptions extends Omit<TrainingDefinitionOptions, 'hyperparameters'> {
  readonly hyperparameters?: Hyperparameters;
}

/** One definition of a search, with its defaults filled in. */
export interface TuningDefinition extends CheckedOptions {
  readonly name: string;
  /** Prefix of the definition's property names in messages; empty for the first definition. */
  readonly prop: string;
  /** How messages name the property with the definition's hyperparameters for the final training. */
  readonly finalProp: string;
  readonly train: InputData;
  readonly validation?: InputData;
  readonly finalHyperparameters: Hyperparameters;
}

/** The definitions of a search, in order. The properties of the construct describe the first one. */
export function definitionsOf(tuning: TuningInput): [TuningDefinition, ...TuningDefinition[]] {
  const first: TuningDefinition = {
    ...pick(tuning),
    name: tuning.definitionName ?? 'first',
    prop: '',
    finalProp: 'finalTraining.hyperparameters',
    train: tuning.train,
    validation: tuning.validation,
    finalHyperparameters: (tuning.finalTraining?.hyperparameters ?? {}) as Hyperparameters,
  };
  const further = (tuning.furtherDefinitions ?? []).map((definition) => ({
    ...pick(definition),
    name: definition.name,
    prop: `furtherDefinitions.${definition.name}.`,
    finalProp: `furtherDefinitions.${definition.name}.finalHyperparameters`,
    train: definition.train ?? tuning.train,
    validation: definition.validation ?? (definition.train ? undefined : tuning.validation),
    finalHyperparameters: (definition.finalHyperparameters ?? {}) as Hyperparameters,
  }));
  return [first, ...further];
}

/** Whether an execution's input can replace the data. It can replace only the first definition's data in Amazon S3. */
export function isReplaceable(tuning: TuningInput, data: InputData): boolean {
  return (data === tuning.train || data === tuning.validation) && data.location !== undefined;
}

/** The locations that an execution's input can override, by field; undefined for data in a file system. */
export function replaceableLocations(tuning: TuningInput): Record<string, string | undefined> {
  const { train, validation, test } = tuning;
  const all = { train, validation, ...ownFinalData(tuning), test };
  return Object.fromEntries(Object.entries(all).map(([name, data]) => [name, data?.location?.uri]));
}

/** JSONata for the name of the definition of the best training job. */
const WINNER = '$states.input.result.bestTrainingJob.definitionName';

/**
 * Returns a definition's value for the best training job. If all definitions have the same value, this is the value
 * itself. Otherwise, it is JSONata that looks up the value.
 */
export function ofWinner<T extends TuningDefinition>(
  definitions: readonly T[],
  read: (definition: T) => unknown,
): unknown {
  const values = definitions.map((each) => literal(read(each) ?? null));
  if (new Set(values).size === 1) return read(definitions[0] as T);
  const members = definitions.map(({ name }, index) => `${literal(name)}:${values[index]}`);
  return jsonata(`$lookup(${parsed(`{${members.join(',')}}`)}, ${WINNER})`);
}

/** JSONata for an expression that depends on the definition of the best training job. */
export function lookUpWinner(
  definitions: readonly TuningDefinition[],
  expression: (definition: TuningDefinition) => string,
): string {
  const [first, ...further] = definitions as [TuningDefinition, ...TuningDefinition[]];
  if (further.length === 0) return expression(first);
  const members = definitions.map((each) => `${literal(each.name)}: ${expression(each)}`);
  return `$lookup({${members.join(', ')}}, ${WINNER})`;
}

/** Whether the search has several definitions. SageMaker then requires a different form of the request. */
export function hasSeveralDefinitions({
  furtherDefinitions,
}: Pick<TuningOptions, 'furtherDefinitions'>): boolean {
  return furtherDefinitions !== undefined && furtherDefinitions.length > 0;
}

function pick(options: TrainingDefinitionOptions): CheckedOptions {
  const { algorithm, objective, parameterRanges, channels, resources, maxTrainingRuntime } = options;
  const hyperparameters = options.hyperparameters as Hyperparameters | undefined;
  return {
    algorithm,
    objective,
    parameterRanges,
    hyperparameters,
    channels,
    resources,
    maxTrainingRuntime,
    inferenceContainer: options.inferenceContainer,
  };
}
