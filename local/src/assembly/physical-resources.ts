import { createHash } from 'node:crypto';
import type { Environment } from './deployment';
import { splitAtLastColon, versionOfAlias } from './state-machine-versions';

/** The values of `Ref` and `Fn::GetAtt` for a resource. */
export interface PhysicalResource {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Resolves a property of the resource; undefined if the template does not set it. */
export type PropertyReader = (name: string) => unknown;

interface ResourceKind {
  /** Property that sets the resource's name. */
  readonly nameProperty?: string;
  readonly maxNameLength?: number;
  readonly describe: (name: string, environment: Environment, property: PropertyReader) => PhysicalResource;
}

/**
 * The physical name and attributes of a resource, as CloudFormation would generate them. Unlike on AWS, they
 * are the same in every deployment of a stack, so that the next deployment finds the data of the previous
 * one.
 *
 * @returns undefined for an unsupported type
 */
export function physicalResource(
  stackName: string,
  logicalId: string,
  type: string,
  environment: Environment,
  property: PropertyReader,
): PhysicalResource | undefined {
  const kind = KINDS[type];
  if (kind === undefined) {
    return undefined;
  }
  const given = kind.nameProperty === undefined ? undefined : property(kind.nameProperty);
  const name =
    typeof given === 'string' && given !== ''
      ? given
      : generatedName(stackName, logicalId, kind.maxNameLength ?? 64, type === 'AWS::S3::Bucket');
  return kind.describe(name, environment, property);
}

function generatedName(stackName: string, logicalId: string, maxLength: number, lowerCase: boolean): string {
  const full = `${stackName}-${logicalId}`;
  const name = lowerCase ? full.toLowerCase() : full;
  if (name.length <= maxLength) {
    return name;
  }
  const hash = createHash('sha256').update(full).digest('hex').slice(0, 8);
  return `${name.slice(0, maxLength - hash.length - 1)}-${hash}`;
}

function arn(environment: Environment, service: string, resource: string): string {
  return `arn:${environment.partition}:${service}:${environment.region}:${environment.accountId}:${resource}`;
}

function globalArn(environment: Environment, resource: string): string {
  return `arn:${environment.partition}:iam::${environment.accountId}:${resource}`;
}

/** A resource identified by its name, with an ARN `arn:…:<service>:<region>:<account>:<prefix><name>`. */
function named(service: string, prefix: string, nameProperty: string, maxNameLength = 64): ResourceKind {
  return {
    nameProperty,
    maxNameLength,
    describe: (name, environment) => ({
      ref: name,
      attributes: { Arn: arn(environment, service, `${prefix}${name}`) },
    }),
  };
}

/** A resource identified by a generated ID, such as `vpc-0123456789abcdef0`. */
function identified(prefix: string, ...attributes: string[]): ResourceKind {
  return {
    describe: (name) => {
      const id = `${prefix}-0${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
      return { ref: id, attributes: Object.fromEntries(attributes.map((attribute) => [attribute, id])) };
    },
  };
}

const KINDS: Readonly<Record<string, ResourceKind>> = {
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    maxNameLength: 63,
    describe: (name, { partition, region, urlSuffix }) => ({
      ref: name,
      attributes: {
        Arn: `arn:${partition}:s3:::${name}`,
        DomainName: `${name}.s3.${urlSuffix}`,
        DualStackDomainName: `${name}.s3.dualstack.${region}.${urlSuffix}`,
        RegionalDomainName: `${name}.s3.${region}.${urlSuffix}`,
        WebsiteURL: `http://${name}.s3-website-${region}.${urlSuffix}`,
      },
    }),
  },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    describe: (name, environment, property) => ({
      ref: name,
      attributes: {
        Arn: globalArn(environment, `role${String(property('Path') ?? '/')}${name}`),
        RoleId: `AROA${createHash('sha256').update(name).digest('hex').slice(0, 17).toUpperCase()}`,
      },
    }),
  },
  'AWS::IAM::ManagedPolicy': {
    nameProperty: 'ManagedPolicyName',
    maxNameLength: 128,
    describe: (name, environment, property) => {
      const policyArn = globalArn(environment, `policy${String(property('Path') ?? '/')}${name}`);
      return { ref: policyArn, attributes: { PolicyArn: policyArn } };
    },
  },
  'AWS::Lambda::Function': named('lambda', 'function:', 'FunctionName'),
  'AWS::Lambda::LayerVersion': {
    nameProperty: 'LayerName',
    describe: (name, environment) => {
      const layerArn = arn(environment, 'lambda', `layer:${name}:1`);
      return { ref: layerArn, attributes: { LayerVersionArn: layerArn } };
    },
  },
  'AWS::Lambda::Version': {
    describe: (_name, environment, property) => {
      const versionArn = `${functionArn(environment, property)}:1`;
      return { ref: versionArn, attributes: { FunctionArn: versionArn, Version: '1' } };
    },
  },
  'AWS::Lambda::Alias': {
    describe: (_name, environment, property) => {
      const aliasArn = `${functionArn(environment, property)}:${String(property('Name'))}`;
      return { ref: aliasArn, attributes: { AliasArn: aliasArn } };
    },
  },
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    maxNameLength: 80,
    describe: (name, environment) => {
      const machineArn = arn(environment, 'states', `stateMachine:${name}`);
      return { ref: machineArn, attributes: { Arn: machineArn, Name: name } };
    },
  },
  'AWS::StepFunctions::StateMachineVersion': {
    describe: (_name, _environment, property) => {
      const versionArn = `${String(property('StateMachineArn'))}:1`;
      return { ref: versionArn, attributes: { Arn: versionArn } };
    },
  },
  'AWS::StepFunctions::StateMachineAlias': {
    nameProperty: 'Name',
    maxNameLength: 80,
    describe: (name, _environment, property) => {
      const aliasArn = `${splitAtLastColon(versionOfAlias(property))[0]}:${name}`;
      return { ref: aliasArn, attributes: { Arn: aliasArn } };
    },
  },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    maxNameLength: 512,
    describe: (name, environment) => ({
      ref: name,
      attributes: { Arn: arn(environment, 'logs', `log-group:${name}:*`) },
    }),
  },
  'AWS::KMS::Key': {
    describe: (name, environment) => {
      const hex = createHash('sha256').update(name).digest('hex');
      const id = hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
      return { ref: id, attributes: { Arn: arn(environment, 'kms', `key/${id}`), KeyId: id } };
    },
  },
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    maxNameLength: 256,
    describe: (name, environment) => {
      const topicArn = arn(environment, 'sns', name);
      return { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name } };
    },
  },
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    maxNameLength: 80,
    describe: (name, environment) => {
      const { region, urlSuffix, accountId } = environment;
      const url = `https://sqs.${region}.${urlSuffix}/${accountId}/${name}`;
      return { ref: url, attributes: { Arn: arn(environment, 'sqs', name), QueueName: name, QueueUrl: url } };
    },
  },
  'AWS::Events::Rule': named('events', 'rule/', 'Name'),
  'AWS::Scheduler::Schedule': named('scheduler', 'schedule/default/', 'Name'),
  'AWS::DynamoDB::Table': named('dynamodb', 'table/', 'TableName', 255),
  'AWS::CloudWatch::Alarm': named('cloudwatch', 'alarm:', 'AlarmName', 255),
  'AWS::CloudWatch::Dashboard': named('cloudwatch', 'dashboard/', 'DashboardName', 255),
  'AWS::SSM::Parameter': named('ssm', 'parameter/', 'Name', 1011),
  'AWS::SageMaker::ModelPackageGroup': {
    nameProperty: 'ModelPackageGroupName',
    maxNameLength: 63,
    describe: (name, environment) => {
      const groupArn = arn(environment, 'sagemaker', `model-package-group/${name.toLowerCase()}`);
      return {
        ref: groupArn,
        attributes: { ModelPackageGroupArn: groupArn, ModelPackageGroupStatus: 'Completed' },
      };
    },
  },
  'Custom::CDKBucketDeployment': {
    describe: (name, { partition }, property) => ({
      ref: name,
      attributes: {
        DestinationBucketArn: `arn:${partition}:s3:::${String(property('DestinationBucketName'))}`,
      },
    }),
  },
  'AWS::EC2::VPC': identified('vpc', 'VpcId'),
  'AWS::EC2::Subnet': identified('subnet', 'SubnetId'),
  'AWS::EC2::SecurityGroup': identified('sg', 'GroupId', 'Id'),
};

/**
 * ARN of the function to which a version or an alias belongs. The property of the version or alias contains the
 * function's name or ARN.
 */
function functionArn(environment: Environment, property: PropertyReader): string {
  const reference = String(property('FunctionName'));
  return reference.startsWith('arn:') ? reference : arn(environment, 'lambda', `function:${reference}`);
}
