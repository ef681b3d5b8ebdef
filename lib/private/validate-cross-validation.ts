import { Token } from 'aws-cdk-lib';
import { crossValidates, ownFinalData } from './final-training';
import type { Problems } from './problems';
import { mayHaveSeveralInstances } from './training-resources';
import type { TuningDefinition, TuningInput } from './tuning-definitions';

const AT = 'finalTraining.crossValidation';

/** Checks that all definitions can be cross-validated. */
export function checkCrossValidation(
  problems: Problems,
  tuning: TuningInput,
  definitions: readonly TuningDefinition[],
): void {
  if (!crossValidates(tuning)) return;
  const { folds, rounds } = tuning.finalTraining?.crossValidation ?? {};
  for (const [name, value, min] of [
    ['folds', folds, 2],
    ['rounds', rounds, 1],
  ] as const) {
    if (Token.isUnresolved(value)) problems.add(`${AT}.${name}`, 'must be a number, not a token');
    problems.integer(`${AT}.${name}`, value, min, Number.POSITIVE_INFINITY);
  }
  for (const definition of definitions) checkDefinition(problems, tuning, definition);
}

function checkDefinition(problems: Problems, tuning: TuningInput, definition: TuningDefinition): void {
  const { prop, finalProp, algorithm, validation, resources } = definition;
  const { title, crossValidation, withoutValidation } = algorithm._definition;
  if (crossValidation === undefined) {
    problems.add(AT, `is not available for ${title}: only for Algorithm.xgboost from version 3.0-5`);
    return;
  }
  if (crossValidation.problem) {
    problems.add(AT, `is not available for ${title}: ${crossValidation.problem}`);
  }
  const { finalTrain, finalValidation } = ownFinalData(tuning);
  if (finalTrain ? !finalValidation : !validation) {
    const needed = finalTrain ? 'a validation data set in finalTraining.data' : `${prop}validation`;
    problems.add(AT, `needs ${needed}: without it, the algorithm reports no metrics of the held-out rows`);
  }
  if (mayHaveSeveralInstances(tuning.finalTraining?.resources ?? resources)) {
    problems.add(AT, 'needs one instance: give finalTraining.resources with instanceCount 1');
  }
  const patience = withoutValidation?.earlyStopping?.patience;
  checkUnset(problems, `${prop}hyperparameters`, definition.hyperparameters, [crossValidation.folds]);
  checkUnset(problems, finalProp, definition.finalHyperparameters, [crossValidation.folds, patience]);
}

function checkUnset(
  problems: Problems,
  at: string,
  given: Readonly<Record<string, unknown>> = {},
  names: readonly (string | undefined)[],
): void {
  for (const name of names) {
    if (name !== undefined && name in given) problems.add(`${at}.${name}`, `cannot be combined with ${AT}`);
  }
}
