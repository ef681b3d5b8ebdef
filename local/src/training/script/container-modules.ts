import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { JobError } from '../job-folder';
import { PYTHON_FOLDER } from '../python-process';

/**
 * Python modules that only SageMaker's images have, with stand-ins of local mode's own: `toolkit` is
 * `sagemaker_containers`, `xgboost` is `sagemaker_xgboost_container`.
 */
export type ContainerModules = 'toolkit' | 'xgboost';

/** What a script names when it imports any of them. */
const CONTAINER_MODULE =
  /\b(sagemaker_containers|sagemaker_xgboost_container|sagemaker_algorithm_toolkit|mlio)\b/;

/** The folders of the stand-ins, for `PYTHONPATH`. */
export function containerModuleFolders(modules: readonly ContainerModules[]): string[] {
  return modules.map((name) => join(PYTHON_FOLDER, 'container_modules', name));
}

/**
 * Refuses a script whose imports SageMaker's image has and local mode does not: it would end at the import.
 *
 * @throws JobError with the names of the modules
 */
export async function checkImports(
  python: string,
  script: string,
  modules: readonly ContainerModules[],
  trainingImage: string,
): Promise<void> {
  if (modules.length === 0) return;
  const source = await readFile(script, 'utf8').catch(() => '');
  if (!CONTAINER_MODULE.test(source)) return;
  const missing = await missingImports(python, script, containerModuleFolders(modules));
  if (missing.length === 0) return;
  throw new JobError(
    `ClientError: the script imports ${missing.join(', ')}, which local mode does not have for the image ` +
      `${trainingImage}. It has stand-ins for sagemaker_containers and, in SageMaker's XGBoost images, for ` +
      'sagemaker_xgboost_container.data_utils, .distributed, .checkpointing, .encoder and .constants. Import others where ' +
      'they are used, in a function or in try, or run the image itself in Docker: map it with --image-command',
  );
}

/** Empty also where that cannot be found out, such as for a syntax error: the script says it itself. */
function missingImports(python: string, script: string, folders: readonly string[]): Promise<string[]> {
  const env = {
    PATH: process.env.PATH,
    PYTHONPATH: folders.join(delimiter),
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONIOENCODING: 'utf-8',
  };
  return new Promise((resolve) => {
    execFile(python, [join(PYTHON_FOLDER, 'check_imports.py'), script], { env }, (error, output) =>
      resolve(error ? [] : (JSON.parse(output) as { missing: string[] }).missing),
    );
  });
}
