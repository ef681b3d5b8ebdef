import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { failedFor } from './failure-reason';
import type { PythonWorkerPool, WorkerJob } from './python-worker-pool';
import type { TrainingOutcome, TrainingTask } from './trainer';

/** A job for a worker, and the workers that can do it. */
export interface PoolJob {
  readonly pool: PythonWorkerPool;
  readonly job: WorkerJob;
}

/** Trains a task on a warm worker; whatever happens, in the preparation too, is the outcome. */
export async function trainOnPool(
  task: TrainingTask,
  prepare: () => Promise<PoolJob>,
): Promise<TrainingOutcome> {
  try {
    const { pool, job } = await prepare();
    await mkdir(join(task.workFolder, 'model'), { recursive: true });
    await mkdir(join(task.workFolder, 'output'), { recursive: true });
    const outcome = await pool.run(job, task);
    return outcome.status === 'Failed' ? failedFor(outcome.failureReason) : outcome;
  } catch (error) {
    return failedFor(`AlgorithmError: ${(error as Error).message}, exit code: 1`);
  }
}
