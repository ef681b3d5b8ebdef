import type { CostOptions } from '../cost-bound';
import type {
  EvaluationOptions,
  EvaluationResources,
  InferenceContainer,
} from '../evaluation/evaluation-options';
import type { InstanceGroup } from '../tasks/training-job-definition';
import type { TuningFleetProps } from '../tuning-fleet';
import type { TuningFragmentProps } from '../tuning-fragment';
import {
  type CrossValidationOptions,
  type FinalTrainingOptions,
  type FurtherDefinition,
  type SpotOptions,
  type TrainingDefinitionOptions,
  type TrainingResources,
  TuningIntegration,
  type TuningOptions,
} from '../tuning-options';
import type { TuningWorkflowProps } from '../tuning-workflow';
import * as aws from './aws-shapes';
import {
  days,
  duration,
  flag,
  knownDuration,
  knownText,
  list,
  type Members,
  map,
  number,
  oneOf,
  optional,
  size,
  struct,
  text,
} from './shape';
import { WORKFLOW } from './workflow-shape';

const INSTANCE_GROUP = struct<InstanceGroup>({
  name: text,
  instanceType: text,
  instanceCount: number,
});

const RESOURCES = struct<TrainingResources>({
  instanceType: optional(text),
  instanceCount: optional(number),
  instanceGroups: optional(list(INSTANCE_GROUP)),
  keepAlive: optional(duration),
  volumeSize: optional(size),
});

const SPOT = struct<SpotOptions>({ maxWait: optional(duration) });

const CROSS_VALIDATION = struct<CrossValidationOptions>({ folds: number, rounds: optional(number) });

const FINAL_TRAINING = struct<FinalTrainingOptions>({
  enabled: optional(flag),
  reuseBest: optional(flag),
  data: optional(aws.FINAL_TRAINING_DATA),
  crossValidation: optional(CROSS_VALIDATION),
  resources: optional(RESOURCES),
  hyperparameters: optional(map(text)),
  maxRuntime: optional(duration),
  spot: optional(SPOT),
  checkpoints: optional(flag),
});

const COST = struct<CostOptions>({
  pricePerHour: optional(map(number)),
  volumePricePerMonth: optional(number),
  maxCost: optional(number),
  maxInstanceHours: optional(number),
});

const INFERENCE_CONTAINER = struct<InferenceContainer>({
  image: optional(aws.CONTAINER_IMAGE),
  environment: optional(map(text)),
});

const EVALUATION = struct<EvaluationOptions>({
  problem: optional(aws.EVALUATION_PROBLEM),
  resources: optional(
    struct<EvaluationResources>({ instanceType: optional(text), instanceCount: optional(number) }),
  ),
  role: optional(aws.ROLE),
});

const DEFINITION: Members<TrainingDefinitionOptions> = {
  algorithm: aws.ALGORITHM,
  objective: aws.OBJECTIVE,
  parameterRanges: list(aws.PARAMETER_RANGE),
  hyperparameters: optional(map(text)),
  channels: optional(map(aws.INPUT_DATA)),
  resources: optional(RESOURCES),
  maxTrainingRuntime: optional(duration),
  inferenceContainer: optional(INFERENCE_CONTAINER),
};

const FURTHER_DEFINITION = struct<FurtherDefinition>({
  ...DEFINITION,
  name: knownText,
  train: optional(aws.INPUT_DATA),
  validation: optional(aws.INPUT_DATA),
  finalHyperparameters: optional(map(text)),
});

const TUNING: Members<TuningOptions> = {
  ...DEFINITION,
  definitionName: optional(knownText),
  furtherDefinitions: optional(list(FURTHER_DEFINITION)),
  strategy: optional(aws.STRATEGY),
  maxTrainingJobs: optional(number),
  maxParallelTrainingJobs: optional(number),
  maxTuningRuntime: optional(duration),
  maxQuotaWait: optional(knownDuration),
  earlyStopping: optional(flag),
  allowedInputLocations: optional(list(aws.DATA_LOCATION)),
  spot: optional(SPOT),
  checkpoints: optional(flag),
  warmStart: optional(aws.WARM_START),
  finalTraining: optional(FINAL_TRAINING),
  cost: optional(COST),
  evaluation: optional(EVALUATION),
  qualityGate: optional(aws.QUALITY_GATE),
  failOnQualityGate: optional(flag),
  registry: optional(aws.MODEL_REGISTRY),
  report: optional(flag),
  featureNames: optional(list(knownText)),
  trainingRole: optional(aws.ROLE),
  encryptionKey: optional(aws.GRANTED_KEY),
  vpc: optional(aws.VPC),
  vpcSubnets: optional(aws.SUBNET_SELECTION),
  securityGroups: optional(list(aws.SECURITY_GROUP)),
  networkIsolation: optional(flag),
  interContainerTrafficEncryption: optional(flag),
  tags: optional(map(text)),
  jobNamePrefix: optional(text),
  integration: optional(oneOf(TuningIntegration)),
};

/** Types of the props of a `TuningFragment`. */
export const TUNING_FRAGMENT = struct<TuningFragmentProps>({
  ...TUNING,
  train: aws.INPUT_DATA,
  validation: optional(aws.INPUT_DATA),
  test: optional(aws.INPUT_DATA),
  output: aws.DATA_LOCATION,
  input: optional(text),
  _isFleetItem: optional(flag),
  _startsFromLastSuccess: optional(flag),
});

const TUNING_WORKFLOW_MEMBERS: Members<TuningWorkflowProps> = {
  ...TUNING,
  ...WORKFLOW,
  trainPrefix: optional(text),
  validationPrefix: optional(text),
  train: optional(aws.INPUT_DATA),
  validation: optional(aws.INPUT_DATA),
  test: optional(aws.INPUT_DATA),
  testPrefix: optional(text),
  trialRetention: optional(days),
};

/** Types of the props of a `TuningWorkflow`. */
export const TUNING_WORKFLOW = struct<TuningWorkflowProps>(TUNING_WORKFLOW_MEMBERS);

/** Types of the props of a `TuningFleet`. */
export const TUNING_FLEET = struct<TuningFleetProps>({
  ...TUNING_WORKFLOW_MEMBERS,
  items: optional(aws.FLEET_ITEMS),
  maxConcurrency: optional(number),
  checkQuotas: optional(flag),
  toleratedFailures: optional(aws.TOLERATED_FAILURES),
  skipUnchanged: optional(flag),
  warmStartFromPrevious: optional(flag),
});
