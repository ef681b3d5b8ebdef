import type { EarlyStopping } from '../algorithm/algorithm-definition';
import type { DataLocation } from '../data-location';
import type { InputData } from '../input-data';
import type { TuningOptions } from '../tuning-options';
import type { TuningDefinition, TuningInput } from './tuning-definitions';

/** Whether a training job trains the final model. */
export function trainsFinalModel({ finalTraining }: TuningOptions): boolean {
  return finalTraining?.enabled !== false && !finalTraining?.reuseBest;
}

/** Whether one channel of the final training has both the training and the validation data. */
export function trainsTogether({ finalTraining }: TuningOptions): boolean {
  return finalTraining?.data?._source === 'together';
}

/** Whether a training job cross-validates the best hyperparameters. */
export function crossValidates({ finalTraining }: TuningOptions): boolean {
  return finalTraining?.enabled !== false && finalTraining?.crossValidation !== undefined;
}

/** Data that only the final training uses. Each key is the field of an execution's input that replaces the data. */
export function ownFinalData({ finalTraining }: TuningOptions): Record<string, InputData | undefined> {
  return { finalTrain: finalTraining?.data?._train, finalValidation: finalTraining?.data?._validation };
}

/** Whether a definition has validation data in the search, but not in the final training. */
export function losesValidation(tuning: TuningInput, { validation }: TuningDefinition): boolean {
  if (!trainsFinalModel(tuning) || validation === undefined) return false;
  const data = tuning.finalTraining?.data;
  return trainsTogether(tuning) || (data?._train !== undefined && data._validation === undefined);
}

/**
 * The early stopping that the search uses, but the jobs after the search do not. A final training without validation
 * data cannot use early stopping. A cross-validation must not use it: early stopping would choose the number of rounds
 * of each model on the same rows that evaluate the model.
 */
export function removedEarlyStopping(
  tuning: TuningInput,
  definition: TuningDefinition,
): EarlyStopping | undefined {
  if (!crossValidates(tuning) && !losesValidation(tuning, definition)) return undefined;
  return definition.algorithm._definition.withoutValidation?.earlyStopping;
}

/** Whether a function must prepare the final training before its job starts. */
export function needsPreparation(tuning: TuningInput, definitions: readonly TuningDefinition[]): boolean {
  if (trainsFinalModel(tuning) && trainsTogether(tuning)) return true;
  return definitions.some((each) => removedEarlyStopping(tuning, each) !== undefined);
}

/** Location of the manifests of the final training's data. */
export function manifestLocation(output: DataLocation): DataLocation {
  return output._child('manifests/');
}
