import * as fs from 'node:fs';
import * as path from 'node:path';
import { isLocalModeRunning } from '../../../local-folder/local-modes';
import type { OnNotice } from '../../../local-folder/read-record';
import type { TuningJobDescription } from '../api-types';
import { endInterruptedAutoMLJob } from '../automl/automl-candidates';
import { moveTrainingJob } from '../training/training-jobs';
import { withTrainingJobs } from '../tuning/tuning-view';
import { type JobRecord, JobStore } from './job-store';
import type { Jobs, TuningJobRecord } from './job-types';
import { automlFolderOf, transformFolderOf, workFolderOf } from './work-folder';

/** Finds a tuning job, with the current state of its training jobs even if another process runs the tuning job. */
export function findTuningJob({ training, tuning }: Jobs, name: string): TuningJobRecord | undefined {
  const record = tuning.get(name);
  if (record !== undefined && !tuning.isOwn(name)) {
    training.refresh();
  }
  return record;
}

/** Opens the jobs in a deployment's root folder. Records the end of jobs whose process has exited. */
export function openJobs(root: string, now: number, onNotice: OnNotice): Jobs {
  const folder = path.join(root, 'sagemaker');
  const jobs: Jobs = {
    training: new JobStore(
      path.join(folder, 'training-jobs'),
      onNotice,
      ({ description }) => description.TuningJobArn,
    ),
    tuning: new JobStore(path.join(folder, 'tuning-jobs'), onNotice),
    automl: new JobStore(path.join(folder, 'automl-jobs'), onNotice),
    models: new JobStore(path.join(folder, 'models'), onNotice),
    modelPackageGroups: new JobStore(path.join(folder, 'model-package-groups'), onNotice),
    modelPackages: new JobStore(path.join(folder, 'model-packages'), onNotice),
    transform: new JobStore(path.join(folder, 'transform-jobs'), onNotice),
  };
  endInterruptedJobs(jobs, root, now);
  return jobs;
}

function endInterruptedJobs(jobs: Jobs, root: string, now: number): void {
  const { training, tuning, automl, transform } = jobs;
  for (const { name } of training
    .list()
    .filter((job) => isLeft(root, job, job.description.TrainingJobStatus))) {
    training.update(name, (job) => ({
      ...job,
      ...interruption(job.description.TrainingJobStatus),
      description: moveTrainingJob(
        job.description,
        {
          secondaryStatus: 'Failed',
          status: 'Failed',
          message: 'Training job failed',
          failureReason: interruptionReason(job),
        },
        job.description.LastModifiedTime,
      ),
    }));
    fs.rmSync(workFolderOf(root, name), { recursive: true, force: true });
  }
  for (const { name } of tuning
    .list()
    .filter((job) => isLeft(root, job, job.description.HyperParameterTuningJobStatus))) {
    tuning.update(name, (job) => {
      const description: TuningJobDescription = {
        ...job.description,
        HyperParameterTuningJobStatus: 'Stopped',
        FailureReason: interruptionReason(job),
        HyperParameterTuningEndTime: job.description.LastModifiedTime,
      };
      return {
        ...job,
        ...interruption(job.description.HyperParameterTuningJobStatus),
        description: withTrainingJobs(jobs, { ...job, description }),
      };
    });
  }
  for (const { name } of automl.list().filter((job) => isLeft(root, job, job.description.AutoMLJobStatus))) {
    automl.update(name, (job) => ({
      ...endInterruptedAutoMLJob(job, interruptionReason(job), now),
      ...interruption(job.description.AutoMLJobStatus),
    }));
    fs.rmSync(automlFolderOf(root, name), { recursive: true, force: true });
  }
  for (const { name } of transform
    .list()
    .filter((job) => isLeft(root, job, job.description.TransformJobStatus))) {
    transform.update(name, (job) => ({
      ...job,
      ...interruption(job.description.TransformJobStatus),
      description: {
        ...job.description,
        TransformJobStatus: 'Failed',
        FailureReason: interruptionReason(job),
        TransformEndTime: job.description.LastModifiedTime,
      },
    }));
    fs.rmSync(transformFolderOf(root, name), { recursive: true, force: true });
  }
}

function interruptionReason({ processId }: JobRecord): string {
  return `Local mode (process ${processId}) ended while the job was running.`;
}

/** Whether a job's process exited before the job ended. */
function isLeft(root: string, job: JobRecord, status: string): boolean {
  return (status === 'InProgress' || status === 'Stopping') && !isLocalModeRunning(root, job);
}

/** A job that was being stopped cannot be resumed. */
function interruption(status: string): Pick<JobRecord, 'isInterrupted'> {
  return status === 'InProgress' ? { isInterrupted: true } : {};
}
