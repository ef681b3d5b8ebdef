import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JobError } from '../job-folder';
import type { PythonEnvironments } from '../python-environment';
import { RequirementsError } from '../requirements-install';
import type { EntryPointKind } from './entry-point';

/** What pip installs before the program starts. */
export interface Installation {
  /** The file for `pip install -r`. */
  readonly list: string;
  /** The line that SageMaker's training toolkit prints. */
  readonly title: string;
  /** The arguments of `pip install`. */
  readonly words: string;
  /** Name of the error if the installation fails. */
  readonly error: 'InstallModuleError' | 'InstallRequirementsError';
}

/**
 * The installation that SageMaker's training toolkit performs for an entry point. For a Python program, it installs
 * the `requirements.txt`. For a module, it also installs the package (`setup.py`). For a shell script, it installs
 * nothing.
 */
export async function installationOf(
  kind: EntryPointKind,
  codeFolder: string,
): Promise<Installation | undefined> {
  const requirements = join(codeFolder, 'requirements.txt');
  const hasRequirements = (await stat(requirements).catch(() => undefined)) !== undefined;
  if (kind === 'module') {
    const list = join(codeFolder, '.package-and-requirements.txt');
    await writeFile(list, hasRequirements ? '.\n-r requirements.txt\n' : '.\n');
    return {
      list,
      title: 'Installing module.',
      words: hasRequirements ? '. -r requirements.txt' : '.',
      error: 'InstallModuleError',
    };
  }
  if (kind === 'command' || !hasRequirements) return undefined;
  return {
    list: requirements,
    title: 'Installing dependencies from requirements.txt',
    words: '-r requirements.txt',
    error: 'InstallRequirementsError',
  };
}

/**
 * Installs the dependencies of a program, and logs the installation.
 *
 * @param task receives the log; the task's signal ends the installation
 * @param failureReason returns the failure reason of a job whose installation failed with the given message of pip
 * @returns a Python interpreter with all dependencies; the given interpreter if there is nothing to install
 * @throws JobError if the dependencies cannot be installed
 */
export async function install(
  installation: Installation | undefined,
  python: string,
  environments: Pick<PythonEnvironments, 'withRequirements'>,
  task: { readonly signal: AbortSignal; readonly onLog: (line: string) => void },
  failureReason: (installation: Installation, message: string) => string,
): Promise<string> {
  if (installation === undefined) return python;
  task.onLog(installation.title);
  try {
    return (await environments.withRequirements({ python }, installation.list, task.signal)).python;
  } catch (error) {
    if (!(error instanceof RequirementsError)) throw error;
    for (const line of error.message.split('\n')) task.onLog(line);
    throw new JobError(failureReason(installation, error.message));
  }
}
