import type { Json } from '../states';

/** A task that a stub stands for. */
export interface StubbedTaskName {
  readonly stateName: string;
  /** The state's `Resource`, as in the definition. */
  readonly resource: string;
}

/** A task as a stub sees it. */
export interface StubbedTask extends StubbedTaskName {
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

/**
 * Data that stands for a task: its result (`answer`), a JSON file with it (`file`), or a shell command that gets the
 * task's arguments as JSON on standard input and prints its result as JSON (`command`).
 *
 * A command that exits with another status than 0 makes the task fail. It may print `{"Error": "…", "Cause": "…"}`, which
 * `Retry` and `Catch` then see; otherwise the error is `States.TaskFailed`, and the cause is what it wrote to standard
 * error. The command is ended when the task times out or the execution is stopped.
 */
export type TaskStub =
  | { readonly answer: unknown }
  | { readonly file: string }
  | { readonly command: string };

/** Stubs by the names of states, or by resources such as `sns:publish`. */
export type StubTasks = Readonly<Record<string, StubTask | TaskStub>>;

/** A command that stands for a task. */
export interface StubCommand {
  /** For the shell. */
  readonly command: string;
  /** Folder to run it in. Absolute. */
  readonly cwd: string;
}

/** A stub that is ready to be used: files were read. */
export type Stub = StubTask | { readonly answer: Json } | StubCommand;

/** Stubs that are ready to be used, by names of states and by resources. */
export type Stubs = Readonly<Record<string, Stub>>;
