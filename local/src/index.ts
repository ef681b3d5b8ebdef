/**
 * Local mode as a library: deploys a synthesized CDK stack to this machine and runs its state machines. For
 * testing stacks in jest or any other test runner.
 */

export type { ExecutionRecord, KeptEvent as HistoryEvent } from './executions/executions';
export type { StubbedTask, StubTask, StubTasks, TaskStub } from './executions/stub-types';
export { type ClientConfig, type ClientCredentials, clientEnvironment } from './library/client-config';
export type { DeployOptions, SynthesizedApp } from './library/deploy-options';
export type { LocalBucket } from './library/local-bucket';
export { ExecutionFailedError, type LocalExecution, type StopReason } from './library/local-execution';
export { LocalMode, type StartExecutionOptions } from './library/local-mode';
export type {
  BestTrainingJobOutput,
  EvaluationOutput,
  QualityGateOutput,
  TrainedJobOutput,
  TuningOutput,
} from './library/tuning-output';
export type {
  AutoMLJobDescription,
  TrainingJobDescription,
  TrainingJobSummary,
  TuningJobDescription,
} from './services';
export { AwsError } from './services/aws-error';
export type { Json, JsonObject } from './states';
export type { StubTraining, StubTrainingJob } from './training';
export { UserError } from './user-error';
