import type { Json } from '../states';

/** A task that a stub replaces. */
export interface StubbedTaskName {
  readonly stateName: string;
  /** The state's `Resource`, as in the definition. */
  readonly resource: string;
}

/** The task that a stub receives. */
export interface StubbedTask extends StubbedTaskName {
  /** The state's evaluated `Arguments` (JSONPath: `Parameters`). */
  readonly arguments: Json;
  /** Aborts when the result is no longer needed: the execution was stopped, or the task timed out. */
  readonly signal: AbortSignal;
}

/**
 * A function that replaces a task. Its return value is the task's result, also for `.sync` and
 * `.waitForTaskToken` tasks. If it throws, the task fails: `Retry` and `Catch` match the error's `name`, and
 * the message is the cause.
 */
export type StubTask = (task: StubbedTask) => unknown;

/**
 * A stub given as data: the result (`answer`), a JSON file with the result (`file`), or a shell command
 * (`command`). The command reads the task's arguments as JSON from standard input and prints the result as
 * JSON.
 *
 * If the command's exit status is not 0, the task fails. The command may print `{"Error": "…", "Cause": "…"}`
 * for `Retry` and `Catch`. Otherwise, the error is `States.TaskFailed`, and the cause is the command's
 * standard error. The command is ended when the task times out or the execution is stopped.
 */
export type TaskStub =
  | { readonly answer: unknown }
  | { readonly file: string }
  | { readonly command: string };

/** Stubs by names of states, or by resources such as `sns:publish`. */
export type StubTasks = Readonly<Record<string, StubTask | TaskStub>>;

/** A command that replaces a task. */
export interface StubCommand {
  /** Shell command. */
  readonly command: string;
  /** Absolute path of the folder in which the command runs. */
  readonly cwd: string;
}

/** A stub that is ready to run: its file has been read. */
export type Stub = StubTask | { readonly answer: Json } | StubCommand;

/** Stubs that are ready to run, by names of states and by resources. */
export type Stubs = Readonly<Record<string, Stub>>;
