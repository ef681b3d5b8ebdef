import { DataDistribution, TrainingInputMode } from '../input-data';
import type { TrainingChannel, TrainingJobDefinition } from '../tasks/training-job-definition';
import { DEFAULTS } from './defaults';
import { takesVolumeKey } from './instance-storage';

/**
 * The fields that CreateTrainingJob shares with the TrainingJobDefinition of CreateHyperParameterTuningJob. Hyperparameters
 * are not included, because their field has a different name in each request.
 */
export function renderTrainingJob(definition: TrainingJobDefinition): Record<string, unknown> {
  const { environment, checkpointPath } = definition;
  return {
    AlgorithmSpecification: {
      TrainingImage: definition.trainingImage,
      TrainingInputMode: TrainingInputMode.FILE,
      ...(definition.metricDefinitions && {
        MetricDefinitions: definition.metricDefinitions.map(({ name, regex }) => ({
          Name: name,
          Regex: regex,
        })),
      }),
    },
    RoleArn: definition.role.roleArn,
    InputDataConfig: definition.channels.map(renderChannel),
    OutputDataConfig: {
      S3OutputPath: definition.outputPath,
      ...(definition.outputEncryptionKey && { KmsKeyId: definition.outputEncryptionKey.keyArn }),
    },
    ResourceConfig: {
      ...renderInstances(definition),
      VolumeSizeInGB: definition.volumeSize?.toGibibytes() ?? DEFAULTS.volumeGibibytes,
      ...(definition.volumeEncryptionKey &&
        takesVolumeKey(definition) && { VolumeKmsKeyId: definition.volumeEncryptionKey.keyArn }),
      ...(definition.keepAlive && { KeepAlivePeriodInSeconds: definition.keepAlive.toSeconds() }),
    },
    StoppingCondition: renderStoppingCondition(definition),
    // The following fields are included only if requested, because Step Functions rejects fields that it does not
    // support.
    ...(definition.managedSpotTraining && { EnableManagedSpotTraining: true }),
    ...(definition.networkIsolation && { EnableNetworkIsolation: true }),
    ...(definition.interContainerTrafficEncryption && { EnableInterContainerTrafficEncryption: true }),
    ...(checkpointPath && { CheckpointConfig: { S3Uri: checkpointPath } }),
    ...(definition.subnets && {
      VpcConfig: {
        Subnets: definition.subnets.map((subnet) => subnet.subnetId),
        SecurityGroupIds: definition.securityGroups?.map((group) => group.securityGroupId) ?? [],
      },
    }),
    ...(environment && { Environment: environment }),
  };
}

function renderChannel(channel: TrainingChannel): Record<string, unknown> {
  return {
    ChannelName: channel.channelName,
    ...(channel.contentType && { ContentType: channel.contentType }),
    CompressionType: channel.gzip ? 'Gzip' : 'None',
    InputMode: channel.inputMode ?? TrainingInputMode.FILE,
    DataSource: channel.fileSystem
      ? {
          FileSystemDataSource: {
            FileSystemId: channel.fileSystem.fileSystemId,
            FileSystemType: channel.fileSystem.fileSystemType,
            DirectoryPath: channel.fileSystem.directoryPath,
            FileSystemAccessMode: 'ro',
          },
        }
      : {
          S3DataSource: {
            S3DataType: channel.manifest ? 'ManifestFile' : 'S3Prefix',
            S3Uri: channel.s3Uri,
            S3DataDistributionType: channel.distribution ?? DataDistribution.FULLY_REPLICATED,
            ...(channel.instanceGroups && { InstanceGroupNames: channel.instanceGroups }),
          },
        },
  };
}

function renderInstances(definition: TrainingJobDefinition): Record<string, unknown> {
  const { instanceGroups } = definition;
  if (!instanceGroups) {
    return {
      InstanceType: definition.instanceType ?? DEFAULTS.instanceType,
      InstanceCount: definition.instanceCount ?? 1,
    };
  }
  return {
    InstanceGroups: instanceGroups.map(({ name, instanceType, instanceCount }) => ({
      InstanceGroupName: name,
      InstanceType: instanceType,
      InstanceCount: instanceCount,
    })),
  };
}

function renderStoppingCondition(definition: TrainingJobDefinition): Record<string, number> {
  const seconds = definition.maxRuntime?.toSeconds() ?? DEFAULTS.runtimeSeconds;
  if (!definition.managedSpotTraining) return { MaxRuntimeInSeconds: seconds };
  return {
    MaxRuntimeInSeconds: seconds,
    MaxWaitTimeInSeconds: definition.maxWait?.toSeconds() ?? 2 * seconds,
  };
}
