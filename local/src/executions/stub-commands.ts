import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type Json, jsonText, PAYLOAD_LIMIT, parseExact, StatesError } from '../states';
import { HostProcess } from '../training';
import type { StubbedTask, StubCommand } from './stub-types';

/** How long a command may take to end after its task has timed out or was stopped. */
const GRACE_MS = 2000;

/** Characters that a command may print before it is ended: what is above the limit of a task is only counted. */
const MOST_OUTPUT = 4 * PAYLOAD_LIMIT;

/** Characters that the cause of an error may have (Step Functions API reference, SendTaskFailure). */
const LONGEST_CAUSE = 32_768;

/** Runs a command with its standard input and its errors in files: `sh -c <this> sh <input> <errors> <command>`. */
const WITH_FILES = 'exec /bin/sh -c "$3" <"$1" 2>"$2"';

/** Runs the commands that stand for tasks. */
export class StubCommands {
  private readonly running = new Set<Promise<unknown>>();

  /** @param workFolder folder for their input and errors while they run */
  constructor(private readonly workFolder: string) {}

  /**
   * Runs a command until it ends, or until its task does.
   *
   * @returns the JSON value that it prints
   * @throws StatesError when it exits with another status than 0, or prints something else
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

  /** Resolves when no command runs any more. */
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
    // Nothing that Retry and Catch are to handle: the stub itself is wrong.
    throw new StatesError(
      'States.Runtime',
      `The command that stands for ${stateName} must print one JSON value (${(error as Error).message}), printed: ${output.slice(0, 1000)}`,
    );
  }
}

/** What the command says of its failure, or else how it ended. */
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
    `The command that stands for ${stateName} printed more than ${PAYLOAD_LIMIT} bytes, the most that a task may return.`,
  );
}

/** The end of what the command wrote to standard error. */
function textOf(file: string): string {
  const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  return text === '' ? 'it printed no error' : text.slice(-LONGEST_CAUSE / 2);
}

function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
