import { copyJson, type Json, type RunTask, StatesError } from '../states';
import { UserError } from '../user-error';

/** A task as a stub sees it. */
export interface StubbedTask {
  readonly stateName: string;
  /** The state's `Resource`, as in the definition. */
  readonly resource: string;
  /** The state's `Arguments` (JSONPath: its `Parameters`), evaluated. */
  readonly arguments: Json;
  /** Aborts when nobody waits for the result any more: the execution was stopped, or the task has timed out. */
  readonly signal: AbortSignal;
}

/**
 * Stands for a task: what it returns is the task's result, of `.sync` and `.waitForTaskToken` tasks, too. What it throws
 * makes the task fail: the error's `name` is what `Retry` and `Catch` compare with, its message is the cause.
 */
export type StubTask = (task: StubbedTask) => unknown;

/** Stubs by the names of states, or by resources without `arn:aws:states:::`, such as `sns:publish`. */
export type StubTasks = Readonly<Record<string, StubTask>>;

/** The stub of a state, if there is one. */
export function stubOf(stubs: StubTasks, stateName: string, resource: string): StubTask | undefined {
  const key = namesOf(stateName, resource).find((each) => Object.hasOwn(stubs, each));
  return key === undefined ? undefined : stubs[key];
}

/** @throws UserError when a stub stands for no task of the definitions */
export function checkStubs(stubs: StubTasks, definitions: readonly unknown[]): void {
  const names = new Set(definitions.flatMap((definition) => tasksIn(definition, '')));
  const unused = Object.keys(stubs).find((each) => !names.has(each));
  if (unused === undefined) return;
  const known = [...names].join(', ') || 'none';
  throw new UserError(`stubTasks: no task has the name or resource "${unused}". There are: ${known}`);
}

function namesOf(stateName: string, resource: string): string[] {
  return [stateName, resource.replace(/^arn:[^:]+:states:[^:]*:[^:]*:/, '')];
}

/** Names of all tasks, those in branches and Map states included. */
function tasksIn(part: unknown, name: string): string[] {
  if (typeof part !== 'object' || part === null) return [];
  const { Type: type, Resource: resource } = part as Readonly<Record<string, unknown>>;
  const own = type === 'Task' && typeof resource === 'string' ? namesOf(name, resource) : [];
  return [...own, ...Object.entries(part).flatMap(([key, value]) => tasksIn(value, key))];
}

/** Runs tasks, but for those that have a stub. */
export function withStubs(runTask: RunTask, stubs: StubTasks): RunTask {
  return async (call) => {
    const { stateName, resource, arguments: given, signal } = call;
    const stub = stubOf(stubs, stateName, resource);
    if (stub === undefined) return runTask(call);
    try {
      return copyJson(await stub({ stateName, resource, arguments: given, signal }));
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      throw new StatesError(name, message);
    }
  };
}
