import type {
  Channel,
  TrainingDefinition,
  TrainingJobDescription,
  TuningJobDescription,
  TuningTrainingDefinition,
} from './api-types';
import { mapDefinitions } from './tuning/tuning-definitions';

/** Switches that are off unless a request turns them on. */
const SWITCHES_OFF = {
  EnableNetworkIsolation: false,
  EnableInterContainerTrafficEncryption: false,
  EnableManagedSpotTraining: false,
};

/**
 * A training job as DescribeTrainingJob answers: with the values that SageMaker fills in where the request gave none.
 * Clients read them without asking whether they are there: `Estimator.attach` of the SageMaker Python SDK needs
 * `OutputDataConfig.KmsKeyId`, which is empty without a key.
 */
export function describedTrainingJob(job: TrainingJobDescription): TrainingJobDescription {
  return withDefaults(job);
}

/**
 * A tuning job as DescribeHyperParameterTuningJob answers: its training definitions have the same values, and a
 * `ResourceConfig` also where the request gave a `HyperParameterTuningResourceConfig` of one instance type. Of the two,
 * the SageMaker Python SDK sends the latter and reads the former (`HyperparameterTuner.attach`).
 */
export function describedTuningJob(job: TuningJobDescription): TuningJobDescription {
  return mapDefinitions(job, ({ definition }) => withResourceConfig(withDefaults(definition)));
}

function withDefaults<Definition extends TrainingDefinition>(definition: Definition): Definition {
  const { InputDataConfig: channels, OutputDataConfig: output } = definition;
  return {
    ...SWITCHES_OFF,
    ...definition,
    ...(channels !== undefined && { InputDataConfig: channels.map(describedChannel) }),
    OutputDataConfig: { KmsKeyId: '', ...output },
  };
}

function describedChannel(channel: Channel): Channel {
  return { CompressionType: 'None', RecordWrapperType: 'None', ...channel };
}

function withResourceConfig(definition: TuningTrainingDefinition): TuningTrainingDefinition {
  const { ResourceConfig: given, HyperParameterTuningResourceConfig: forTuning } = definition;
  if (given !== undefined || forTuning?.InstanceType === undefined) return definition;
  const { InstanceConfigs: _several, ...resources } = forTuning;
  return { ...definition, ResourceConfig: resources };
}
