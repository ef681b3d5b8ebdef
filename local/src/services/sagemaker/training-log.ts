import * as path from 'node:path';
import { joinInside } from '../../assembly/safe-path';

/** Stands in the log of a job between the run that was cut off and the next one. */
export const RUNS_AGAIN = '--- Local mode was interrupted: from here on the training job runs again. ---';

/** The file with what a job prints. */
export function logFileOf(root: string, jobName: string): string {
  return joinInside(path.join(root, 'logs'), `${jobName}.log`);
}
