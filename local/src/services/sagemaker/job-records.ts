import * as path from 'node:path';
import type { Tag, TrainingJobDescription, TuningJobDescription } from './api-types';
import { type JobRecord, JobStore } from './job-store';

/** What is kept of a training job. */
export interface TrainingJobRecord extends JobRecord {
  readonly description: TrainingJobDescription;
  readonly tags: readonly Tag[];
  /** The hyperparameters that the search chose, when the job belongs to a tuning job. */
  readonly tunedHyperParameters?: Readonly<Record<string, string>>;
}

/** What is kept of a tuning job. */
export interface TuningJobRecord extends JobRecord {
  readonly description: TuningJobDescription;
  readonly tags: readonly Tag[];
}

/** All jobs of a deployment. */
export interface Jobs {
  readonly training: JobStore<TrainingJobRecord>;
  readonly tuning: JobStore<TuningJobRecord>;
}

/** Opens the jobs below a deployment's root; those that no process runs any more are ended. */
export function openJobs(root: string, now: number): Jobs {
  const folder = path.join(root, 'sagemaker');
  const jobs: Jobs = {
    training: new JobStore(path.join(folder, 'training-jobs')),
    tuning: new JobStore(path.join(folder, 'tuning-jobs')),
  };
  endInterruptedJobs(jobs, now);
  return jobs;
}

function endInterruptedJobs({ training, tuning }: Jobs, now: number): void {
  for (const { name } of training
    .list()
    .filter((job) => isInterrupted(job, job.description.TrainingJobStatus))) {
    training.update(name, (job) => ({
      ...job,
      description: {
        ...job.description,
        TrainingJobStatus: 'Failed',
        SecondaryStatus: 'Failed',
        FailureReason: interruptionReason(job),
        LastModifiedTime: now,
        TrainingEndTime: now,
      },
    }));
  }
  for (const { name } of tuning
    .list()
    .filter((job) => isInterrupted(job, job.description.HyperParameterTuningJobStatus))) {
    tuning.update(name, (job) => ({
      ...job,
      description: {
        ...job.description,
        HyperParameterTuningJobStatus: 'Stopped',
        FailureReason: interruptionReason(job),
        LastModifiedTime: now,
        HyperParameterTuningEndTime: now,
      },
    }));
  }
}

function interruptionReason({ processId }: JobRecord): string {
  return `Local mode (process ${processId}) ended while the job was running.`;
}

function isInterrupted(job: JobRecord, status: string): boolean {
  return (status === 'InProgress' || status === 'Stopping') && !isAlive(job.processId);
}

/** Whether another process runs; a record with this process's number is from an earlier one that had it too. */
function isAlive(processId: number): boolean {
  if (processId === process.pid) {
    return false;
  }
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
