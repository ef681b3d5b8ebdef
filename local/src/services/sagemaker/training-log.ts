import * as path from 'node:path';
import { joinInside } from '../../assembly/safe-path';

/** Stands in the log of a job between an attempt that was cut off and the next one. */
export const RUNS_AGAIN = '--- From here on the training job runs again. ---';

/** The file with what a job prints. */
export function logFileOf(root: string, jobName: string): string {
  return joinInside(path.join(root, 'logs'), `${jobName}.log`);
}
