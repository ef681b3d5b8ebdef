import { createHash } from 'node:crypto';
import { transformLogName } from '../sagemaker/jobs/job-log';
import type { JobRecord, JobStore } from '../sagemaker/jobs/job-store';
import type { Jobs, TrainingJobRecord } from '../sagemaker/jobs/job-types';
import type { LoggedJob } from './log-streams';

/** What a prefix of stream names says about the job: its complete name, or only the beginning of the name. */
export interface StreamPrefix {
  readonly jobName: string;
  readonly isWhole: boolean;
}

/** Describes the logs of the training jobs whose stream names can begin with a prefix. */
export function loggedTrainingJobs(jobs: Jobs['training'], prefix: StreamPrefix): LoggedJob[] {
  return jobsWith(jobs, prefix).map(loggedTrainingJob);
}

/** Describes the log of a training job. */
export function loggedTrainingJob({ name, description }: TrainingJobRecord): LoggedJob {
  return {
    name,
    created: description.CreationTime,
    roleArn: description.RoleArn,
    logName: name,
    host: 'algo-1',
  };
}

/**
 * Describes the logs of the transform jobs whose stream names can begin with a prefix. The model's role needs the
 * permission to write these logs.
 */
export function loggedTransformJobs(jobs: Jobs['transform'], prefix: StreamPrefix): LoggedJob[] {
  return jobsWith(jobs, prefix).map(({ name, description, model }) => ({
    name,
    created: description.CreationTime,
    roleArn: model.roleArn,
    logName: transformLogName(name),
    // On AWS, stream names of transform jobs contain the ID of the instance.
    host: `i-${createHash('sha256').update(name).digest('hex').slice(0, 17)}`,
  }));
}

function jobsWith<R extends JobRecord>(jobs: JobStore<R>, { jobName, isWhole }: StreamPrefix): R[] {
  if (isWhole) {
    const job = jobs.get(jobName);
    return job === undefined ? [] : [job];
  }
  jobs.refresh();
  return jobs.listNamed(jobName);
}
