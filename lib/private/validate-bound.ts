import { Token } from 'aws-cdk-lib';
import { LIMITS } from './limits';
import { Problems } from './problems';
import type { BoundDefinition } from './tuning-requests';

/**
 * Checks SageMaker's limits on channels, environment variables and hyperparameters. These limits
 * include what the algorithms add, so this check needs algorithms that are bound to the stack.
 *
 * @throws Error named `TuningValidationError` that lists every problem
 */
export function validateBound(path: string, definitions: readonly BoundDefinition[]): void {
  const problems = new Problems();
  for (const definition of definitions) {
    checkEnvironment(problems, `${definition.prop}algorithm.environment`, definition.bound.environment);
    checkChannels(problems, definition);
    checkHyperparameterCount(problems, definition);
  }
  checkEnvironmentCount(problems, definitions);
  problems.throwIfAny(path);
}

/**
 * Checks the environment variables of a container.
 *
 * @param max maximum number of variables
 * @param maxLength maximum length of a name or a value
 */
export function checkEnvironment(
  problems: Problems,
  prop: string,
  environment: Readonly<Record<string, string>> = {},
  max = Number.POSITIVE_INFINITY,
  maxLength: number = LIMITS.environmentLength,
): void {
  problems.count(prop, Object.keys(environment), 0, max);
  for (const [name, value] of Object.entries(environment)) {
    const at = `${prop}.${name}`;
    if (!Token.isUnresolved(name) && !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) {
      problems.add(at, 'the name must be letters, digits and underscores, no digit first');
    }
    problems.length(at, name, 1, maxLength);
    problems.length(at, value, 0, maxLength);
  }
}

/** Checks the number of environment variables. SageMaker limits the total of all definitions of a tuning job. */
function checkEnvironmentCount(problems: Problems, definitions: readonly BoundDefinition[]): void {
  const count = definitions
    .map(({ bound }) => Object.keys(bound.environment ?? {}).length)
    .reduce((sum, each) => sum + each, 0);
  if (count <= LIMITS.environmentVariables) return;
  const where = definitions.length > 1 ? ' in all definitions together' : '';
  problems.add(
    'algorithm.environment',
    `can have at most ${LIMITS.environmentVariables} variables${where}, got ${count}`,
  );
}

function checkChannels(problems: Problems, definition: BoundDefinition): void {
  const { prop, validation, channels = {}, bound } = definition;
  const brought = (bound.channels ?? []).map(({ name }) => name);
  for (const name of Object.keys(channels).filter((each) => brought.includes(each))) {
    problems.add(`${prop}channels.${name}`, 'is a channel that the algorithm adds: use another name');
  }
  const count = Object.keys(channels).length + brought.length + (validation ? 2 : 1);
  if (count <= LIMITS.channels) return;
  problems.add(
    `${prop}channels`,
    `a training job can have at most ${LIMITS.channels} channels, got ${count}. This number includes train, validation and the channels that the algorithm adds`,
  );
}

function checkHyperparameterCount(problems: Problems, definition: BoundDefinition): void {
  const { prop, algorithm, objective, hyperparameters, parameterRanges, bound } = definition;
  const names = new Set([
    ...Object.keys(algorithm._definition.defaultHyperparameters(objective.metric)),
    ...Object.keys(hyperparameters ?? {}),
    ...parameterRanges.map(({ name }) => name),
    ...Object.keys(bound.containerHyperparameters ?? {}),
    ...(bound.instanceTypeHyperparameter ? [bound.instanceTypeHyperparameter] : []),
    '_tuning_objective_metric',
  ]);
  if (names.size <= LIMITS.hyperparameters) return;
  problems.add(
    `${prop}hyperparameters`,
    `a training job can have at most ${LIMITS.hyperparameters}, got ${names.size}. This number includes tuned hyperparameters, those that the algorithm adds, and SageMaker's own _tuning_objective_metric`,
  );
}
