import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type Json, jsonText, PAYLOAD_LIMIT, parseExact, StatesError } from '../states';
import { HostProcess } from '../training';
import type { StubbedTask, StubCommand } from './stub-types';

/** How long a command may take to end after its task timed out or was stopped. */
const GRACE_MS = 2000;

/**
 * A command that prints more characters than this is ended early. Its output already exceeds the limit for task
 * results, so the task fails anyway.
 */
const MOST_OUTPUT = 4 * PAYLOAD_LIMIT;

/** Maximum length of an error's cause (Step Functions API reference, SendTaskFailure). */
const LONGEST_CAUSE = 32_768;

/**
 * Runs a command with standard input and standard error redirected to files: `sh -c <this> sh <input>
 * <errors> <command>`.
 */
const WITH_FILES = 'exec /bin/sh -c "$3" <"$1" 2>"$2"';

/** Runs the commands that replace tasks. */
export class StubCommands {
  private readonly running = new Set<Promise<unknown>>();

  /** @param workFolder folder for standard input and standard error of running commands */
  constructor(private readonly workFolder: string) {}

  /**
   * Runs a command until the command or its task ends.
   *
   * @returns the JSON value that the command prints
   * @throws StatesError when the command's exit status is not 0, or its output is not one JSON value
   */
  async run(stub: StubCommand, task: StubbedTask): Promise<Json> {
    mkdirSync(this.workFolder, { recursive: true });
    const folder = mkdtempSync(join(this.workFolder, '.stub-'));
    const run = runIn(folder, stub, task).finally(() => {
      rmSync(folder, { recursive: true, force: true });
      this.running.delete(run);
    });
    this.running.add(run);
    return run;
  }

  /** Resolves when all commands have ended. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.running);
  }
}

async function runIn(folder: string, { command, cwd }: StubCommand, task: StubbedTask): Promise<Json> {
  const { stateName, resource, signal } = task;
  const [input, errors] = [join(folder, 'input.json'), join(folder, 'errors.txt')];
  writeFileSync(input, jsonText(task.arguments));
  signal.throwIfAborted();
  const lines: string[] = [];
  let length = 0;
  const process = new HostProcess(
    {
      command: '/bin/sh',
      args: ['-c', WITH_FILES, 'sh', input, errors, command],
      cwd,
      env: { ...ownEnvironment(), LOCAL_MODE_STATE_NAME: stateName, LOCAL_MODE_RESOURCE: resource },
    },
    (line) => {
      length += line.length;
      if (length <= MOST_OUTPUT) lines.push(line);
      else process.stop(0);
    },
  );
  const stop = () => process.stop(GRACE_MS);
  signal.addEventListener('abort', stop, { once: true });
  const { exitCode } = await process.ended;
  signal.removeEventListener('abort', stop);
  if (length > PAYLOAD_LIMIT) throw tooMuchOutput(stateName);
  const output = lines.join('\n');
  if (exitCode === 0) return parseOutput(output, stateName);
  throw failureOf(output, `exit code ${exitCode}: ${textOf(errors)}`);
}

function parseOutput(output: string, stateName: string): Json {
  try {
    return parseExact(output);
  } catch (error) {
    // The stub itself is wrong, so Retry and Catch must not handle this error.
    throw new StatesError(
      'States.Runtime',
      `The stub command of ${stateName} must print one JSON value (${(error as Error).message}), printed: ${output.slice(0, 1000)}`,
    );
  }
}

/**
 * The error that the command printed as JSON, or else `States.TaskFailed` with a description of how the command
 * ended.
 */
function failureOf(output: string, end: string): StatesError {
  const { Error: error, Cause: cause } = tryParse(output);
  if (typeof error !== 'string') return new StatesError('States.TaskFailed', end.slice(0, LONGEST_CAUSE));
  return new StatesError(error, typeof cause === 'string' ? cause : undefined);
}

function tryParse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function tooMuchOutput(stateName: string): StatesError {
  return new StatesError(
    'States.DataLimitExceeded',
    `The stub command of ${stateName} printed more than ${PAYLOAD_LIMIT} bytes, the maximum for a task result.`,
  );
}

/** The end of the command's standard error. */
function textOf(file: string): string {
  const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  return text === '' ? 'it printed nothing to standard error' : text.slice(-LONGEST_CAUSE / 2);
}

function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
