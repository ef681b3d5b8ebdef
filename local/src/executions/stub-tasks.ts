import { closestTo } from '../closest';
import { copyJson, type Json, type RunTask, StatesError, statesIn, withPlainNumbers } from '../states';
import { UserError } from '../user-error';
import type { StubCommands } from './stub-commands';
import type { Stub, StubbedTask, StubbedTaskName, Stubs, StubTask } from './stub-types';

/** The stub of a task, if there is one. */
export function stubOf(stubs: Stubs, stateName: string, resource: string): Stub | undefined {
  const key = namesOf(stateName, resource).find((each) => Object.hasOwn(stubs, each));
  return key === undefined ? undefined : stubs[key];
}

/** @throws UserError when a stub matches no task of the definitions */
export function checkStubs(stubs: Stubs, definitions: readonly Readonly<Record<string, unknown>>[]): void {
  const states = definitions.flatMap((definition) => statesIn(definition));
  const tasks = states.filter(({ state }) => state['Type'] === 'Task');
  const known = new Set(tasks.flatMap(({ name, state }) => namesOf(name, String(state['Resource']))));
  const unknown = Object.keys(stubs).find((each) => !known.has(each));
  if (unknown === undefined) return;
  const other = states.find(({ name }) => name === unknown);
  if (other) {
    throw new UserError(
      `stubTasks: "${unknown}" is a ${String(other.state['Type'])} state; stubs can only replace Task states`,
    );
  }
  const similar = closestTo(unknown, [...known]);
  const hint = similar === undefined ? '' : ` Did you mean "${similar}"?`;
  const names = new Set(tasks.flatMap(({ name, state }) => [name, shortName(String(state['Resource']))]));
  throw new UserError(
    `stubTasks: no task has the name or resource "${unknown}".${hint} Available: ${[...names].join(', ') || 'none'}`,
  );
}

/** Removes the stubbed tasks from a definition, so that local mode does not have to support their algorithms. */
export function withoutStubbedTasks<T>(definition: T, stubs: Stubs): T {
  return copyJson(definition, (name, value) => {
    const { Type: type, Resource: resource } = (value ?? {}) as Readonly<Record<string, unknown>>;
    return type === 'Task' && stubOf(stubs, name, String(resource)) ? { Type: type } : value;
  }) as T;
}

/** Describes the stubs in one line. */
export function describeStubs(stubs: Stubs): string {
  const kinds = Object.entries(stubs).map(([name, stub]) => {
    if (typeof stub === 'function') return `${name} (a function)`;
    return 'command' in stub ? `${name} (command: ${stub.command})` : `${name} (an answer)`;
  });
  return `Stubs replace these tasks: ${kinds.join(', ')}`;
}

/** Name of a stubbed task, as shown to the user. */
export function nameOfStubbed({ stateName, resource }: StubbedTaskName): string {
  return `${stateName} (${shortName(resource)})`;
}

/**
 * Runs tasks, replacing those that have a stub.
 *
 * @param onStubbed called for each task before its stub runs
 */
export function withStubs(
  runTask: RunTask,
  stubs: Stubs,
  commands: StubCommands,
  onStubbed: (task: StubbedTaskName) => void,
): RunTask {
  return async (call) => {
    const { stateName, resource, arguments: given, signal } = call;
    const stub = stubOf(stubs, stateName, resource);
    if (stub === undefined) return runTask(call);
    onStubbed({ stateName, resource });
    const task = { stateName, resource, arguments: given, signal };
    if (typeof stub === 'function') return answerOf(stub, { ...task, arguments: withPlainNumbers(given) });
    return 'answer' in stub ? stub.answer : commands.run(stub, task);
  };
}

async function answerOf(stub: StubTask, task: StubbedTask): Promise<Json> {
  try {
    return copyJson(await stub(task));
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    throw new StatesError(name, message);
  }
}

function namesOf(stateName: string, resource: string): string[] {
  return [stateName, shortName(resource), resource];
}

/** The name of a Step Functions resource without the prefix that all resources share. */
function shortName(resource: string): string {
  return resource.replace(/^arn:[^:]+:states:[^:]*:[^:]*:/, '');
}
