import { isRecord } from '../../assembly/template';
import type { Problem } from '../../states';
import { parseResource, type TaskResource } from './resource-arn';
import { findUnsupportedField, SUPPORTED_FIELDS } from './supported-fields';

/** Whether something else stands for a task. */
type IsReplaced = (stateName: string, resource: string) => boolean;

/**
 * Finds the tasks of a definition that local mode cannot run: a resource it does not have, or a field that
 * the optimised integration does not take. For use when the definition is deployed.
 */
export function checkResources(
  definition: Readonly<Record<string, unknown>>,
  isReplaced: IsReplaced = () => false,
): Problem[] {
  return checkStates(definition, '', isReplaced);
}

function checkStates(
  machine: Readonly<Record<string, unknown>>,
  path: string,
  isReplaced: IsReplaced,
): Problem[] {
  const states = isRecord(machine['States']) ? machine['States'] : {};
  return Object.entries(states).flatMap(([name, state]) =>
    isRecord(state) && !isReplaced(name, String(state['Resource']))
      ? checkState(state, `${path}/States/${name}`, isReplaced)
      : [],
  );
}

function checkState(state: Record<string, unknown>, path: string, isReplaced: IsReplaced): Problem[] {
  const branches = Array.isArray(state['Branches']) ? state['Branches'] : [];
  return [
    ...(state['Type'] === 'Task' ? checkTask(state, path) : []),
    ...branches.flatMap((branch, i) =>
      isRecord(branch) ? checkStates(branch, `${path}/Branches[${i}]`, isReplaced) : [],
    ),
    ...['ItemProcessor', 'Iterator'].flatMap((field) => {
      const machine = state[field];
      return isRecord(machine) ? checkStates(machine, `${path}/${field}`, isReplaced) : [];
    }),
  ];
}

function checkTask(state: Record<string, unknown>, path: string): Problem[] {
  const problem = (message: string, location: string): Problem[] => [
    { code: 'SCHEMA_VALIDATION_FAILED', message, location },
  ];
  if ('Credentials' in state) {
    const instead = "local mode runs a task with the rights of the state machine's role";
    return problem(`The field 'Credentials' is not supported here: ${instead}`, `${path}/Credentials`);
  }
  try {
    const operation = operationOf(parseResource(String(state['Resource'])));
    if (operation === undefined) return [];
    const member = 'Arguments' in state ? 'Arguments' : 'Parameters';
    const unsupported = findUnsupportedField(state[member], SUPPORTED_FIELDS[operation] ?? {});
    return unsupported === undefined
      ? []
      : problem(
          `The field "${unsupported.field}" is not supported by Step Functions`,
          `${path}/${member}${unsupported.path === '/' ? '' : unsupported.path}`,
        );
  } catch (error) {
    return problem((error as Error).message, `${path}/Resource`);
  }
}

/** The operation whose fields an optimised integration restricts. */
function operationOf(resource: TaskResource): string | undefined {
  switch (resource.kind) {
    case 'sagemaker':
      return resource.operation;
    case 'lambda-invoke':
      return 'Invoke';
    case 'execution':
      return 'StartExecution';
    default:
      return undefined;
  }
}
