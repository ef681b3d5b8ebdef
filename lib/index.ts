export { Algorithm } from './algorithm/algorithm';
export { type XGBoostOptions, XGBoostVersion } from './algorithm/xgboost-options';
export { DataLocation } from './data-location';
export {
  FindBestTrainingJobFunction,
  type FindBestTrainingJobFunctionProps,
} from './find-best-training-job-function';
export { DataDistribution, InputData, type InputDataOptions, InputMode } from './input-data';
export { Objective } from './search/objective';
export { type NumericRangeOptions, ParameterRange, ScalingType } from './search/parameter-range';
export {
  type HyperbandStrategyOptions,
  type RandomStrategyOptions,
  TuningStrategy,
} from './search/tuning-strategy';
export { WarmStart } from './search/warm-start';
export {
  SageMakerCreateHyperParameterTuningJob,
  type SageMakerCreateHyperParameterTuningJobJsonataProps,
  type SageMakerCreateHyperParameterTuningJobJsonPathProps,
  type SageMakerCreateHyperParameterTuningJobOptions,
  type SageMakerCreateHyperParameterTuningJobProps,
} from './tasks/create-hyper-parameter-tuning-job';
export {
  SageMakerCreateTrainingJob,
  type SageMakerCreateTrainingJobJsonataProps,
  type SageMakerCreateTrainingJobJsonPathProps,
  type SageMakerCreateTrainingJobOptions,
  type SageMakerCreateTrainingJobProps,
} from './tasks/create-training-job';
export type {
  MetricDefinition,
  TrainingChannel,
  TrainingJobDefinition,
} from './tasks/training-job-definition';
export { TuningFragment, type TuningFragmentProps } from './tuning-fragment';
export {
  type FinalTrainingOptions,
  type SpotOptions,
  type TrainingResources,
  TuningIntegration,
  type TuningOptions,
} from './tuning-options';
export { TuningWorkflow, type TuningWorkflowProps } from './tuning-workflow';
