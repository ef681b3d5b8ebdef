import type { StateMachineResource } from '../assembly';
import type { ExecutedStateMachine } from '../executions/executions';
import { withoutStubbedTasks } from '../executions/stub-tasks';
import type { Stubs } from '../executions/stub-types';
import type { TaskTargets } from '../services/task-integrations/check-resources';
import { parseExact, parseStateMachine, type StateMachine } from '../states';
import type { TrainedAlgorithm, Trainer } from '../training';
import { UserError } from '../user-error';
import { trainedAlgorithms } from './trained-algorithms';
import { requireRunnableTasks } from './unrunnable-tasks';

/** Parses a definition. @throws UserError when local mode does not support a part of it */
export function parseDefinition(
  resource: ExecutedStateMachine,
  targets: TaskTargets,
  stubs: Stubs = {},
): StateMachine {
  requireRunnableTasks(resource, targets, stubs);
  try {
    const { definition, definitionText } = resource;
    // Parses the original JSON text if it is available, because the text preserves the spelling of numbers.
    return parseStateMachine(definitionText === undefined ? definition : parseExact(definitionText));
  } catch (error) {
    throw new UserError(`State machine ${resource.name}: ${(error as Error).message}`);
  }
}

/** Whether a state machine starts AutoML jobs. */
export function startsAutoMLJobs({ definition }: Pick<StateMachineResource, 'definition'>): boolean {
  return /:sagemaker:createAutoMLJobV2\b/.test(JSON.stringify(definition));
}

/** The algorithms that the state machines train and that local mode supports. */
export function trainableAlgorithms(
  stateMachines: readonly Pick<StateMachineResource, 'definition'>[],
  trainer: Trainer,
): TrainedAlgorithm[] {
  return stateMachines
    .flatMap(({ definition }) => trainedAlgorithms(definition))
    .filter((algorithm) => trainer.accepts(algorithm));
}

/**
 * Checks, before anything starts, that this machine can train what a state machine trains.
 *
 * @throws UserError when the state machine trains an algorithm that cannot be trained on this machine
 */
export function requireTrainable(
  { name, definition }: ExecutedStateMachine,
  trainer: Trainer,
  stubs: Stubs,
): void {
  const refusals = trainedAlgorithms(withoutStubbedTasks(definition, stubs)).flatMap((algorithm) => {
    const refusal = trainer.refusal?.(algorithm);
    if (refusal === undefined || !algorithm.mayRunProgram) return refusal ?? [];
    return trainer.refusal?.({ ...algorithm, hyperparameters: { sagemaker_program: 'unknown.py' } }) ?? [];
  });
  if (refusals.length === 0) return;
  throw new UserError(`Local mode cannot run state machine ${name}: ${[...new Set(refusals)].join('; ')}`);
}
