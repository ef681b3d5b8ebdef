export { MetricCollector, type MetricDatum } from './metrics';
export { storeOutputs, writeModelArchive } from './model-archive';
export { createOptunaSampler } from './optuna-sampler';
export {
  createPythonEnvironments,
  type PythonEnvironment,
  type PythonEnvironments,
  type PythonEnvironmentsOptions,
} from './python-environment';
export type { PythonExtra } from './python-requirements';
export type { FinishedTrial, Sampler, Search, SearchDimension, SearchSpecification } from './sampler';
export type { ChannelData, MetricDefinition, Trainer, TrainingOutcome, TrainingTask } from './trainer';
export { DEFAULT_XGBOOST_VERSION, isXGBoostImage, xgboostVersionOf } from './xgboost-images';
export { createXGBoostTrainer, type XGBoostTrainer, type XGBoostTrainerOptions } from './xgboost-trainer';
