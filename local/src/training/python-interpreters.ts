import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { PYTHON_FOLDER } from './python-process';

/** An interpreter and the versions of the packages it was asked about. */
export interface Interpreter {
  /** The interpreter itself, not a launcher in front of it. */
  readonly executable: string;
  readonly version: string;
  readonly packages: Readonly<Record<string, string | null>>;
}

const OLDEST_PYTHON = [3, 9] as const;
const CHECK_TIMEOUT_MS = 20_000;

/** Where an interpreter may be, the preferred ones first. */
export function interpreterCandidates(env: NodeJS.ProcessEnv): string[] {
  const own = env.PYTHON ? [env.PYTHON] : [];
  return process.platform === 'win32'
    ? [...own, 'python', 'python3', 'py']
    : [...own, 'python3', '/usr/bin/python3'];
}

/** Further interpreters to make an environment with, when none of the candidates will do. */
export function furtherInterpreters(): string[] {
  return ['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3.14', 'python'];
}

/**
 * Asks an interpreter for its version and its packages. One short process that imports none of them.
 *
 * @returns undefined when there is no such interpreter or it is older than Python 3.9
 */
export function inspectInterpreter(
  command: string,
  packages: readonly string[],
): Promise<Interpreter | undefined> {
  return new Promise((resolve) => {
    const script = join(PYTHON_FOLDER, 'check_environment.py');
    execFile(command, [script, ...packages], { timeout: CHECK_TIMEOUT_MS }, (error, stdout) => {
      if (error) {
        resolve(undefined);
        return;
      }
      const interpreter = JSON.parse(stdout) as Interpreter;
      resolve(compareVersions(interpreter.version, OLDEST_PYTHON.join('.')) >= 0 ? interpreter : undefined);
    });
  });
}

/** Orders two versions of the form `3.12.1`: negative when the first is older. */
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
