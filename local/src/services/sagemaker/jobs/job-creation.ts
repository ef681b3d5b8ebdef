import { isRecord } from '../../../assembly/template';
import { type RequestContext, tagContext } from '../../iam/request-context';
import type { TaskIdentity } from '../../principal';
import type { Input, Operation } from '../../service';

interface CreatedJob {
  readonly description: object;
  readonly createdBy?: TaskIdentity;
}

/** A kind of job that an operation creates. */
export interface CreatedKind {
  /** The members of the request with the name of the job, and of the response with its ARN. */
  readonly name: string;
  readonly arn: string;
  readonly jobs: { get(name: string): CreatedJob | undefined };
  /** Starts a job for a request that is its first. */
  readonly start: (input: Input, task: TaskIdentity | undefined) => void;
}

/**
 * An operation that creates a job. It needs `AddTags` for tags and `iam:PassRole` for the role of each definition. The
 * same attempt at a task may make it again, as local mode was interrupted before the task had heard of its job: then it
 * answers what it has answered before.
 */
export function creation({ name, arn, jobs, start }: CreatedKind): Operation {
  return {
    access: (input, given) => {
      const definitions = definitionsOf(input);
      // A condition has to hold for each of several definitions.
      const created = definitions.map((each) => ({ ...given, context: creationContext(input, each) }));
      const isTagged = Array.isArray(input['Tags']) && input['Tags'].length > 0;
      const roles = new Set(definitions.flatMap((definition) => definition['RoleArn'] ?? []));
      return [
        ...created,
        ...(isTagged ? created.map((each) => ({ ...each, action: 'sagemaker:AddTags' })) : []),
        ...[...roles].map((role) => ({
          action: 'iam:PassRole',
          resource: String(role),
          context: { 'iam:PassedToService': 'sagemaker.amazonaws.com' },
        })),
      ];
    },
    run: (input, { task }) => {
      const job = (): CreatedJob | undefined => jobs.get(String(input[name]));
      if (task === undefined || job()?.createdBy?.token !== task.token) start(input, task);
      return { [arn]: (job()?.description as Input | undefined)?.[arn] };
    },
  };
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
  const tags = [input['Tags'] ?? []].flat().filter(isRecord);
  const context: Record<string, string | readonly string[]> = {
    ...tagContext(tags.map(({ Key, Value }) => [String(Key), String(Value)])),
  };
  for (const [key, path] of CREATION_KEYS) {
    const values = valuesAt(definition, path).flat();
    if (values.length > 0) {
      context[key] = values.length === 1 ? String(values[0]) : values.map(String);
    }
  }
  return context;
}

/** The values at a path of members, of each item where there is a list. */
export function valuesAt(value: unknown, [member, ...rest]: readonly string[]): unknown[] {
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
