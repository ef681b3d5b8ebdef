import type { ExecutedStateMachine } from '../executions/executions';
import { stubOf } from '../executions/stub-tasks';
import type { Stubs } from '../executions/stub-types';
import { AVAILABLE_RESOURCES, checkResources } from '../services';
import type { TaskTargets } from '../services/task-integrations/check-resources';
import { UserError } from '../user-error';

/** @throws UserError that names all tasks that local mode cannot run and no stub stands for */
export function requireRunnableTasks(
  { name, definition }: ExecutedStateMachine,
  targets: TaskTargets,
  stubs: Stubs,
): void {
  const problems = checkResources(
    definition,
    targets,
    (stateName, resource) => stubOf(stubs, stateName, resource) !== undefined,
  );
  if (problems.length === 0) return;
  const lines = problems.map(
    ({ stateName, message, location }) => `  - ${stateName}: ${message} (at ${location})`,
  );
  const stubbable = problems.find(({ isStubbable }) => isStubbable);
  throw new UserError(
    [
      `State machine ${name} cannot be run here:`,
      ...lines,
      ...(stubbable ? howToStub(stubbable.stateName) : []),
    ].join('\n'),
  );
}

function howToStub(stateName: string): string[] {
  return [
    `Local mode has: ${AVAILABLE_RESOURCES}.`,
    'To run the rest, let a stub stand for the task:',
    `  --stub-task '${stateName}={"any": "result"}'  (or ${stateName}=@<file>)`,
    `  --stub-command '${stateName}=<command>'  (gets the arguments on standard input and prints the result, as JSON)`,
    `  local-mode.json: ${JSON.stringify({ stubTasks: { [stateName]: { answer: {} } } })}`,
    '  or stubTasks of LocalMode.deploy, in a test',
  ];
}
