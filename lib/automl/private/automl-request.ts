import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { EXECUTION_TAG, EXECUTION_TAG_VALUE } from '../../private/execution-tag';
import { tuningJobName } from '../../private/job-names';
import type { JobTags } from '../../private/job-tags';
import { jsonata, literal } from '../../private/jsonata';
import { outputKey } from '../../private/output-key';
import { renderTags } from '../../private/render-tuning-job';
import type { AutoMlInput } from './validate-automl';

/** Everything that the request to SageMaker needs. */
export interface AutoMlRequestProps extends AutoMlInput {
  readonly trainingRole: iam.IRole;
  /** Prefix of all job names, including the hyphen. */
  readonly jobNamePrefix: string;
  readonly jobTags: JobTags;
  readonly subnets?: ec2.ISubnet[];
  readonly connectedTo: ec2.ISecurityGroup[];
}

/** The request of CreateAutoMLJobV2. Undefined fields are left out. */
export function autoMlRequest(props: AutoMlRequestProps): Record<string, unknown> {
  const { objective, validationFraction } = props;
  return {
    AutoMLJobName: jsonata(tuningJobName(props)),
    RoleArn: props.trainingRole.roleArn,
    AutoMLJobInputDataConfig: jsonata(
      `[${channel(props, 'training', 'train')}, $exists($states.input.settings.validation) ? ${channel(props, 'validation', 'validation')}]`,
    ),
    OutputDataConfig: {
      S3OutputPath: props.output.uri,
      // Without a key in the request, SageMaker uses the account's default key for Amazon S3, not the bucket's default
      // key.
      KmsKeyId: outputKey(props.output, props.encryptionKey)?.keyArn,
    },
    AutoMLProblemTypeConfig: { TabularJobConfig: tabularJob(props) },
    AutoMLJobObjective: objective && { MetricName: objective.metric },
    DataSplitConfig:
      validationFraction === undefined ? undefined : { ValidationFraction: validationFraction },
    SecurityConfig: {
      VolumeKmsKeyId: props.encryptionKey?.keyArn,
      EnableInterContainerTrafficEncryption: props.interContainerTrafficEncryption ?? true,
      VpcConfig: props.subnets && {
        SecurityGroupIds: props.connectedTo.map(({ securityGroupId }) => securityGroupId),
        Subnets: props.subnets.map(({ subnetId }) => subnetId),
      },
    },
    Tags: renderTags(props.jobTags.with({ [EXECUTION_TAG]: jsonata(EXECUTION_TAG_VALUE) })),
  };
}

function tabularJob(props: AutoMlRequestProps): Record<string, unknown> {
  return {
    TargetAttributeName: jsonata('$states.input.settings.target'),
    ProblemType: props.problemType,
    Mode: props.mode,
    SampleWeightAttributeName: props.sampleWeightColumn,
    FeatureSpecificationS3Uri: props.featureSpecification?.uri,
    CompletionCriteria: {
      MaxCandidates: jsonata('$states.input.settings.maxCandidates'),
      MaxAutoMLJobRuntimeInSeconds: props.maxRuntime?.toSeconds(),
      MaxRuntimePerTrainingJobInSeconds: props.maxRuntimePerTrainingJob?.toSeconds(),
    },
  };
}

/** JSONata for a channel. The location of the channel's data is in the execution's settings. */
function channel({ train }: AutoMlRequestProps, type: string, setting: string): string {
  return `{'ChannelType': '${type}', 'ContentType': ${literal(train.contentType)}, 'CompressionType': ${literal(train.compressionType)}, 'DataSource': {'S3DataSource': {'S3DataType': 'S3Prefix', 'S3Uri': $states.input.settings.${setting}}}}`;
}
