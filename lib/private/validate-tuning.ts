import { Token } from 'aws-cdk-lib';
import { checkEvaluation } from '../evaluation/private/validate-evaluation';
import { DEFAULTS } from './defaults';
import { tagsLimit } from './integration';
import { LIMITS } from './limits';
import { checkNetwork } from './network';
import { Problems } from './problems';
import { requireShape } from './shape';
import { definitionsOf, type TuningDefinition, type TuningInput } from './tuning-definitions';
import { TUNING_FRAGMENT } from './tuning-shape';
import { checkInput, checkJobNamePrefix, checkTags, jobNamePrefixLength } from './validate-common-props';
import { checkCost } from './validate-cost';
import { checkDefinition } from './validate-definition';
import { checkFinalTraining } from './validate-final-training';
import { checkDuration, checkLocations, checkOutput, checkResources } from './validate-jobs';
import { checkStrategy, checkTrainingJobs } from './validate-search';

/**
 * Runs all checks of a search that are possible at synth.
 *
 * @throws Error named `TuningValidationError` that lists every problem
 */
export function validateTuning(path: string, tuning: TuningInput): void {
  requireShape(path, TUNING_FRAGMENT, tuning);
  const problems = new Problems();
  const definitions = definitionsOf(tuning);
  checkDefinitions(problems, tuning, definitions);
  for (const definition of definitions) checkDefinition(problems, tuning, definition);
  checkFinalTraining(problems, tuning, definitions);
  checkEvaluation(problems, tuning, definitions);
  checkStrategy(
    problems,
    tuning,
    definitions.map(({ parameterRanges, hyperparameters = {} }) => ({ parameterRanges, hyperparameters })),
  );
  checkLimits(problems, tuning);
  checkOutput(problems, tuning.output);
  checkLocations(problems, 'allowedInputLocations', tuning.allowedInputLocations ?? []);
  checkResources(
    problems,
    'finalTraining.resources',
    tuning.finalTraining?.resources,
    tuning.finalTraining?.spot,
  );
  checkFinalKeepAlive(problems, tuning, definitions);
  checkSpot(problems, tuning, definitions);
  checkWarmStart(problems, tuning);
  checkTags(problems, tuning.tags, tagsLimit(tuning));
  checkJobNamePrefix(problems, tuning.jobNamePrefix, jobNamePrefixLength(tuning));
  checkNetwork(problems, tuning);
  checkInput(problems, tuning.input);
  checkFeatureNames(problems, tuning.featureNames);
  checkCost(problems, tuning, definitions);
  problems.throwIfAny(path);
}

/** Checks the feature names. They are part of the state machine's definition (at most 1 MB) and of a payload (256 KiB). */
function checkFeatureNames(problems: Problems, names: readonly string[] = []): void {
  const characters = names.reduce((sum, name) => sum + name.length, 0);
  if (characters > LIMITS.featureNameCharacters) {
    problems.add(
      'featureNames',
      `must have at most ${LIMITS.featureNameCharacters} characters in total, got ${characters}: shorten the names, or leave them out`,
    );
  }
  const expression = names.find((name) => name.startsWith('{%'));
  if (expression !== undefined) {
    problems.add(
      'featureNames',
      `must not begin with {%, which Step Functions treats as an expression, got ${JSON.stringify(expression)}`,
    );
  }
}

/**
 * Checks the names and objectives of several definitions, and reports options that SageMaker supports only for a single
 * definition.
 */
function checkDefinitions(
  problems: Problems,
  tuning: TuningInput,
  definitions: readonly TuningDefinition[],
): void {
  problems.count('furtherDefinitions', tuning.furtherDefinitions, 0, LIMITS.definitions - 1);
  if (definitions.length === 1) return;
  for (const { name, prop } of definitions) {
    if (LIMITS.jobNamePattern.test(name) && name.length <= LIMITS.definitionNameLength) continue;
    problems.add(
      prop === '' ? 'definitionName' : 'furtherDefinitions.name',
      `must be 1 to ${LIMITS.definitionNameLength} letters, digits and inner hyphens, got ${JSON.stringify(name)}`,
    );
  }
  const names = definitions.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0)
    problems.add('furtherDefinitions', `has duplicate names: ${[...new Set(twice)].join(', ')}`);
  const types = new Set(definitions.map(({ objective }) => objective.type));
  if (types.size > 1) {
    problems.add(
      'furtherDefinitions',
      `the objectives of all definitions must have the same direction, got ${definitions.map(({ name, objective }) => `${name}: ${objective.type} ${objective.metric}`).join(', ')}`,
    );
  }
  if (tuning.warmStart)
    problems.add('warmStart', 'cannot be combined with several definitions: SageMaker does not support it');
  if (tuning.earlyStopping)
    problems.add(
      'earlyStopping',
      'cannot be combined with several definitions: SageMaker does not support it',
    );
}

function checkLimits(problems: Problems, tuning: TuningInput): void {
  checkTrainingJobs(problems, tuning);
  problems.integer(
    'maxParallelTrainingJobs',
    tuning.maxParallelTrainingJobs,
    1,
    LIMITS.parallelTrainingJobs,
    'quota of SageMaker',
  );
  const { tuningRuntimeSeconds, trainingRuntimeSeconds } = LIMITS;
  checkDuration(problems, 'maxQuotaWait', tuning.maxQuotaWait, LIMITS.quotaWaitSeconds);
  checkDuration(problems, 'maxTuningRuntime', tuning.maxTuningRuntime, tuningRuntimeSeconds);
  checkDuration(
    problems,
    'finalTraining.maxRuntime',
    tuning.finalTraining?.maxRuntime,
    trainingRuntimeSeconds,
  );
}

/** Reports the tuning job's `keepAlive` if a final training on spot instances would inherit it. */
function checkFinalKeepAlive(
  problems: Problems,
  { spot, finalTraining }: TuningInput,
  definitions: readonly TuningDefinition[],
): void {
  if (!finalTraining?.spot || finalTraining.resources || spot) return;
  for (const { prop, resources } of definitions) {
    if (!resources?.keepAlive) continue;
    problems.add(
      `${prop}resources.keepAlive`,
      'cannot be combined with spot instances, which the final training uses: give finalTraining.resources too',
    );
  }
}

/**
 * `spot.maxWait` defaults to twice the maximum run time. If the run time is a token, the library cannot double it,
 * because CloudFormation cannot multiply.
 */
export const NO_DEFAULT_WAIT =
  'is required, because the maximum run time is a token and the library cannot double it';

function checkSpot(
  problems: Problems,
  { spot, finalTraining }: TuningInput,
  definitions: readonly TuningDefinition[],
): void {
  const waits = definitions.flatMap(({ prop, maxTrainingRuntime }) => [
    { prop: 'spot.maxWait', definition: prop, options: spot, runtime: maxTrainingRuntime },
    {
      prop: 'finalTraining.spot.maxWait',
      definition: prop,
      options: finalTraining?.spot,
      runtime: finalTraining?.maxRuntime ?? maxTrainingRuntime,
    },
  ]);
  for (const { prop, definition, options, runtime } of waits) {
    const wait = options?.maxWait;
    if (options && !wait && runtime?.isUnresolved()) {
      problems.add(prop, NO_DEFAULT_WAIT);
    }
    if (!wait || wait.isUnresolved() || runtime?.isUnresolved()) continue;
    const seconds = runtime?.toSeconds({ integral: false }) ?? DEFAULTS.runtimeSeconds;
    const waitSeconds = wait.toSeconds({ integral: false });
    if (waitSeconds >= seconds && Number.isInteger(waitSeconds)) continue;
    problems.add(
      prop,
      `must be a whole number of seconds and at least the maximum run time of the training job${definition === '' ? '' : ` (${definition}maxTrainingRuntime)`}, ${seconds} seconds, got ${waitSeconds}`,
    );
  }
}

function checkWarmStart(problems: Problems, { warmStart }: TuningInput): void {
  const names = warmStart?.tuningJobNames ?? [];
  problems.count('warmStart', names, 0, LIMITS.parentTuningJobs);
  for (const name of names) {
    if (Token.isUnresolved(name)) continue;
    if (!LIMITS.jobNamePattern.test(name) || name.length > LIMITS.tuningJobNameLength) {
      problems.add(
        'warmStart',
        `must name tuning jobs: 1 to ${LIMITS.tuningJobNameLength} letters, digits and inner hyphens, got ${JSON.stringify(name)}`,
      );
    }
  }
}
