export { AwsError } from './aws-error';
export type { TemporaryCredentials } from './credentials';
export type { Principal } from './principal';
export type { ServiceRouter } from './router';
export type { TrainingJobDescription, TrainingJobSummary, TuningJobDescription } from './sagemaker/api-types';
export type { AutoMLCandidate, AutoMLJobDescription, AutoMLJobRecord } from './sagemaker/automl/automl-types';
export { transformLogName } from './sagemaker/jobs/job-log';
export { openJobs, readJobs } from './sagemaker/jobs/job-records';
export type { JobRecord, JobStore } from './sagemaker/jobs/job-store';
export type { Jobs, TrainingJobRecord, TuningJobRecord } from './sagemaker/jobs/job-types';
export type { ModelPackageRecord } from './sagemaker/registry/registry-types';
export type { SpotInterruptionOptions } from './sagemaker/training/spot-interruptions';
export type { TransformJobRecord } from './sagemaker/transform/transform-types';
export { definitionNamed } from './sagemaker/tuning/tuning-definitions';
export { bestTrainingJob } from './sagemaker/tuning/tuning-progress';
export {
  describeTuningJob,
  OBJECTIVE_METRIC,
  summarizeTrainingJob,
  summarizeTrainingJobs,
} from './sagemaker/tuning/tuning-view';
export { type RunningServices, type ServicesOptions, startServices } from './start-services';
export { checkResources } from './task-integrations/check-resources';
export { AVAILABLE_RESOURCES } from './task-integrations/resource-arn';
