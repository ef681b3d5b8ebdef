import type { Deployment } from '../../assembly/deployment';
import { statesIn } from '../../states';
import { findFunction } from '../lambda/find-function';
import { parseResource, type TaskResource } from './resource-arn';
import { findUnsupportedField, SUPPORTED_FIELDS } from './supported-fields';

/** A task that local mode cannot run. */
export interface TaskProblem {
  readonly stateName: string;
  readonly message: string;
  /** Location in the definition. */
  readonly location: string;
  /** Whether the task can run with a stub, because AWS supports the call but local mode does not. */
  readonly isStubbable: boolean;
}

/** Resources that tasks can call. */
export type TaskTargets = Pick<Deployment, 'functions' | 'stateMachines'>;

/**
 * Finds the tasks that local mode cannot run: those with an unsupported service, action or field, or with an
 * unknown function or state machine. Called at deployment.
 *
 * @param isStubbed whether a task has a stub
 */
export function checkResources(
  definition: Readonly<Record<string, unknown>>,
  targets: TaskTargets,
  isStubbed: (stateName: string, resource: string) => boolean = () => false,
): TaskProblem[] {
  return statesIn(definition)
    .filter(({ name, state }) => state['Type'] === 'Task' && !isStubbed(name, String(state['Resource'])))
    .flatMap(({ name, path, state }) => {
      const problem = findProblem(state, targets);
      return problem ? [{ ...problem, stateName: name, location: `${path}/${problem.location}` }] : [];
    });
}

type Problem = Omit<TaskProblem, 'stateName'>;

function findProblem(state: Readonly<Record<string, unknown>>, targets: TaskTargets): Problem | undefined {
  if ('Credentials' in state) {
    const instead = "local mode runs tasks with the permissions of the state machine's role";
    return {
      message: `The field 'Credentials' is not supported here: ${instead}`,
      location: 'Credentials',
      isStubbable: true,
    };
  }
  const member = 'Arguments' in state ? 'Arguments' : 'Parameters';
  try {
    const resource = parseResource(String(state['Resource']));
    const problem = findTargetProblem(resource, state[member], targets);
    if (problem) return { message: problem, location: 'Resource', isStubbable: true };
    return findFieldProblem(resource, state[member], member);
  } catch (error) {
    return { message: (error as Error).message, location: 'Resource', isStubbable: true };
  }
}

/** Finds a reference to a function or state machine that does not exist. */
function findTargetProblem(
  resource: TaskResource,
  given: unknown,
  { functions, stateMachines }: TaskTargets,
): string | undefined {
  const reference = targetOf(resource, given);
  // An expression or a path determines the target at run time.
  if (typeof reference !== 'string' || reference.startsWith('{%')) return undefined;
  if (resource.kind !== 'execution') {
    findFunction(functions, reference);
    return undefined;
  }
  const arns = stateMachines.flatMap(({ arn, qualifiers = {} }) => [
    arn,
    ...Object.keys(qualifiers).map((qualifier) => `${arn}:${qualifier}`),
  ]);
  if (arns.includes(reference)) return undefined;
  return `no state machine "${reference}" in the template. Available: ${arns.join(', ')}`;
}

/** The reference to a function or state machine in the task's arguments. */
export function targetOf(resource: TaskResource, given: unknown): unknown {
  const members = typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
  switch (resource.kind) {
    case 'function':
      return resource.functionArn;
    case 'lambda-invoke':
      return members['FunctionName'];
    case 'execution':
      return members['StateMachineArn'];
    default:
      return undefined;
  }
}

function findFieldProblem(resource: TaskResource, given: unknown, member: string): Problem | undefined {
  const operation = operationOf(resource);
  const fields = operation === undefined ? undefined : SUPPORTED_FIELDS[operation];
  const unsupported = fields && findUnsupportedField(given, fields);
  if (unsupported === undefined) return undefined;
  return {
    message: `The field "${unsupported.field}" is not supported by Step Functions`,
    location: `${member}${unsupported.path === '/' ? '' : unsupported.path}`,
    isStubbable: false,
  };
}

/** The operation, if the resource is an optimized integration. These integrations restrict the fields of a request. */
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
