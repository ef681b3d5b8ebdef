import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EntryPointKind } from './entry-point';

/** An installation before the program starts. */
export interface Installation {
  /** The file for `pip install -r`. */
  readonly list: string;
  /** The line that SageMaker's training toolkit prints. */
  readonly title: string;
  /** The arguments of `pip install`. */
  readonly words: string;
  /** Name of the error when it fails. */
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
