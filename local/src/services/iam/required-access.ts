import type { Deployment, Environment } from '../../assembly/deployment';
import { stackArn } from '../../assembly/stack-arn';
import { isRecord } from '../../assembly/template';
import { logGroupOf, logStreamArn } from '../logs/log-names';
import type { ServiceCall } from '../router';
import { s3Access } from '../s3/s3-access';
import { automlJobArn, trainingJobArn, tuningJobArn } from '../sagemaker/jobs/job-arns';
import { readStateMachineArn } from '../step-functions/requests';
import type { AccessRequest } from './policy-evaluation';
import type { RequestContext } from './request-context';

type Input = Readonly<Record<string, unknown>>;

/** Everything that a caller has to be allowed for one call. */
export function requiredAccess(call: ServiceCall, deployment: Deployment): AccessRequest[] {
  const { environment } = deployment;
  switch (call.service) {
    case 'sagemaker':
      return sagemakerAccess(call.operation, call.input, environment);
    case 's3':
      return s3Access(call.operation, call.input, deployment);
    case 'lambda':
      return [
        {
          action: `lambda:${call.operation === 'Invoke' ? 'InvokeFunction' : call.operation}`,
          resource: functionArn(String(call.input['FunctionName']), environment),
          context: {},
        },
      ];
    case 'states':
      return [{ action: `states:${call.operation}`, ...statesResource(call.input) }];
    case 'iam':
      return [
        { action: `iam:${call.operation}`, resource: principalArn(call.input, deployment), context: {} },
      ];
    case 'cloudformation':
      return [
        {
          action: `cloudformation:${call.operation}`,
          resource: stackOf(call.input, deployment),
          context: {},
        },
      ];
    case 'logs':
      return [
        { action: `logs:${call.operation}`, resource: logStream(call.input, environment), context: {} },
      ];
    case 'monitoring':
      return [{ ...ANYTHING, action: `cloudwatch:${call.operation}` }];
    case 'sts':
      // GetCallerIdentity needs no permission, and no policy can deny it.
      return call.operation === 'GetCallerIdentity' ? [] : [{ ...ANYTHING, action: `sts:${call.operation}` }];
    default:
      return [{ action: `${call.service}:${call.operation}`, resource: '*', context: {} }];
  }
}

const ANYTHING = { resource: '*', context: {} };

/** The principal that an operation of IAM is about: by its ARN, or by the name of a role. */
function principalArn(
  { PolicySourceArn: arn, RoleName: name }: Input,
  { roles, environment }: Deployment,
): string {
  if (arn !== undefined) return String(arn);
  const { partition, accountId } = environment;
  const known = roles.find((role) => role.name === name);
  return known?.arn ?? `arn:${partition}:iam::${accountId}:role/${String(name)}`;
}

/** Who names no stack asks for all of them. */
function stackOf({ StackName: name }: Input, { environment }: Deployment): string {
  if (name === undefined) return '*';
  return String(name).startsWith('arn:') ? String(name) : stackArn(environment, String(name));
}

/** DescribeLogStreams names none: its resource is that of a stream without a name. */
function logStream(input: Input, environment: Environment): string {
  return logStreamArn(environment, String(input['logStreamName'] ?? ''), logGroupOf(input));
}

/** An execution, else a state machine: an operation names one of them, or nothing. */
function statesResource(input: Input): Pick<AccessRequest, 'resource' | 'context'> {
  const { executionArn, stateMachineArn: machine, mapRunArn, resourceArn } = input;
  const arn = String(executionArn ?? machine ?? mapRunArn ?? resourceArn ?? '*');
  const { stateMachineArn, qualifier } = readStateMachineArn(arn);
  const tags = recordsIn(input['tags']).map(({ key, value }) => [String(key), String(value)] as const);
  // Versions and aliases are authorized as their state machine:
  // https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
  return {
    resource: stateMachineArn,
    context: {
      ...(qualifier !== undefined && { 'states:StateMachineQualifier': [qualifier] }),
      ...tagContext(tags),
      ...(Array.isArray(input['tagKeys']) && { 'aws:TagKeys': input['tagKeys'].map(String) }),
    },
  };
}

/** Condition keys of the tags in a request. */
function tagContext(tags: readonly (readonly [key: string, value: string])[]): RequestContext {
  return {
    ...(tags.length > 0 && { 'aws:TagKeys': tags.map(([key]) => key) }),
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
}

function recordsIn(value: unknown): Record<string, unknown>[] {
  return (Array.isArray(value) ? value : []).filter(isRecord);
}

/**
 * Operations that name a job, but whose actions have no resource types in IAM's table: only a statement for all
 * resources is sure to allow them. The List operations of several jobs name none.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
 */
const WITHOUT_RESOURCES: ReadonlySet<string> = new Set(['ListCandidatesForAutoMLJob']);

function sagemakerAccess(operation: string, input: Input, environment: Environment): AccessRequest[] {
  const resource = WITHOUT_RESOURCES.has(operation) ? '*' : sagemakerResource(input, environment);
  const isCreate = operation.startsWith('Create');
  // A condition has to hold for each of several definitions.
  const contexts = isCreate ? definitionsOf(input).map((each) => creationContext(input, each)) : [{}];
  const access: AccessRequest[] = contexts.map((context) => ({
    action: `sagemaker:${operation}`,
    resource,
    context,
  }));
  if (isCreate && Array.isArray(input['Tags']) && input['Tags'].length > 0) {
    access.push(...contexts.map((context) => ({ action: 'sagemaker:AddTags', resource, context })));
  }
  if (isCreate) {
    for (const role of new Set(definitionsOf(input).flatMap((definition) => definition['RoleArn'] ?? []))) {
      access.push({
        action: 'iam:PassRole',
        resource: String(role),
        context: { 'iam:PassedToService': 'sagemaker.amazonaws.com' },
      });
    }
  }
  return access;
}

function sagemakerResource(input: Input, environment: Environment): string {
  if (typeof input['TrainingJobName'] === 'string') {
    return trainingJobArn(environment, input['TrainingJobName']);
  }
  if (typeof input['HyperParameterTuningJobName'] === 'string') {
    return tuningJobArn(environment, input['HyperParameterTuningJobName']);
  }
  if (typeof input['AutoMLJobName'] === 'string') {
    return automlJobArn(environment, input['AutoMLJobName']);
  }
  return typeof input['ResourceArn'] === 'string' ? input['ResourceArn'] : '*';
}

/** The training definitions in a request: the request itself, or those of a tuning job. */
function definitionsOf(input: Input): Input[] {
  const definitions = [input['TrainingJobDefinition'], input['TrainingJobDefinitions']]
    .flat()
    .filter(isRecord);
  return definitions.length > 0 ? definitions : [input];
}

/** Condition keys of SageMaker's Create operations, for one of the definitions in the request. */
function creationContext(input: Input, definition: Input): RequestContext {
  const tags = recordsIn(input['Tags']).map(({ Key, Value }) => [String(Key), String(Value)] as const);
  const context: Record<string, string | readonly string[]> = { ...tagContext(tags) };
  for (const [key, path] of CREATION_KEYS) {
    const values = valuesAt(definition, path).flat();
    if (values.length > 0) {
      context[key] = values.length === 1 ? String(values[0]) : values.map(String);
    }
  }
  return context;
}

/** The values at a path of members, of each item where there is a list. */
function valuesAt(value: unknown, [member, ...rest]: readonly string[]): unknown[] {
  if (value === undefined || member === undefined) {
    return value === undefined ? [] : [value];
  }
  return [value]
    .flat()
    .filter(isRecord)
    .flatMap((item) => valuesAt(item[member], rest));
}

const CREATION_KEYS: readonly (readonly [key: string, path: readonly string[]])[] = [
  ['sagemaker:InstanceTypes', ['ResourceConfig', 'InstanceType']],
  ['sagemaker:InstanceTypes', ['ResourceConfig', 'InstanceGroups', 'InstanceType']],
  ['sagemaker:InstanceTypes', ['HyperParameterTuningResourceConfig', 'InstanceType']],
  ['sagemaker:InstanceTypes', ['HyperParameterTuningResourceConfig', 'InstanceConfigs', 'InstanceType']],
  ['sagemaker:InterContainerTrafficEncryption', ['EnableInterContainerTrafficEncryption']],
  ['sagemaker:MaxRuntimeInSeconds', ['StoppingCondition', 'MaxRuntimeInSeconds']],
  ['sagemaker:NetworkIsolation', ['EnableNetworkIsolation']],
  ['sagemaker:OutputKmsKey', ['OutputDataConfig', 'KmsKeyId']],
  ['sagemaker:VolumeKmsKey', ['ResourceConfig', 'VolumeKmsKeyId']],
  ['sagemaker:VpcSecurityGroupIds', ['VpcConfig', 'SecurityGroupIds']],
  ['sagemaker:VpcSubnets', ['VpcConfig', 'Subnets']],
  // AutoML jobs have them elsewhere.
  ['sagemaker:InterContainerTrafficEncryption', ['SecurityConfig', 'EnableInterContainerTrafficEncryption']],
  ['sagemaker:VolumeKmsKey', ['SecurityConfig', 'VolumeKmsKeyId']],
  ['sagemaker:VpcSecurityGroupIds', ['SecurityConfig', 'VpcConfig', 'SecurityGroupIds']],
  ['sagemaker:VpcSubnets', ['SecurityConfig', 'VpcConfig', 'Subnets']],
];

function functionArn(reference: string, { partition, region, accountId }: Environment): string {
  return reference.startsWith('arn:')
    ? reference
    : `arn:${partition}:lambda:${region}:${accountId}:function:${reference}`;
}
