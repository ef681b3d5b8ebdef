import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { JobError } from '../job-folder';
import { PYTHON_FOLDER } from '../python-process';

/**
 * Python modules that only SageMaker's images have, for which local mode has stand-ins: `toolkit` is
 * `sagemaker_containers`, `inference` is `sagemaker_inference`, `xgboost` is `sagemaker_xgboost_container`.
 */
export type ContainerModules = 'toolkit' | 'inference' | 'xgboost';

/** Finds in a script the names of modules that only SageMaker's images have. */
const CONTAINER_MODULE =
  /\b(sagemaker_containers|sagemaker_inference|sagemaker_xgboost_container|sagemaker_algorithm_toolkit|mlio)\b/;

/** The folders of the stand-ins, for `PYTHONPATH`. */
export function containerModuleFolders(modules: readonly ContainerModules[]): string[] {
  return modules.map((name) => join(PYTHON_FOLDER, 'container_modules', name));
}

/**
 * Refuses a script that imports a module of SageMaker's images for which local mode has no stand-in, because the import
 * would fail.
 *
 * @throws JobError with the names of the modules
 */
export async function checkImports(
  python: string,
  script: string,
  modules: readonly ContainerModules[],
  image: string,
): Promise<void> {
  if (modules.length === 0) return;
  const source = await readFile(script, 'utf8').catch(() => '');
  if (!CONTAINER_MODULE.test(source)) return;
  const missing = await missingImports(python, script, containerModuleFolders(modules));
  if (missing.length === 0) return;
  throw new JobError(
    `ClientError: the script imports ${missing.join(', ')}, for which local mode has no stand-in in the image ` +
      `${image}. There are stand-ins for sagemaker_containers and, in SageMaker's XGBoost images, for ` +
      'sagemaker_xgboost_container.data_utils, .distributed, .checkpointing, .encoder and .constants. Import others only where ' +
      'they are used, in a function or inside try/except, or run the image itself in Docker',
  );
}

/**
 * Names of imported modules that are missing. Empty if they cannot be determined, for example because of a
 * syntax error, which the script itself reports.
 */
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
