export { AwsError } from './aws-error';
export type { TemporaryCredentials } from './credentials';
export type { ServiceRouter } from './router';
export type { TrainingJobDescription, TrainingJobSummary, TuningJobDescription } from './sagemaker/api-types';
export type { Jobs, TrainingJobRecord, TuningJobRecord } from './sagemaker/job-records';
export { describeTuningJob, summarizeTrainingJobs } from './sagemaker/tuning-view';
export type { Principal, Service } from './service';
export { type RunningServices, type ServicesOptions, startServices } from './start-services';
export { checkResources } from './states/check-resources';
