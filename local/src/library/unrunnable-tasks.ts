import type { ExecutedStateMachine } from '../executions/executions';
import { stubOf } from '../executions/stub-tasks';
import type { Stubs } from '../executions/stub-types';
import { AVAILABLE_RESOURCES, checkResources } from '../services';
import type { TaskTargets } from '../services/task-integrations/check-resources';
import { UserError } from '../user-error';

/** @throws UserError that lists all tasks that local mode cannot run and that have no stub */
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
      `Local mode cannot run state machine ${name}:`,
      ...lines,
      ...(stubbable ? howToStub(stubbable.stateName) : []),
    ].join('\n'),
  );
}

function howToStub(stateName: string): string[] {
  return [
    `Supported resources: ${AVAILABLE_RESOURCES}.`,
    'To run everything else, replace the task by a stub:',
    `  --stub-task '${stateName}={"any": "result"}'  (or ${stateName}=@<file>)`,
    `  --stub-command '${stateName}=<command>'  (reads the arguments from standard input and prints the result, both as JSON)`,
    `  local-mode.json: ${JSON.stringify({ stubTasks: { [stateName]: { answer: {} } } })}`,
    '  or stubTasks of LocalMode.deploy, in a test',
  ];
}
