import { Token } from 'aws-cdk-lib';
import type { InputData } from '../input-data';
import { losesValidation, ownFinalData, removedEarlyStopping, trainsTogether } from './final-training';
import type { Problems } from './problems';
import type { TuningDefinition, TuningInput } from './tuning-definitions';
import { checkCrossValidation } from './validate-cross-validation';
import { checkInputData, useOf } from './validate-definition';
import { checkApart } from './validate-jobs';

/** Checks the data of the final training, and reports options that have no effect on the final training. */
export function checkFinalTraining(
  problems: Problems,
  tuning: TuningInput,
  definitions: readonly TuningDefinition[],
): void {
  checkUnused(problems, tuning);
  checkOwnData(problems, tuning, definitions);
  checkCrossValidation(problems, tuning, definitions);
  for (const definition of definitions) {
    if (trainsTogether(tuning)) checkTogether(problems, definition);
    if (losesValidation(tuning, definition)) checkWithoutValidation(problems, tuning, definition);
  }
}

/** Reports options without effect, except hyperparameters: the checks of the definitions cover these. */
function checkUnused(problems: Problems, { finalTraining = {} }: TuningInput): void {
  const { enabled, reuseBest, hyperparameters: _checked, crossValidation, ...others } = finalTraining;
  if (enabled === false) {
    if (reuseBest)
      problems.add('finalTraining.reuseBest', 'has no effect, because finalTraining.enabled is false');
    if (others.data)
      problems.add('finalTraining.data', 'has no effect, because finalTraining.enabled is false');
    if (crossValidation)
      problems.add('finalTraining.crossValidation', 'has no effect, because finalTraining.enabled is false');
  } else if (reuseBest) {
    for (const [name, value] of Object.entries(others)) {
      if (value !== undefined)
        problems.add(`finalTraining.${name}`, 'has no effect, because finalTraining.reuseBest is true');
    }
  }
}

/** Checks data that only the final training uses. */
function checkOwnData(
  problems: Problems,
  tuning: TuningInput,
  definitions: readonly TuningDefinition[],
): void {
  const { finalTrain: train, finalValidation: validation } = ownFinalData(tuning);
  if (!train) return;
  const final = tuning.finalTraining?.resources;
  const jobs = final
    ? { 'finalTraining.resources': final }
    : Object.fromEntries(definitions.map(({ prop, resources }) => [`${prop}resources`, resources]));
  checkInputData(problems, 'finalTraining.data.train', train, tuning, jobs);
  checkInputData(problems, 'finalTraining.data.validation', validation, tuning, jobs);
  checkApart(problems, 'finalTraining.data.train', train.location, {
    output: tuning.output,
    'finalTraining.data.validation': validation?.location,
  });
  checkApart(problems, 'finalTraining.data.validation', validation?.location, {
    output: tuning.output,
    'finalTraining.data.train': train.location,
  });
  for (const definition of definitions) {
    checkForAlgorithm(problems, tuning, definition, train, validation);
    if (definition.train === tuning.train) continue;
    problems.add(
      'finalTraining.data',
      `cannot be FinalTrainingData.of(…), because ${definition.prop}train has its own format: use FinalTrainingData.sameAsSearch() or trainAndValidation()`,
    );
  }
}

/** Runs the algorithm's data checks on the data of the final training. */
function checkForAlgorithm(
  problems: Problems,
  tuning: TuningInput,
  definition: TuningDefinition,
  train: InputData,
  validation: InputData | undefined,
): void {
  const use = useOf(tuning, definition);
  const check = definition.algorithm._definition.check ?? (() => []);
  const ofData = (messages: readonly string[]) =>
    messages.filter((message) => /^(train|validation):/.test(message));
  const known = check(use);
  const messages = ofData(check({ ...use, train, validation: validation ?? use.validation }));
  problems.addAll(
    messages.filter((message) => !known.includes(message)).map((message) => `finalTraining.data.${message}`),
  );
}

/**
 * Checks that the training and the validation data can share one channel: they must be in one bucket and have one
 * format.
 */
function checkTogether(problems: Problems, { prop, algorithm, train, validation }: TuningDefinition): void {
  const at = 'finalTraining.data';
  const { title, withoutValidation } = algorithm._definition;
  if (withoutValidation?.foldersProblem) {
    problems.add(
      at,
      `cannot be trainAndValidation() for ${title}: ${withoutValidation.foldersProblem}. Put all rows in one location, and use FinalTrainingData.of(…)`,
    );
  }
  if (!validation) {
    problems.add(at, `trainAndValidation() needs ${prop}validation, which is not given`);
    return;
  }
  if (!train.location || !validation.location) {
    problems.add(at, 'trainAndValidation() needs data in Amazon S3, not in a file system');
  } else if (areInDifferentBuckets(train, validation)) {
    problems.add(
      at,
      `trainAndValidation() needs ${prop}train and ${prop}validation in one bucket, because a manifest cannot list objects of several buckets`,
    );
  }
  const types = [train.contentType, validation.contentType];
  if (types[0] !== types[1] && !types.some((type) => Token.isUnresolved(type))) {
    problems.add(
      at,
      `trainAndValidation() needs one format, got ${types[0] ?? 'none'} for ${prop}train and ${types[1] ?? 'none'} for ${prop}validation`,
    );
  }
}

/**
 * Whether the two locations are known to be in different buckets. A bucket is unknown at synth if the URI is a token
 * and no bucket construct is given. The first state of an execution then compares the buckets.
 */
function areInDifferentBuckets({ location: one }: InputData, { location: other }: InputData): boolean {
  const isKnown = [one, other].every((each) => each?._bucket || !Token.isUnresolved(each?.uri));
  return isKnown && one?._bucketArn !== other?._bucketArn;
}

function checkWithoutValidation(problems: Problems, tuning: TuningInput, definition: TuningDefinition): void {
  const { finalProp, algorithm, hyperparameters = {}, finalHyperparameters } = definition;
  const { title, withoutValidation } = algorithm._definition;
  if (withoutValidation?.problem) {
    problems.add(
      'finalTraining.data',
      `must have validation data for ${title}: ${withoutValidation.problem}`,
    );
  }
  const stopping = removedEarlyStopping(tuning, definition);
  if (!stopping) return;
  if (stopping.patience in finalHyperparameters) {
    problems.add(
      `${finalProp}.${stopping.patience}`,
      `needs validation data, which the final training does not have: set ${stopping.rounds} instead`,
    );
  }
  if (FOLDS in hyperparameters && stopping.patience in hyperparameters) {
    problems.add(
      'finalTraining.data',
      `must have validation data with ${stopping.patience} and ${FOLDS}: each of the models has its own best round`,
    );
  }
}

/** Hyperparameter that makes SageMaker's XGBoost train a model for each fold. */
const FOLDS = '_kfold';
