import * as fs from 'node:fs';
import * as path from 'node:path';
import { joinInside } from '../../../assembly/safe-path';

/** The folder that a training job works in; it is gone when the job has ended. */
export function workFolderOf(root: string, jobName: string): string {
  return joinInside(path.join(root, 'work'), jobName);
}

/** That of an AutoML job, which may have the name of a training job: no name has a dot. */
export function automlFolderOf(root: string, jobName: string): string {
  return workFolderOf(root, `${jobName}.automl`);
}

/**
 * Removes the folder of a job that has ended. What cannot be removed (a container's files may be root's) is said and
 * stays: it changes nothing in how the job ended.
 */
export function removeWorkFolder(folder: string, onProblem: (text: string) => void): void {
  try {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 2 });
  } catch (error) {
    onProblem(`The work folder ${folder} could not be removed: ${(error as Error).message}`);
  }
}
