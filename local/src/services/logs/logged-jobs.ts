import { createHash } from 'node:crypto';
import { transformLogName } from '../sagemaker/jobs/job-log';
import type { Jobs, TrainingJobRecord } from '../sagemaker/jobs/job-types';
import type { LoggedJob } from './log-streams';

/** The training jobs, as they are logged. */
export function loggedTrainingJobs(jobs: Jobs['training']): LoggedJob[] {
  jobs.refresh();
  return jobs.list().map(loggedTrainingJob);
}

/** A training job, as it is logged. */
export function loggedTrainingJob({ name, description }: TrainingJobRecord): LoggedJob {
  return {
    name,
    created: description.CreationTime,
    roleArn: description.RoleArn,
    logName: name,
    host: 'algo-1',
  };
}

/** The transform jobs, as they are logged: as the role of the model. */
export function loggedTransformJobs(jobs: Jobs['transform']): LoggedJob[] {
  jobs.refresh();
  return jobs.list().map(({ name, description, model }) => ({
    name,
    created: description.CreationTime,
    roleArn: model.roleArn,
    logName: transformLogName(name),
    // SageMaker names the instance.
    host: `i-${createHash('sha256').update(name).digest('hex').slice(0, 17)}`,
  }));
}
