import { Token } from 'aws-cdk-lib';
import { DataDistribution, FileSystemType, TrainingInputMode } from '../input-data';
import type {
  CreateHyperParameterTuningJobTaskOptions,
  TuningTrainingJobDefinition,
} from '../tasks/create-hyper-parameter-tuning-job';
import type { CreateTrainingJobTaskOptions } from '../tasks/create-training-job';
import type {
  FileSystemChannel,
  InstanceGroup,
  TrainingChannel,
  TrainingJobDefinition,
  TrainingMetricDefinition,
} from '../tasks/training-job-definition';
import * as aws from './aws-shapes';
import {
  duration,
  flag,
  list,
  map,
  taskNumber as number,
  oneOf,
  optional,
  type Shape,
  size,
  struct,
  taskText as text,
} from './shape';

const CHANNEL = struct<TrainingChannel>({
  channelName: text,
  s3Uri: optional(text),
  manifest: optional(flag),
  fileSystem: optional(
    struct<FileSystemChannel>({
      fileSystemId: text,
      fileSystemType: oneOf(FileSystemType),
      directoryPath: text,
    }),
  ),
  contentType: optional(text),
  gzip: optional(flag),
  inputMode: optional(oneOf(TrainingInputMode)),
  distribution: optional(oneOf(DataDistribution)),
  instanceGroups: optional(list(text)),
});

/** A value that can itself be a token. */
function orToken(shape: Shape): Shape {
  return (problems, prop, value) => {
    if (!Token.isUnresolved(value)) shape(problems, prop, value);
  };
}

const TRAINING_JOB = struct<TrainingJobDefinition>({
  trainingImage: text,
  metricDefinitions: optional(list(struct<TrainingMetricDefinition>({ name: text, regex: text }))),
  role: aws.ROLE,
  hyperparameters: optional(aws.TASK_INPUT),
  channels: list(CHANNEL),
  outputPath: text,
  outputEncryptionKey: optional(aws.KEY),
  volumeEncryptionKey: optional(aws.KEY),
  instanceType: optional(text),
  instanceCount: optional(number),
  instanceGroups: optional(
    list(struct<InstanceGroup>({ name: text, instanceType: text, instanceCount: number })),
  ),
  keepAlive: optional(duration),
  volumeSize: optional(size),
  maxRuntime: optional(duration),
  managedSpotTraining: optional(flag),
  maxWait: optional(duration),
  checkpointPath: optional(text),
  containerEntrypoint: optional(orToken(list(text))),
  containerArguments: optional(orToken(list(text))),
  subnets: optional(list(aws.SUBNET)),
  securityGroups: optional(list(aws.SECURITY_GROUP)),
  networkIsolation: optional(flag),
  interContainerTrafficEncryption: optional(flag),
  environment: optional(map(text)),
});

/** Types of the props of a training task. */
export const TRAINING_TASK = struct<CreateTrainingJobTaskOptions>({
  trainingJobName: text,
  jobNamePrefix: optional(text),
  trainingJobDefinition: TRAINING_JOB,
  tags: optional(orToken(map(text))),
});

/** Types of the props of a tuning task. */
export const TUNING_TASK = struct<CreateHyperParameterTuningJobTaskOptions>({
  tuningJobName: text,
  jobNamePrefix: optional(text),
  objective: optional(aws.OBJECTIVE),
  parameterRanges: optional(list(aws.PARAMETER_RANGE)),
  parameterRangesInput: optional(aws.TASK_INPUT),
  trainingJobDefinition: optional(TRAINING_JOB),
  trainingJobDefinitions: optional(
    list(
      struct<TuningTrainingJobDefinition>({
        definitionName: text,
        objective: aws.OBJECTIVE,
        parameterRanges: optional(list(aws.PARAMETER_RANGE)),
        parameterRangesInput: optional(aws.TASK_INPUT),
        trainingJobDefinition: TRAINING_JOB,
      }),
    ),
  ),
  strategy: optional(aws.STRATEGY),
  maxTrainingJobs: optional(number),
  maxParallelTrainingJobs: optional(number),
  maxRuntime: optional(duration),
  earlyStopping: optional(flag),
  warmStart: optional(aws.WARM_START),
  warmStartParentsInput: optional(aws.TASK_INPUT),
  tags: optional(orToken(map(text))),
});
