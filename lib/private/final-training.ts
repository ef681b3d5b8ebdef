import type { EarlyStopping } from '../algorithm/algorithm-definition';
import type { DataLocation } from '../data-location';
import type { InputData } from '../input-data';
import type { TuningOptions } from '../tuning-options';
import type { TuningDefinition, TuningInput } from './tuning-definitions';

/** Whether a training job trains the final model. */
export function trainsFinalModel({ finalTraining }: TuningOptions): boolean {
  return finalTraining?.enabled !== false && !finalTraining?.reuseBest;
}

/** Whether the final training has the training and the validation data in one channel. */
export function trainsTogether({ finalTraining }: TuningOptions): boolean {
  return finalTraining?.data?._source === 'together';
}

/** Data that only the final training uses, by the field of an execution's input. */
export function ownFinalData({ finalTraining }: TuningOptions): Record<string, InputData | undefined> {
  return { finalTrain: finalTraining?.data?._train, finalValidation: finalTraining?.data?._validation };
}

/** Whether a definition has validation data in the search, but not in the final training. */
export function losesValidation(tuning: TuningInput, { validation }: TuningDefinition): boolean {
  if (!trainsFinalModel(tuning) || validation === undefined) return false;
  const data = tuning.finalTraining?.data;
  return trainsTogether(tuning) || (data?._train !== undefined && data._validation === undefined);
}

/** The early stopping of the search that the final training cannot use, because it has no validation data. */
export function lostEarlyStopping(
  tuning: TuningInput,
  definition: TuningDefinition,
): EarlyStopping | undefined {
  if (!losesValidation(tuning, definition)) return undefined;
  return definition.algorithm._definition.withoutValidation?.earlyStopping;
}

/** Whether a function must prepare the final training before its job starts. */
export function needsPreparation(tuning: TuningInput, definitions: readonly TuningDefinition[]): boolean {
  if (!trainsFinalModel(tuning)) return false;
  return trainsTogether(tuning) || definitions.some((each) => lostEarlyStopping(tuning, each) !== undefined);
}

/** Location of the manifests of the final training's data. */
export function manifestLocation(output: DataLocation): DataLocation {
  return output._child('manifests/');
}
