import { operations as sagemaker } from '../model/sagemaker-model.json';
import { operations as servicequotas } from '../model/servicequotas-model.json';

/** The parsed `Resource` of a Task. */
export type TaskResource =
  | { readonly kind: 'function'; readonly functionArn: string }
  | { readonly kind: 'lambda-invoke'; readonly takesToken: boolean }
  | { readonly kind: 'execution'; readonly pattern: ExecutionPattern }
  | { readonly kind: 'sagemaker'; readonly operation: string; readonly isSync: boolean }
  | { readonly kind: 'aws-sdk'; readonly service: string; readonly operation: string };

/** The integration pattern of a task that starts an execution. Undefined if the task does not wait for anything. */
export type ExecutionPattern = undefined | '.sync' | '.sync:2' | '.waitForTaskToken';

const EXECUTION_PATTERNS: readonly ExecutionPattern[] = [undefined, '.sync', '.sync:2', '.waitForTaskToken'];

/** Supported operations of the AWS SDK integrations, by service. */
const SDK_OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  sagemaker: Object.keys(sagemaker),
  servicequotas: Object.keys(servicequotas),
};

/** SageMaker's supported optimized integrations, each with its integration patterns. */
const INTEGRATED: Readonly<Record<string, readonly string[]>> = {
  createTrainingJob: ['', '.sync'],
  createHyperParameterTuningJob: ['', '.sync'],
  createTransformJob: ['', '.sync'],
  createModel: [''],
};

/** The supported resources, for error messages. */
export const AVAILABLE_RESOURCES = [
  "Node.js functions of the template (a function's ARN, lambda:invoke[.waitForTaskToken])",
  'state machines of the template (states:startExecution[.sync|.sync:2|.waitForTaskToken])',
  ...Object.entries(INTEGRATED).map(
    ([name, patterns]) => `sagemaker:${name}${patterns.includes('.sync') ? '[.sync]' : ''}`,
  ),
  ...Object.entries(SDK_OPERATIONS).map(
    ([service, names]) =>
      `aws-sdk:${service}:<action>, where the action is ${names.map(lowerFirst).join(', ')}`,
  ),
].join('; ');

/**
 * Parses the `Resource` of a Task.
 *
 * @throws Error when local mode does not support the resource; {@link AVAILABLE_RESOURCES} lists the supported
 * resources
 */
export function parseResource(resource: string): TaskResource {
  if (/^arn:[^:]+:lambda:[^:]*:\d{12}:function:/.test(resource)) {
    return { kind: 'function', functionArn: resource };
  }
  const [, integration = ''] = /^arn:[^:]+:states:[^:]*:[^:]*:(.+)$/.exec(resource) ?? [];
  const invoke = /^lambda:invoke(\.waitForTaskToken)?$/.exec(integration);
  if (invoke) {
    return { kind: 'lambda-invoke', takesToken: invoke[1] !== undefined };
  }
  const [started, wanted] = /^states:startExecution(\..+)?$/.exec(integration) ?? [];
  const pattern = EXECUTION_PATTERNS.find((each) => each === wanted);
  if (started !== undefined && pattern === wanted) {
    return { kind: 'execution', pattern };
  }
  const [, operation = '', suffix = ''] = /^sagemaker:([A-Za-z]+)(\.\w+)?$/.exec(integration) ?? [];
  if (Object.hasOwn(INTEGRATED, operation) && INTEGRATED[operation]?.includes(suffix)) {
    return { kind: 'sagemaker', operation: upperFirst(operation), isSync: suffix === '.sync' };
  }
  const [, service = '', action = ''] = /^aws-sdk:([a-z]+):([A-Za-z0-9]+)$/.exec(integration) ?? [];
  if (Object.hasOwn(SDK_OPERATIONS, service) && SDK_OPERATIONS[service]?.includes(upperFirst(action))) {
    return { kind: 'aws-sdk', service, operation: upperFirst(action) };
  }
  throw new Error(`local mode does not support the resource "${resource}"`);
}

function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
