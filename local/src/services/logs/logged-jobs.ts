import { createHash } from 'node:crypto';
import { transformLogName } from '../sagemaker/jobs/job-log';
import type { Jobs, TrainingJobRecord } from '../sagemaker/jobs/job-types';
import type { LoggedJob } from './log-streams';

/** Describes the logs of training jobs. */
export function loggedTrainingJobs(jobs: Jobs['training']): LoggedJob[] {
  jobs.refresh();
  return jobs.list().map(loggedTrainingJob);
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

/** Describes the logs of transform jobs, which are written with the role of the model. */
export function loggedTransformJobs(jobs: Jobs['transform']): LoggedJob[] {
  jobs.refresh();
  return jobs.list().map(({ name, description, model }) => ({
    name,
    created: description.CreationTime,
    roleArn: model.roleArn,
    logName: transformLogName(name),
    // On AWS, this is the ID of the instance.
    host: `i-${createHash('sha256').update(name).digest('hex').slice(0, 17)}`,
  }));
}
