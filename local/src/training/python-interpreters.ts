import { type ExecFileException, execFile } from 'node:child_process';
import { join } from 'node:path';
import { UserError } from '../user-error';
import { PYTHON_FOLDER } from './python-process';

/** An interpreter and its versions of the requested packages. */
export interface Interpreter {
  /** Path of the interpreter itself, not of a launcher. */
  readonly executable: string;
  readonly version: string;
  readonly packages: Readonly<Record<string, string | null>>;
}

const OLDEST_PYTHON = [3, 9] as const;
const CHECK_TIMEOUT_MS = 20_000;

/** Possible interpreters, in order of preference. */
export function interpreterCandidates(env: NodeJS.ProcessEnv): string[] {
  const own = env.PYTHON ? [env.PYTHON] : [];
  return process.platform === 'win32'
    ? [...own, 'python', 'python3', 'py']
    : [...own, 'python3', '/usr/bin/python3'];
}

/** Additional interpreters for creating an environment, when no candidate is suitable. */
export function furtherInterpreters(): string[] {
  return ['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3.14', 'python'];
}

/**
 * Determines the version and the packages of an interpreter, in a short process that does not import the packages.
 *
 * @returns undefined if the command runs no usable interpreter, or one older than Python 3.9
 */
export async function inspectInterpreter(
  command: string,
  packages: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Interpreter | undefined> {
  const interpreter = await describeItself(command, packages, env).catch(() => undefined);
  return interpreter && !isTooOld(interpreter) ? interpreter : undefined;
}

/**
 * Why each of the given interpreters is unusable, in one or more lines each. Skips commands that are not installed.
 */
export async function interpreterProblems(
  commands: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const problems = await Promise.all([...new Set(commands)].map((each) => problemOf(each, env)));
  const found = problems.flat();
  const settings = MODULE_VARIABLES.filter((name) => env[name]).map((name) => `${name}=${env[name]}`);
  return found.some((problem) => problem.includes(BROKEN)) && settings.length > 0
    ? [...found, `Unset these variables if they cause this: ${settings.join(', ')}`]
    : found;
}

/** The error when no interpreter is usable. */
export async function noPython(env: NodeJS.ProcessEnv): Promise<UserError> {
  const problems = await interpreterProblems(interpreterCandidates(env), env);
  return new UserError(
    problems.length === 0
      ? 'Local mode needs Python 3.9 or newer, and found none. Install it, or set $PYTHON to it.'
      : `Local mode needs Python 3.9 or newer, and cannot use what is installed:\n${problems.join('\n')}`,
  );
}

const BROKEN = 'does not start';

/** Environment variables that contain module paths of Python. */
const MODULE_VARIABLES = ['PYTHONHOME', 'PYTHONPATH', 'PYTHONUSERBASE'];

async function problemOf(command: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  try {
    const interpreter = await describeItself(command, [], env);
    return isTooOld(interpreter) ? [`${command} is Python ${interpreter.version}, which is too old.`] : [];
  } catch (error) {
    if (error instanceof NoPythonError) return [`${command} is not a Python interpreter: ${error.message}.`];
    const { code, killed, message, stderr = '' } = error as ExecFileException & { stderr?: string };
    if (code === 'ENOENT') return [];
    if (killed) return [`${command} did not answer within ${CHECK_TIMEOUT_MS / 1000} s.`];
    const lines = (stderr || message).split('\n').map((line) => line.trim());
    const telling = lines.filter((line) => TELLING_LINE.test(line));
    const shown = (telling.length > 0 ? telling : lines.filter((line) => line !== '')).slice(-SHOWN_LINES);
    return [`${command} ${BROKEN}: ${shown.join('\n  ')}`];
  }
}

/** Matches the lines that explain why Python cannot start: lines that contain an error or a file name. */
const TELLING_LINE = /^(Fatal Python error|\w*(Error|Exception|Exit|Interrupt): |File ")/;

const SHOWN_LINES = 4;

/** The command is not a Python interpreter. */
class NoPythonError extends Error {}

/** @throws ExecFileException when the command cannot be started or fails */
function describeItself(
  command: string,
  packages: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Interpreter> {
  const script = join(PYTHON_FOLDER, 'check_environment.py');
  return new Promise((resolve, reject) => {
    execFile(command, [script, ...packages], { timeout: CHECK_TIMEOUT_MS, env }, (error, stdout, stderr) => {
      if (error) {
        reject(Object.assign(error, { stderr }));
        return;
      }
      // Only the last line is the description, because a `sitecustomize` module may print, too.
      const line = stdout.trim().split('\n').at(-1) ?? '';
      try {
        resolve(JSON.parse(line) as Interpreter);
      } catch {
        reject(new NoPythonError(`it printed ${JSON.stringify(line)}`));
      }
    });
  });
}

function isTooOld({ version }: Interpreter): boolean {
  return compareVersions(version, OLDEST_PYTHON.join('.')) < 0;
}

/** Compares two versions such as `3.12.1`; negative if the first one is older. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map((part) => Number.parseInt(part, 10)));
  for (let i = 0; i < 3; i += 1) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}
