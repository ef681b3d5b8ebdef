/**
 * Fields that an optimized integration supports at one level of a request. The value of a field contains its nested
 * fields or, for a list, the fields of its items. `true` allows everything that the service allows.
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

/** A container of a model. */
const CONTAINER: SupportedFields = {
  ContainerHostname: true,
  Image: true,
  ModelDataUrl: true,
  Environment: true,
  ModelPackageName: true,
};

/** Members common to training jobs and training definitions of tuning jobs. */
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
 * The fields that each optimized integration is known to support, from AWS's documentation and deployed templates.
 * Fields without evidence are refused, so that a template that runs here does not fail on AWS. As a
 * consequence, local mode can refuse a template that AWS accepts. The `aws-sdk` integration supports every
 * field.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
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
  CreateModel: {
    ModelName: true,
    PrimaryContainer: CONTAINER,
    Containers: CONTAINER,
    ExecutionRoleArn: true,
    EnableNetworkIsolation: true,
    VpcConfig: { SecurityGroupIds: true, Subnets: true },
    Tags: TAGS,
  },
  CreateTransformJob: {
    TransformJobName: true,
    ModelName: true,
    MaxConcurrentTransforms: true,
    MaxPayloadInMB: true,
    BatchStrategy: true,
    Environment: true,
    TransformInput: {
      DataSource: { S3DataSource: { S3DataType: true, S3Uri: true } },
      ContentType: true,
      CompressionType: true,
      SplitType: true,
    },
    TransformOutput: { S3OutputPath: true, Accept: true, AssembleWith: true, KmsKeyId: true },
    TransformResources: { InstanceType: true, InstanceCount: true, VolumeKmsKeyId: true },
    // Evidence: TransformStep of aws-step-functions-data-science-sdk.
    DataProcessing: { InputFilter: true, OutputFilter: true, JoinSource: true },
    Tags: TAGS,
  },
};

/** Path of the first unsupported field of a request; undefined if all are supported. */
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
      // In JSONPath definitions, a key with the suffix `.$` sets the field from a path.
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
