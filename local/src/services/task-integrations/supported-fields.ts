/**
 * Fields that the optimised integration takes at one level of a request. A field with fields of its own
 * lists them; `true` takes whatever the service takes. A list is described by its items.
 */
export interface SupportedFields {
  readonly [field: string]: true | SupportedFields;
}

const METRIC_DEFINITIONS: SupportedFields = { Name: true, Regex: true };
const TAGS: SupportedFields = { Key: true, Value: true };

const INPUT_DATA_CONFIG: SupportedFields = {
  ChannelName: true,
  DataSource: {
    S3DataSource: { S3DataType: true, S3Uri: true, S3DataDistributionType: true, AttributeNames: true },
    FileSystemDataSource: {
      DirectoryPath: true,
      FileSystemAccessMode: true,
      FileSystemId: true,
      FileSystemType: true,
    },
  },
  ContentType: true,
  CompressionType: true,
  RecordWrapperType: true,
  InputMode: true,
  ShuffleConfig: { Seed: true },
};

/** Members that training jobs and the definition in a tuning job share. */
const TRAINING: SupportedFields = {
  RoleArn: true,
  InputDataConfig: INPUT_DATA_CONFIG,
  OutputDataConfig: { S3OutputPath: true, KmsKeyId: true },
  ResourceConfig: { InstanceType: true, InstanceCount: true, VolumeSizeInGB: true, VolumeKmsKeyId: true },
  StoppingCondition: { MaxRuntimeInSeconds: true, MaxWaitTimeInSeconds: true },
  VpcConfig: { SecurityGroupIds: true, Subnets: true },
  EnableNetworkIsolation: true,
  EnableInterContainerTrafficEncryption: true,
  EnableManagedSpotTraining: true,
  CheckpointConfig: { S3Uri: true, LocalPath: true },
};

/**
 * The fields of each optimised integration, as far as they are known to be taken (see
 * facts/step-functions-sagemaker.md §1): what nobody has been seen to use is refused, so that a template
 * which runs here does not fail on AWS. What it costs is a template that AWS would take and local mode
 * does not; the `aws-sdk` integration takes every field.
 */
export const SUPPORTED_FIELDS: Readonly<Record<string, SupportedFields>> = {
  Invoke: {
    FunctionName: true,
    Payload: true,
    InvocationType: true,
    Qualifier: true,
    ClientContext: true,
    LogType: true,
  },
  StartExecution: { StateMachineArn: true, Input: true, Name: true, TraceHeader: true },
  CreateTrainingJob: {
    ...TRAINING,
    TrainingJobName: true,
    AlgorithmSpecification: {
      TrainingImage: true,
      AlgorithmName: true,
      TrainingInputMode: true,
      MetricDefinitions: METRIC_DEFINITIONS,
      EnableSageMakerMetricsTimeSeries: true,
    },
    HyperParameters: true,
    Environment: true,
    Tags: TAGS,
    DebugHookConfig: true,
    DebugRuleConfigurations: true,
    ExperimentConfig: true,
    TensorBoardOutputConfig: true,
  },
  CreateHyperParameterTuningJob: {
    HyperParameterTuningJobName: true,
    HyperParameterTuningJobConfig: {
      Strategy: true,
      HyperParameterTuningJobObjective: { Type: true, MetricName: true },
      ResourceLimits: { MaxNumberOfTrainingJobs: true, MaxParallelTrainingJobs: true },
      ParameterRanges: {
        IntegerParameterRanges: { Name: true, MinValue: true, MaxValue: true, ScalingType: true },
        ContinuousParameterRanges: { Name: true, MinValue: true, MaxValue: true, ScalingType: true },
        CategoricalParameterRanges: { Name: true, Values: true },
      },
      TrainingJobEarlyStoppingType: true,
    },
    TrainingJobDefinition: {
      ...TRAINING,
      StaticHyperParameters: true,
      AlgorithmSpecification: {
        TrainingImage: true,
        AlgorithmName: true,
        TrainingInputMode: true,
        MetricDefinitions: METRIC_DEFINITIONS,
      },
    },
    WarmStartConfig: {
      ParentHyperParameterTuningJobs: { HyperParameterTuningJobName: true },
      WarmStartType: true,
    },
    Tags: TAGS,
  },
};

/** The first field of a request that is not supported, with its path; undefined when all are. */
export function findUnsupportedField(
  value: unknown,
  supported: SupportedFields,
  path = '',
): { readonly field: string; readonly path: string } | undefined {
  if (Array.isArray(value)) {
    return firstDefined(value.map((item, i) => findUnsupportedField(item, supported, `${path}/${i}`)));
  }
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  return firstDefined(
    Object.entries(value).map(([key, member]) => {
      // In JSONPath definitions a key that ends in `.$` gives the field by a path.
      const field = key.replace(/\.\$$/, '');
      const below = Object.hasOwn(supported, field) ? supported[field] : undefined;
      if (below === undefined) {
        return { field, path: path === '' ? '/' : path };
      }
      return below === true ? undefined : findUnsupportedField(member, below, `${path}/${field}`);
    }),
  );
}

function firstDefined<T>(values: readonly (T | undefined)[]): T | undefined {
  return values.find((value) => value !== undefined);
}
