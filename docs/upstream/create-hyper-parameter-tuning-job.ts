// Draft of a task for aws-cdk. docs/upstream.md says which lines must change in that repository.
import { ArnFormat, type Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import {
  type AlgorithmSpecification,
  type Channel,
  InputMode,
  type OutputDataConfig,
  type ResourceConfig,
  type StoppingCondition,
  type VpcConfig,
} from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';

/** The direction in which a tuning job optimizes its objective metric. */
export enum HyperParameterTuningObjectiveType {
  /** Lower values are better. */
  MINIMIZE = 'Minimize',
  /** Higher values are better. */
  MAXIMIZE = 'Maximize',
}

/** The objective metric of a tuning job. */
export interface HyperParameterTuningObjective {
  /** The name of the metric. */
  readonly metricName: string;
  /** Whether lower or higher values are better. */
  readonly type: HyperParameterTuningObjectiveType;
}

/** The strategy that chooses the hyperparameters of the next training jobs. */
export enum HyperParameterTuningStrategy {
  /** Bayesian optimization. */
  BAYESIAN = 'Bayesian',
  /** Random search. */
  RANDOM = 'Random',
  /** Grid search, for categorical ranges only. */
  GRID = 'Grid',
}

/** The scale on which the values of a numeric range are searched. */
export enum HyperParameterScalingType {
  /** SageMaker chooses the scale. */
  AUTO = 'Auto',
  /** Linear scale. */
  LINEAR = 'Linear',
  /** Logarithmic scale, for ranges of positive values. */
  LOGARITHMIC = 'Logarithmic',
  /** Reverse logarithmic scale, for continuous ranges from 0 to below 1. */
  REVERSE_LOGARITHMIC = 'ReverseLogarithmic',
}

/** A numeric hyperparameter to tune. */
export interface NumericParameterRange {
  /** The name of the hyperparameter. */
  readonly name: string;
  /** The smallest value. */
  readonly minValue: number;
  /** The largest value. */
  readonly maxValue: number;
  /**
   * The scale.
   *
   * @default HyperParameterScalingType.AUTO
   */
  readonly scalingType?: HyperParameterScalingType;
}

/** A categorical hyperparameter to tune. */
export interface CategoricalParameterRange {
  /** The name of the hyperparameter. */
  readonly name: string;
  /** The values, 1 to 30. */
  readonly values: string[];
}

/** The search space of a tuning job. At least one range is required. */
export interface HyperParameterRanges {
  /** @default - none */
  readonly integer?: NumericParameterRange[];
  /** @default - none */
  readonly continuous?: NumericParameterRange[];
  /** @default - none */
  readonly categorical?: CategoricalParameterRange[];
}

/** The training jobs that a tuning job starts. */
export interface HyperParameterTrainingJobDefinition {
  /** The training image with its metrics. `algorithmName` is also possible. */
  readonly algorithmSpecification: AlgorithmSpecification;
  /** The role of the training jobs. */
  readonly role: iam.IRole;
  /** The input data, 1 to 20 channels. */
  readonly inputDataConfig: Channel[];
  /** Where SageMaker writes the models. */
  readonly outputDataConfig: OutputDataConfig;
  /** The instances of each training job. */
  readonly resourceConfig: ResourceConfig;
  /**
   * Hyperparameters that are not tuned.
   *
   * @default - none
   */
  readonly staticHyperparameters?: { [key: string]: string };
  /**
   * The time limit of each training job.
   *
   * @default - SageMaker's default of 1 day
   */
  readonly stoppingCondition?: StoppingCondition;
  /**
   * The VPC of the training jobs.
   *
   * @default - no VPC
   */
  readonly vpcConfig?: VpcConfig;
  /**
   * Whether the containers have no network.
   *
   * @default false
   */
  readonly enableNetworkIsolation?: boolean;
}

/** Options of a task that creates a tuning job. */
export interface SageMakerCreateHyperParameterTuningJobOptions {
  /** The name of the tuning job: at most 32 characters, unique in the account and Region. */
  readonly tuningJobName: string;
  /** The objective metric. */
  readonly objective: HyperParameterTuningObjective;
  /** The search space. */
  readonly parameterRanges: HyperParameterRanges;
  /** The training jobs. */
  readonly trainingJobDefinition: HyperParameterTrainingJobDefinition;
  /** The number of training jobs. */
  readonly maxNumberOfTrainingJobs: number;
  /**
   * The number of training jobs that run at the same time.
   *
   * @default 1
   */
  readonly maxParallelTrainingJobs?: number;
  /**
   * The time limit of the tuning job.
   *
   * @default - no limit
   */
  readonly maxRuntime?: Duration;
  /**
   * The search strategy.
   *
   * @default HyperParameterTuningStrategy.BAYESIAN
   */
  readonly strategy?: HyperParameterTuningStrategy;
  /**
   * Whether SageMaker stops training jobs that are unlikely to improve on the best one.
   *
   * @default false
   */
  readonly earlyStopping?: boolean;
  /**
   * Tags of the tuning job and its training jobs.
   *
   * @default - none
   */
  readonly tags?: { [key: string]: string };
}

/** Properties of a tuning task that uses JSONPath. */
export interface SageMakerCreateHyperParameterTuningJobJsonPathProps
  extends sfn.TaskStateJsonPathBaseProps,
    SageMakerCreateHyperParameterTuningJobOptions {}

/** Properties of a tuning task that uses JSONata. */
export interface SageMakerCreateHyperParameterTuningJobJsonataProps
  extends sfn.TaskStateJsonataBaseProps,
    SageMakerCreateHyperParameterTuningJobOptions {}

/** Properties of a tuning task. */
export interface SageMakerCreateHyperParameterTuningJobProps
  extends sfn.TaskStateBaseProps,
    SageMakerCreateHyperParameterTuningJobOptions {}

const SUPPORTED_INTEGRATION_PATTERNS = [
  sfn.IntegrationPattern.REQUEST_RESPONSE,
  sfn.IntegrationPattern.RUN_JOB,
];

/**
 * A Step Functions task that creates a SageMaker hyperparameter tuning job.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
 */
export class SageMakerCreateHyperParameterTuningJob extends sfn.TaskStateBase implements iam.IGrantable {
  /** Creates the task for JSONPath. */
  public static jsonPath(
    scope: Construct,
    id: string,
    props: SageMakerCreateHyperParameterTuningJobJsonPathProps,
  ): SageMakerCreateHyperParameterTuningJob {
    return new SageMakerCreateHyperParameterTuningJob(scope, id, props);
  }

  /** Creates the task for JSONata. */
  public static jsonata(
    scope: Construct,
    id: string,
    props: SageMakerCreateHyperParameterTuningJobJsonataProps,
  ): SageMakerCreateHyperParameterTuningJob {
    return new SageMakerCreateHyperParameterTuningJob(scope, id, {
      ...props,
      queryLanguage: sfn.QueryLanguage.JSONATA,
    });
  }

  /** The role of the training jobs. `S3Location` and `DockerImage` grant it access to the data and the image. */
  public readonly grantPrincipal: iam.IPrincipal;
  protected readonly taskMetrics?: sfn.TaskMetricsConfig;
  protected readonly taskPolicies?: iam.PolicyStatement[];
  private readonly integrationPattern: sfn.IntegrationPattern;
  private readonly request: object;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SageMakerCreateHyperParameterTuningJobProps,
  ) {
    super(scope, id, props);
    this.integrationPattern = props.integrationPattern ?? sfn.IntegrationPattern.REQUEST_RESPONSE;
    if (!SUPPORTED_INTEGRATION_PATTERNS.includes(this.integrationPattern)) {
      throw new Error(
        `Unsupported service integration pattern. Supported Patterns: ${SUPPORTED_INTEGRATION_PATTERNS}. Received: ${this.integrationPattern}`,
      );
    }
    this.grantPrincipal = props.trainingJobDefinition.role.grantPrincipal;
    this.request = this.renderRequest();
    this.taskPolicies = this.makePolicyStatements();
  }

  /** @internal */
  protected _renderTask(topLevelQueryLanguage?: sfn.QueryLanguage): unknown {
    const language = this.props.queryLanguage ?? topLevelQueryLanguage ?? sfn.QueryLanguage.JSON_PATH;
    const suffix = this.integrationPattern === sfn.IntegrationPattern.RUN_JOB ? '.sync' : '';
    return {
      Resource: `arn:${Stack.of(this).partition}:states:::sagemaker:createHyperParameterTuningJob${suffix}`,
      ...this._renderParametersOrArguments(this.request, language),
    };
  }

  private renderRequest(): object {
    const { props } = this;
    return {
      HyperParameterTuningJobName: props.tuningJobName,
      HyperParameterTuningJobConfig: {
        Strategy: props.strategy ?? HyperParameterTuningStrategy.BAYESIAN,
        HyperParameterTuningJobObjective: {
          Type: props.objective.type,
          MetricName: props.objective.metricName,
        },
        ResourceLimits: {
          MaxNumberOfTrainingJobs: props.maxNumberOfTrainingJobs,
          MaxParallelTrainingJobs: props.maxParallelTrainingJobs ?? 1,
          MaxRuntimeInSeconds: props.maxRuntime?.toSeconds(),
        },
        ParameterRanges: renderRanges(props.parameterRanges),
        TrainingJobEarlyStoppingType: props.earlyStopping ? 'Auto' : 'Off',
      },
      TrainingJobDefinition: this.renderTrainingJobDefinition(props.trainingJobDefinition),
      Tags: props.tags && Object.entries(props.tags).map(([Key, Value]) => ({ Key, Value })),
    };
  }

  private renderTrainingJobDefinition(definition: HyperParameterTrainingJobDefinition): object {
    const { algorithmSpecification: algorithm, resourceConfig, vpcConfig } = definition;
    return {
      StaticHyperParameters: definition.staticHyperparameters,
      AlgorithmSpecification: {
        AlgorithmName: algorithm.algorithmName,
        TrainingImage: algorithm.trainingImage?.bind(this).imageUri,
        TrainingInputMode: algorithm.trainingInputMode ?? InputMode.FILE,
        MetricDefinitions: algorithm.metricDefinitions?.map(({ name, regex }) => ({
          Name: name,
          Regex: regex,
        })),
      },
      RoleArn: definition.role.roleArn,
      InputDataConfig: definition.inputDataConfig.map((channel) => this.renderChannel(channel)),
      OutputDataConfig: {
        S3OutputPath: definition.outputDataConfig.s3OutputLocation.bind(this, { forWriting: true }).uri,
        KmsKeyId: definition.outputDataConfig.encryptionKey?.keyArn,
      },
      ResourceConfig: {
        InstanceCount: resourceConfig.instanceCount,
        InstanceType: `ml.${resourceConfig.instanceType}`,
        VolumeSizeInGB: resourceConfig.volumeSize.toGibibytes(),
        VolumeKmsKeyId: resourceConfig.volumeEncryptionKey?.keyArn,
      },
      StoppingCondition: {
        MaxRuntimeInSeconds: definition.stoppingCondition?.maxRuntime?.toSeconds() ?? 86_400,
      },
      VpcConfig: vpcConfig && this.renderVpcConfig(vpcConfig),
      EnableNetworkIsolation: definition.enableNetworkIsolation,
    };
  }

  private renderChannel(channel: Channel): object {
    const { s3DataSource } = channel.dataSource;
    return {
      ChannelName: channel.channelName,
      DataSource: {
        S3DataSource: {
          S3Uri: s3DataSource.s3Location.bind(this, { forReading: true }).uri,
          S3DataType: s3DataSource.s3DataType ?? 'S3Prefix',
          S3DataDistributionType: s3DataSource.s3DataDistributionType,
          AttributeNames: s3DataSource.attributeNames,
        },
      },
      ContentType: channel.contentType,
      CompressionType: channel.compressionType,
      InputMode: channel.inputMode,
      RecordWrapperType: channel.recordWrapperType,
      ShuffleConfig: channel.shuffleConfig && { Seed: channel.shuffleConfig.seed },
    };
  }

  private renderVpcConfig({ vpc, subnets }: VpcConfig): object {
    const securityGroup = new ec2.SecurityGroup(this, 'TrainJobSecurityGroup', { vpc });
    return {
      SecurityGroupIds: [securityGroup.securityGroupId],
      Subnets: vpc.selectSubnets(subnets).subnetIds,
    };
  }

  private makePolicyStatements(): iam.PolicyStatement[] {
    const stack = Stack.of(this);
    const waits = this.integrationPattern === sfn.IntegrationPattern.RUN_JOB;
    const { tuningJobName, trainingJobDefinition } = this.props;
    const isExpression = sfn.JsonPath.isEncodedJsonPath(tuningJobName) || /^\{%.*%\}$/s.test(tuningJobName);
    const statements = [
      new iam.PolicyStatement({
        actions: [
          'sagemaker:CreateHyperParameterTuningJob',
          'sagemaker:AddTags',
          ...(waits
            ? ['sagemaker:DescribeHyperParameterTuningJob', 'sagemaker:StopHyperParameterTuningJob']
            : []),
        ],
        resources: [
          stack.formatArn({
            service: 'sagemaker',
            resource: 'hyper-parameter-tuning-job',
            // If the name is only known at run time, any job is allowed. SageMaker writes names in ARNs in lower case.
            resourceName: isExpression ? '*' : `${tuningJobName.toLowerCase()}*`,
          }),
        ],
      }),
      new iam.PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [trainingJobDefinition.role.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      }),
    ];
    if (waits) {
      statements.push(
        new iam.PolicyStatement({
          actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
          resources: [
            stack.formatArn({
              service: 'events',
              resource: 'rule',
              resourceName: 'StepFunctionsGetEventsForSageMakerTuningJobsRule',
              arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
            }),
          ],
        }),
      );
    }
    return statements;
  }
}

function renderRanges({ integer = [], continuous = [], categorical = [] }: HyperParameterRanges): object {
  const numeric = ({ name, minValue, maxValue, scalingType }: NumericParameterRange) => ({
    Name: name,
    MinValue: String(minValue),
    MaxValue: String(maxValue),
    ScalingType: scalingType ?? HyperParameterScalingType.AUTO,
  });
  return {
    IntegerParameterRanges: integer.map(numeric),
    ContinuousParameterRanges: continuous.map(numeric),
    CategoricalParameterRanges: categorical.map(({ name, values }) => ({ Name: name, Values: values })),
  };
}
