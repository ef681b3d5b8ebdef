import type { Deployment, StateMachineResource } from '../assembly';
import { checkResources } from '../services';
import { parseStateMachine, type StateMachine } from '../states';
import type { TrainedAlgorithm, Trainer } from '../training';
import { UserError } from '../user-error';
import type { ExecutedStateMachine } from './executions';
import { type StubTasks, stubOf } from './stub-tasks';
import { trainedAlgorithms } from './trained-algorithms';

/** Parses a definition. @throws UserError when local mode cannot run it */
export function parseDefinition(resource: ExecutedStateMachine, stubs: StubTasks = {}): StateMachine {
  const problems = checkResources(
    resource.definition,
    (stateName, task) => stubOf(stubs, stateName, task) !== undefined,
  );
  if (problems.length > 0) {
    const lines = problems.map(({ code, message, location }) => `  - ${code}: ${message} at ${location}`);
    throw new UserError(`State machine ${resource.name} cannot be run here:\n${lines.join('\n')}`);
  }
  try {
    return parseStateMachine(resource.definition);
  } catch (error) {
    throw new UserError(`State machine ${resource.name}: ${(error as Error).message}`);
  }
}

/** Whether a state machine starts AutoML jobs. */
export function startsAutoMLJobs({ definition }: StateMachineResource): boolean {
  return /:sagemaker:createAutoMLJobV2\b/.test(JSON.stringify(definition));
}

/** What the state machines train and can be trained here. */
export function trainableAlgorithms({ stateMachines }: Deployment, trainer: Trainer): TrainedAlgorithm[] {
  return stateMachines
    .flatMap(({ definition }) => trainedAlgorithms(definition))
    .filter((algorithm) => trainer.accepts(algorithm));
}

/** @throws UserError when a state machine trains what cannot be trained here: before it starts anything */
export function requireTrainable({ name, definition }: ExecutedStateMachine, trainer: Trainer): void {
  const refusals = trainedAlgorithms(definition).flatMap((algorithm) => {
    const refusal = trainer.refusal?.(algorithm);
    if (refusal === undefined || !algorithm.mayRunProgram) return refusal ?? [];
    return trainer.refusal?.({ ...algorithm, hyperparameters: { sagemaker_program: 'unknown.py' } }) ?? [];
  });
  if (refusals.length === 0) return;
  throw new UserError(`State machine ${name} cannot be run here: ${[...new Set(refusals)].join('; ')}`);
}
