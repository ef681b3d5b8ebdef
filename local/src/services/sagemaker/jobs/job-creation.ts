import { isRecord } from '../../../assembly/template';
import { type RequestContext, tagContext } from '../../iam/request-context';
import type { TaskIdentity } from '../../principal';
import type { Input, Operation } from '../../service';

interface CreatedJob {
  readonly description: object;
  readonly createdBy?: TaskIdentity;
}

/** Settings of a Create operation for one kind of job. */
export interface CreatedKind {
  /** The request member with the job's name, and the response member with its ARN. */
  readonly name: string;
  readonly arn: string;
  readonly jobs: { get(name: string): CreatedJob | undefined };
  /** Starts a job. Not called for repeated requests. */
  readonly start: (input: Input, task: TaskIdentity | undefined) => void;
  /** Condition keys that only this operation has. */
  readonly context?: (input: Input) => RequestContext;
}

/**
 * The operation that creates a job. The caller needs `AddTags` for tags and `iam:PassRole` for the role of each
 * definition. If local mode is interrupted before a task learns of its job, the same attempt of the task
 * repeats the request and gets the same response.
 */
export function creation({ name, arn, jobs, start, context }: CreatedKind): Operation {
  return {
    access: (input, given) => {
      const definitions = definitionsOf(input);
      // If there are several definitions, the conditions must hold for each of them.
      const created = definitions.map((each) => ({
        ...given,
        context: { ...creationContext(input, each), ...context?.(input) },
      }));
      const isTagged = Array.isArray(input['Tags']) && input['Tags'].length > 0;
      const roles = new Set(
        definitions.flatMap(({ RoleArn, ExecutionRoleArn }) => RoleArn ?? ExecutionRoleArn ?? []),
      );
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

/** The training definitions in a request: the request itself, or the definitions of a tuning job. */
function definitionsOf(input: Input): Input[] {
  const definitions = [input['TrainingJobDefinition'], input['TrainingJobDefinitions']]
    .flat()
    .filter(isRecord);
  return definitions.length > 0 ? definitions : [input];
}

/** The values of the condition keys of SageMaker's Create operations, for one training definition. */
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

/** The values at a path of member names. Lists contribute the values of all their items. */
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
  // Requests for transform jobs and AutoML jobs have other members for the same condition keys.
  ['sagemaker:InstanceTypes', ['TransformResources', 'InstanceType']],
  ['sagemaker:OutputKmsKey', ['TransformOutput', 'KmsKeyId']],
  ['sagemaker:VolumeKmsKey', ['TransformResources', 'VolumeKmsKeyId']],
  ['sagemaker:InterContainerTrafficEncryption', ['SecurityConfig', 'EnableInterContainerTrafficEncryption']],
  ['sagemaker:VolumeKmsKey', ['SecurityConfig', 'VolumeKmsKeyId']],
  ['sagemaker:VpcSecurityGroupIds', ['SecurityConfig', 'VpcConfig', 'SecurityGroupIds']],
  ['sagemaker:VpcSubnets', ['SecurityConfig', 'VpcConfig', 'Subnets']],
];
