import { internalErrorReason } from '../../../training/failure-reason';
import type { TrainingOutcome } from '../../../training/trainer';

/** Matches the full-disk errors of Node.js, of Python, and of XGBoost when it writes a model. */
const DISK_FULL = /\bENOSPC\b|\[Errno 28\]|FileStream\.Write incomplete/;

/**
 * The outcome of a job's work. Never rejects: errors are outcomes. However, a full disk ends the process, because
 * interrupted jobs can be resumed, while failed jobs would have to run again.
 *
 * @param root local mode's folder, for the message
 */
export async function outcomeOf(work: Promise<TrainingOutcome>, root: string): Promise<TrainingOutcome> {
  const outcome = await work.catch(failureOf);
  if (outcome.status !== 'Failed' || !DISK_FULL.test(outcome.failureReason)) return outcome;
  setImmediate(() => {
    throw Object.assign(new Error(`ENOSPC: no space left on device, write '${root}'`), {
      code: 'ENOSPC',
      syscall: 'write',
    });
  });
  return new Promise(() => undefined);
}

/**
 * The outcome for an error. A message that begins with the name of an error, such as `AlgorithmError: ` or
 * `ClientError: `, is the failure reason. All other errors are faults of local mode or of this machine.
 */
function failureOf({ message }: Error): TrainingOutcome {
  const failureReason = /^\w+Error: /.test(message) ? message : internalErrorReason(message);
  return { status: 'Failed', failureReason };
}
