export { type AutoMLRunner, createAutoMLRunner } from './automl-runner';
export { createContainerTrainer } from './container/container-trainer';
export { checkImageCommands, type ImageCommand } from './container/image-commands';
export { HostProcess } from './host-process';
export { MetricCollector, type MetricDatum } from './metrics';
export { storeOutputs, writeModelArchive } from './model-archive';
export type { BatchSettings, ModelServer, PathStep, ServedModel, TransformTask } from './model-server';
export { combineServers } from './model-server';
export { createOptunaSampler } from './optuna-sampler';
export {
  createPythonEnvironments,
  type PythonEnvironment,
  type PythonEnvironments,
  type PythonEnvironmentsOptions,
} from './python-environment';
export { DEFAULT_PYTHON_FOLDER } from './python-folder';
export type { PythonExtra, WantedPackages } from './python-requirements';
export type { FinishedTrial, Sampler, Search, SearchDimension, SearchSpecification } from './sampler';
export { createScriptTrainer } from './script/script-trainer';
export { createStubSampler } from './stub/stub-sampler';
export { createStubTrainer, type StubTraining, type StubTrainingJob } from './stub/stub-trainer';
export { createTabularTrainer } from './tabular-trainer';
export type {
  ChannelData,
  ChannelFile,
  MetricDefinition,
  TrainedAlgorithm,
  Trainer,
  TrainingInstance,
  TrainingOutcome,
  TrainingTask,
} from './trainer';
export { combineTrainers } from './trainers';
export { DEFAULT_XGBOOST_VERSION, isXGBoostImage, xgboostVersionOf } from './xgboost-images';
export { createXGBoostTrainer, type XGBoostTrainerOptions } from './xgboost-trainer';
