export { Algorithm } from './algorithm/algorithm';
export { BuiltInAlgorithm, type BuiltInAlgorithmOptions } from './algorithm/built-in-algorithm';
export type { ContainerOptions } from './algorithm/container';
export { ContainerImage } from './algorithm/container-image';
export { Distribution, type MpiOptions } from './algorithm/distribution';
export { Framework } from './algorithm/framework';
export type { JumpStartOptions } from './algorithm/jumpstart-options';
export type { ScriptOptions } from './algorithm/script-options';
export { ScriptSource } from './algorithm/script-source';
export { type XGBoostOptions, XGBoostVersion } from './algorithm/xgboost-options';
export { type AutoMlCsvOptions, AutoMlData } from './automl/automl-data';
export { AutoMlFragment, type AutoMlFragmentProps } from './automl/automl-fragment';
export { AutoMlMode, AutoMlObjective, AutoMlProblemType } from './automl/automl-objective';
export type { AutoMlOptions } from './automl/automl-options';
export { AutoMlWorkflow, type AutoMlWorkflowProps } from './automl/automl-workflow';
export { CostBound, type CostOptions } from './cost-bound';
export { DataLocation } from './data-location';
export type {
  EvaluationOptions,
  EvaluationResources,
  InferenceContainer,
} from './evaluation/evaluation-options';
export {
  type BinaryClassificationOptions,
  EvaluationProblem,
  type MulticlassClassificationOptions,
} from './evaluation/evaluation-problem';
export {
  ModelApproval,
  type ModelPackageGroupOptions,
  type ModelRegistrationOptions,
  ModelRegistry,
} from './evaluation/model-registry';
export { type NoWorseThanApprovedOptions, QualityGate } from './evaluation/quality-gate';
export { FinalTrainingData } from './final-training-data';
export {
  FindBestTrainingJobFunction,
  type FindBestTrainingJobFunctionProps,
} from './find-best-training-job-function';
export { FleetItems } from './fleet-items';
export {
  type AnyDataOptions,
  type CsvDataOptions,
  DataDistribution,
  type FileSystemOptions,
  FileSystemType,
  InputData,
  type InputDataOptions,
  TrainingInputMode,
} from './input-data';
export { SageMakerWorkflow } from './sagemaker-workflow';
export { Objective } from './search/objective';
export { type NumericRangeOptions, ParameterRange, ScalingType } from './search/parameter-range';
export {
  type HyperbandStrategyOptions,
  type RandomStrategyOptions,
  TuningStrategy,
} from './search/tuning-strategy';
export { WarmStart } from './search/warm-start';
export { SageMakerJobKind, StopAbandonedJobs, type StopAbandonedJobsProps } from './stop-abandoned-jobs';
export {
  CreateHyperParameterTuningJobTask,
  type CreateHyperParameterTuningJobTaskJsonataProps,
  type CreateHyperParameterTuningJobTaskJsonPathProps,
  type CreateHyperParameterTuningJobTaskOptions,
  type CreateHyperParameterTuningJobTaskProps,
  type TuningTrainingJobDefinition,
} from './tasks/create-hyper-parameter-tuning-job';
export {
  CreateTrainingJobTask,
  type CreateTrainingJobTaskJsonataProps,
  type CreateTrainingJobTaskJsonPathProps,
  type CreateTrainingJobTaskOptions,
  type CreateTrainingJobTaskProps,
} from './tasks/create-training-job';
export type {
  FileSystemChannel,
  InstanceGroup,
  TrainingChannel,
  TrainingJobDefinition,
  TrainingMetricDefinition,
} from './tasks/training-job-definition';
export { ToleratedFailures } from './tolerated-failures';
export { TuningFleet, type TuningFleetProps } from './tuning-fleet';
export { TuningFragment, type TuningFragmentProps } from './tuning-fragment';
export {
  type CrossValidationOptions,
  type FinalTrainingOptions,
  type FurtherDefinition,
  type SpotOptions,
  type TrainingDefinitionOptions,
  type TrainingResources,
  TuningIntegration,
  type TuningOptions,
} from './tuning-options';
export { TuningWorkflow, type TuningWorkflowProps } from './tuning-workflow';
export { WorkflowAlias, type WorkflowAliasOptions, type WorkflowAliasProps } from './workflow-alias';
export type {
  ExecutionScheduleOptions,
  FailureAlarmOptions,
  NewDataOptions,
  TrainingJobMetricOptions,
  WorkflowLogOptions,
} from './workflow-options';
