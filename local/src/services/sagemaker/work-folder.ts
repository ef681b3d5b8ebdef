import * as path from 'node:path';
import { joinInside } from '../../assembly/safe-path';

/** The folder that a training job works in; it is gone when the job has ended. */
export function workFolderOf(root: string, jobName: string): string {
  return joinInside(path.join(root, 'work'), jobName);
}
