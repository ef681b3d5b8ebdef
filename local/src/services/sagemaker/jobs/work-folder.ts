import * as fs from 'node:fs';
import * as path from 'node:path';
import { joinInside } from '../../../assembly/safe-path';

/** The working folder of a training job. It is deleted when the job has ended. */
export function workFolderOf(root: string, jobName: string): string {
  return joinInside(path.join(root, 'work'), jobName);
}

/**
 * The working folder of an AutoML job. It differs from the folder of a training job with the same name, because job
 * names contain no dots.
 */
export function automlFolderOf(root: string, jobName: string): string {
  return workFolderOf(root, `${jobName}.automl`);
}

/**
 * The working folder of a transform job. It differs from the folder of a training job with the same name, because job
 * names contain no dots.
 */
export function transformFolderOf(root: string, jobName: string): string {
  return workFolderOf(root, `${jobName}.transform`);
}

/**
 * Deletes the folder of a job that has ended. If the folder cannot be deleted, for example because files of a container
 * belong to the user root, the failure is reported but does not affect the job.
 */
export async function removeWorkFolder(folder: string, onProblem: (text: string) => void): Promise<void> {
  try {
    await fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 2 });
  } catch (error) {
    onProblem(`Cannot delete the working folder ${folder}: ${(error as Error).message}`);
  }
}
