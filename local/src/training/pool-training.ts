import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { failedFor, internalErrorReason } from './failure-reason';
import { unlessAborted } from './job-runner';
import type { PythonWorkerPool, WorkerJob } from './python-worker-pool';
import type { TrainingOutcome, TrainingTask } from './trainer';

/** A job, and the worker pool that can run it. */
export interface PoolJob {
  readonly pool: PythonWorkerPool;
  readonly job: WorkerJob;
}

/** The task's members that a pool uses. */
type PoolTask = Pick<TrainingTask, 'workFolder' | 'signal' | 'onStart' | 'onLog'>;

/** Trains a task on a warm worker. Every failure becomes an outcome. */
export async function trainOnPool(task: PoolTask, prepare: () => Promise<PoolJob>): Promise<TrainingOutcome> {
  mkdirSync(join(task.workFolder, 'model'), { recursive: true });
  return runOnPool(task, prepare);
}

/**
 * Runs a task on a warm worker. Every failure becomes an outcome. A failed preparation is an internal error,
 * because the algorithm has not started.
 */
export async function runOnPool(task: PoolTask, prepare: () => Promise<PoolJob>): Promise<TrainingOutcome> {
  try {
    const { pool, job } = await unlessAborted(prepare(), task.signal);
    const outcome = await pool.run(job, task);
    return outcome.status === 'Failed' ? failedFor(outcome.failureReason) : outcome;
  } catch (error) {
    if (task.signal.aborted) return { status: 'Stopped' };
    return failedFor(internalErrorReason((error as Error).message));
  }
}
