import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { failedFor, internalErrorReason } from './failure-reason';
import { unlessAborted } from './job-runner';
import type { PythonWorkerPool, WorkerJob } from './python-worker-pool';
import type { TrainingOutcome, TrainingTask } from './trainer';

/** A job for a worker, and the workers that can do it. */
export interface PoolJob {
  readonly pool: PythonWorkerPool;
  readonly job: WorkerJob;
}

/**
 * Trains a task on a warm worker; whatever happens is the outcome. A preparation that fails is an internal error: the
 * algorithm has not begun.
 */
export async function trainOnPool(
  task: TrainingTask,
  prepare: () => Promise<PoolJob>,
): Promise<TrainingOutcome> {
  try {
    const { pool, job } = await unlessAborted(prepare(), task.signal);
    await mkdir(join(task.workFolder, 'model'), { recursive: true });
    await mkdir(join(task.workFolder, 'output'), { recursive: true });
    const outcome = await pool.run(job, task);
    return outcome.status === 'Failed' ? failedFor(outcome.failureReason) : outcome;
  } catch (error) {
    if (task.signal.aborted) return { status: 'Stopped' };
    return failedFor(internalErrorReason((error as Error).message));
  }
}
