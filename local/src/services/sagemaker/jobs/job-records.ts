import * as fs from 'node:fs';
import * as path from 'node:path';
import { isLocalModeRunning } from '../../../local-folder/local-modes';
import type { OnNotice } from '../../../local-folder/read-record';
import type { TuningJobDescription } from '../api-types';
import { endInterruptedAutoMLJob } from '../automl/automl-candidates';
import type { AutoMLJobRecord } from '../automl/automl-types';
import { moveTrainingJob } from '../training/training-jobs';
import type { TransformJobRecord } from '../transform/transform-types';
import { withTrainingJobs } from '../tuning/tuning-view';
import { type JobRecord, JobStore } from './job-store';
import type { Jobs, TrainingJobRecord, TuningJobRecord } from './job-types';
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
export function openJobs(root: string, onNotice: OnNotice): Jobs {
  const jobs = storesIn(root, onNotice);
  const end = endsOf(jobs, root);
  recordEnds(jobs.training, end.training, (name) => workFolderOf(root, name));
  recordEnds(jobs.tuning, end.tuning);
  recordEnds(jobs.automl, end.automl, (name) => automlFolderOf(root, name));
  recordEnds(jobs.transform, end.transform, (name) => transformFolderOf(root, name));
  return jobs;
}

/**
 * Reads the jobs in a deployment's root folder, for commands that run no jobs. Jobs whose process has exited are shown
 * as ended, but no file is changed: a process in another container, which cannot be seen, may be running them.
 */
export function readJobs(root: string, onNotice: OnNotice): Jobs {
  const jobs = storesIn(root, onNotice, true);
  const end = endsOf(jobs, root);
  jobs.training.readAs(end.training);
  jobs.tuning.readAs(end.tuning);
  jobs.automl.readAs(end.automl);
  jobs.transform.readAs(end.transform);
  return jobs;
}

function storesIn(root: string, onNotice: OnNotice, isReadOnly = false): Jobs {
  const store = <R extends JobRecord>(name: string, groupOf?: (record: R) => string | undefined) =>
    new JobStore<R>(path.join(root, 'sagemaker', name), onNotice, groupOf, isReadOnly);
  return {
    training: store('training-jobs', ({ description }: TrainingJobRecord) => description.TuningJobArn),
    tuning: store('tuning-jobs'),
    automl: store('automl-jobs'),
    models: store('models'),
    modelPackageGroups: store('model-package-groups'),
    modelPackages: store('model-packages'),
    transform: store('transform-jobs'),
  };
}

/** Records the ends of interrupted jobs, and deletes their working folders. */
function recordEnds<R extends JobRecord>(
  store: JobStore<R>,
  end: (job: R) => R,
  folderOf?: (name: string) => string,
): void {
  for (const job of store.list()) {
    const ended = end(job);
    if (ended === job) continue;
    store.update(job.name, () => ended);
    if (folderOf) fs.rmSync(folderOf(job.name), { recursive: true, force: true });
  }
}

/** For each kind of job, a function that returns the ended record of an interrupted job. Other jobs stay the same. */
function endsOf(jobs: Jobs, root: string) {
  return {
    training: (job: TrainingJobRecord): TrainingJobRecord => {
      const { description } = job;
      if (!isLeft(root, job, description.TrainingJobStatus)) return job;
      const end = {
        secondaryStatus: 'Failed',
        status: 'Failed',
        message: 'Training job failed',
        failureReason: interruptionReason(job),
      } as const;
      return {
        ...job,
        ...interruption(description.TrainingJobStatus),
        description: moveTrainingJob(description, end, description.LastModifiedTime),
      };
    },
    tuning: (job: TuningJobRecord): TuningJobRecord => {
      const status = job.description.HyperParameterTuningJobStatus;
      if (!isLeft(root, job, status)) return job;
      const description: TuningJobDescription = {
        ...job.description,
        HyperParameterTuningJobStatus: 'Stopped',
        FailureReason: interruptionReason(job),
        HyperParameterTuningEndTime: job.description.LastModifiedTime,
      };
      return {
        ...job,
        ...interruption(status),
        description: withTrainingJobs(jobs, { ...job, description }),
      };
    },
    automl: (job: AutoMLJobRecord): AutoMLJobRecord => {
      const { AutoMLJobStatus: status, LastModifiedTime: ended } = job.description;
      return isLeft(root, job, status)
        ? { ...endInterruptedAutoMLJob(job, interruptionReason(job), ended), ...interruption(status) }
        : job;
    },
    transform: (job: TransformJobRecord): TransformJobRecord => {
      const { description } = job;
      if (!isLeft(root, job, description.TransformJobStatus)) return job;
      return {
        ...job,
        ...interruption(description.TransformJobStatus),
        description: {
          ...description,
          TransformJobStatus: 'Failed',
          FailureReason: interruptionReason(job),
          TransformEndTime: description.LastModifiedTime,
        },
      };
    },
  };
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
