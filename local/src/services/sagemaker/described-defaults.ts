import type {
  Channel,
  TrainingDefinition,
  TrainingJobDescription,
  TuningJobDescription,
  TuningTrainingDefinition,
} from './api-types';
import { mapDefinitions } from './tuning/tuning-definitions';

/**
 * A training job as DescribeTrainingJob returns it, with SageMaker's defaults. Clients rely on the defaults: for
 * example, `Estimator.attach` of the SageMaker Python SDK reads `OutputDataConfig.KmsKeyId`, which is empty if
 * there is no key.
 */
export function describedTrainingJob(job: TrainingJobDescription): TrainingJobDescription {
  return withDefaults(job);
}

/**
 * A tuning job as DescribeHyperParameterTuningJob returns it. Its training job definitions have the same defaults as a
 * training job. They also have a `ResourceConfig` if the request has a `HyperParameterTuningResourceConfig` with one
 * instance type. The SageMaker Python SDK sends a `HyperParameterTuningResourceConfig`, but reads `ResourceConfig` from
 * the response (`HyperparameterTuner.attach`).
 */
export function describedTuningJob(job: TuningJobDescription): TuningJobDescription {
  return mapDefinitions(job, ({ definition }) => withResourceConfig(withDefaults(definition)));
}

function withDefaults<Definition extends TrainingDefinition>(definition: Definition): Definition {
  const { InputDataConfig: channels, OutputDataConfig: output } = definition;
  return {
    EnableNetworkIsolation: false,
    EnableInterContainerTrafficEncryption: false,
    EnableManagedSpotTraining: false,
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
