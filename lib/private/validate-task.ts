import { Token } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type {
  CreateHyperParameterTuningJobTaskOptions,
  TuningTrainingJobDefinition,
} from '../tasks/create-hyper-parameter-tuning-job';
import type { CreateTrainingJobTaskOptions } from '../tasks/create-training-job';
import type { TrainingJobDefinition } from '../tasks/training-job-definition';
import { isJsonata } from './jsonata';
import { LIMITS } from './limits';
import { Problems } from './problems';
import { requireShape } from './shape';
import { TRAINING_TASK, TUNING_TASK } from './task-shape';
import { checkTags } from './validate-common-props';
import { checkDuration } from './validate-jobs';
import { checkRange, checkStrategy, trainingJobsLimit } from './validate-search';
import { checkTrainingJob } from './validate-training-job';

/** Options that all tasks of this library have. */
interface TaskOptions {
  readonly integrationPattern?: sfn.IntegrationPattern;
}

/**
 * Checks the properties of a training task. Accepts any expression or token.
 *
 * @throws Error named `TuningValidationError` that lists every problem
 */
export function validateTrainingTask(path: string, props: CreateTrainingJobTaskOptions & TaskOptions): void {
  requireShape(path, TRAINING_TASK, props);
  const problems = new Problems();
  checkPattern(problems, props);
  checkJobName(problems, 'trainingJobName', props.trainingJobName, LIMITS.trainingJobNameLength);
  checkTrainingJob(
    problems,
    'trainingJobDefinition.',
    props.trainingJobDefinition,
    LIMITS.trainingJobEnvironmentVariables,
  );
  checkTaskTags(problems, props.tags);
  problems.throwIfAny(path);
}

/**
 * Checks the properties of a tuning task. Accepts any expression or token.
 *
 * @throws Error named `TuningValidationError` that lists every problem
 */
export function validateTuningTask(
  path: string,
  props: CreateHyperParameterTuningJobTaskOptions & TaskOptions,
): void {
  requireShape(path, TUNING_TASK, props);
  const problems = new Problems();
  checkPattern(problems, props);
  checkJobName(problems, 'tuningJobName', props.tuningJobName, LIMITS.tuningJobNameLength);
  checkLimits(problems, props);
  checkDefinitions(problems, props);
  checkWarmStart(problems, props);
  checkTaskTags(problems, props.tags);
  problems.throwIfAny(path);
}

function checkPattern(problems: Problems, { integrationPattern }: TaskOptions): void {
  if (integrationPattern !== sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN) return;
  problems.add(
    'integrationPattern',
    `SageMaker's jobs support REQUEST_RESPONSE and RUN_JOB, got ${integrationPattern}`,
  );
}

function checkJobName(problems: Problems, prop: string, name: string, maxLength: number): void {
  if (isJsonata(name) || Token.isUnresolved(name)) return;
  if (LIMITS.jobNamePattern.test(name) && name.length <= maxLength) return;
  problems.add(
    prop,
    `must be 1 to ${maxLength} letters, digits and inner hyphens, got ${JSON.stringify(name)}`,
  );
}

function checkLimits(problems: Problems, props: CreateHyperParameterTuningJobTaskOptions): void {
  const { maxTrainingJobs, maxParallelTrainingJobs, maxRuntime } = props;
  problems.integer('maxTrainingJobs', maxTrainingJobs, 1, trainingJobsLimit(props), 'quota of SageMaker');
  problems.integer('maxParallelTrainingJobs', maxParallelTrainingJobs, 1, LIMITS.parallelTrainingJobs);
  checkDuration(problems, 'maxRuntime', maxRuntime, LIMITS.tuningRuntimeSeconds);
}

/**
 * Checks that each option is given at the right level (the tuning job or its definitions), and that SageMaker supports
 * it for the given number of definitions.
 */
function checkDefinitions(problems: Problems, props: CreateHyperParameterTuningJobTaskOptions): void {
  const { trainingJobDefinition, trainingJobDefinitions, objective } = props;
  checkOne(problems, props, 'trainingJobDefinition', 'trainingJobDefinitions');
  if (trainingJobDefinition) {
    if (!objective) problems.add('objective', 'is required with trainingJobDefinition');
    problems.length('objective', objective?.metric, 1, LIMITS.metricNameLength);
    checkTuned(problems, 'trainingJobDefinition.', trainingJobDefinition);
    checkSearchSpace(problems, '', props);
    checkSearch(problems, props, [{ ...props, trainingJobDefinition }]);
  }
  if (!trainingJobDefinitions) return;
  const prop = 'trainingJobDefinitions';
  problems.count(prop, trainingJobDefinitions, 1, LIMITS.definitions);
  for (const [index, definition] of trainingJobDefinitions.entries()) {
    const at = `${prop}[${index}].`;
    checkJobName(problems, `${at}definitionName`, definition.definitionName, LIMITS.definitionNameLength);
    problems.length(`${at}objective`, definition.objective.metric, 1, LIMITS.metricNameLength);
    checkSearchSpace(problems, at, definition);
    checkTuned(problems, `${at}trainingJobDefinition.`, definition.trainingJobDefinition);
  }
  checkEnvironments(problems, prop, trainingJobDefinitions);
  checkSearch(problems, props, trainingJobDefinitions);
  const { parameterRanges, parameterRangesInput, warmStart, earlyStopping } = props;
  const given = Object.entries({ objective, parameterRanges, parameterRangesInput, warmStart })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (earlyStopping) given.push('earlyStopping');
  if (given.length > 0) {
    problems.add(
      prop,
      `cannot be combined with ${given.join(', ')}: each definition has its own objective and ranges, and SageMaker does not support a warm start or early stopping with several definitions`,
    );
  }
}

/** Checks the number of environment variables of all definitions together. */
function checkEnvironments(
  problems: Problems,
  prop: string,
  definitions: readonly TuningTrainingJobDefinition[],
): void {
  const counts = definitions.map(
    ({ trainingJobDefinition: { environment = {} } }) => Object.keys(environment).length,
  );
  // `checkTrainingJob` reports a single definition with too many variables.
  if (counts.some((count) => count > LIMITS.environmentVariables)) return;
  const count = counts.reduce((sum, each) => sum + each, 0);
  if (count <= LIMITS.environmentVariables) return;
  problems.add(
    prop,
    `can have at most ${LIMITS.environmentVariables} environment variables in all definitions together, got ${count}`,
  );
}

function checkTuned(problems: Problems, prop: string, definition: TrainingJobDefinition): void {
  checkTrainingJob(problems, prop, definition, LIMITS.environmentVariables);
  for (const name of ['containerEntrypoint', 'containerArguments'] as const) {
    if (definition[name] === undefined) continue;
    problems.add(
      `${prop}${name}`,
      'is only for CreateTrainingJobTask; a tuning job runs the entry point of the image',
    );
  }
}

type SearchSpace = Pick<TuningTrainingJobDefinition, 'parameterRanges' | 'parameterRangesInput'>;

function checkSearchSpace(problems: Problems, prop: string, space: SearchSpace): void {
  checkOne(problems, space, 'parameterRanges', 'parameterRangesInput', prop);
  const { parameterRanges } = space;
  problems.count(`${prop}parameterRanges`, parameterRanges, 1, LIMITS.ranges);
  const names = (parameterRanges ?? []).map(({ name }) => name);
  for (const [index, range] of (parameterRanges ?? []).entries()) {
    const at = `${prop}parameterRanges.${range.name}`;
    if (names.indexOf(range.name) !== index) problems.add(at, 'is given twice');
    checkRange(problems, at, range);
  }
}

/** Checks the strategy and the number of training jobs, if the whole search space is known. */
function checkSearch(
  problems: Problems,
  props: CreateHyperParameterTuningJobTaskOptions,
  spaces: readonly (SearchSpace & { readonly trainingJobDefinition: TrainingJobDefinition })[],
): void {
  const known = spaces.flatMap(({ parameterRanges, trainingJobDefinition }) =>
    parameterRanges ? [{ parameterRanges, hyperparameters: fixed(trainingJobDefinition) }] : [],
  );
  if (known.length === spaces.length) checkStrategy(problems, props, known);
}

/** The hyperparameters of a definition; undefined if they are an expression. */
function fixed({ hyperparameters }: TrainingJobDefinition): Record<string, string> | undefined {
  if (!hyperparameters) return {};
  return typeof hyperparameters.value === 'object' ? hyperparameters.value : undefined;
}

function checkWarmStart(
  problems: Problems,
  { warmStart, warmStartParentsInput }: CreateHyperParameterTuningJobTaskOptions,
): void {
  if (!warmStart || warmStartParentsInput) return;
  problems.count('warmStart', warmStart.tuningJobNames, 1, LIMITS.parentTuningJobs);
  for (const name of warmStart.tuningJobNames) {
    checkJobName(problems, 'warmStart', name, LIMITS.tuningJobNameLength);
  }
}

function checkTaskTags(problems: Problems, tags: Readonly<Record<string, string>> = {}): void {
  if (Token.isUnresolved(tags)) return;
  const known = Object.fromEntries(Object.entries(tags).filter(([, value]) => !isJsonata(value)));
  checkTags(problems, known, LIMITS.tags);
}

function checkOne<T extends object>(
  problems: Problems,
  props: T,
  one: keyof T & string,
  other: keyof T & string,
  prop = '',
): void {
  if ((props[one] === undefined) !== (props[other] === undefined)) return;
  problems.add(`${prop}${one}`, `give exactly one of ${one} and ${other}`);
}
