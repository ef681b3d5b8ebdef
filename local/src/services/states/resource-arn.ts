/** What the `Resource` of a Task stands for. */
export type TaskResource =
  | { readonly kind: 'function'; readonly functionArn: string }
  | { readonly kind: 'lambda-invoke'; readonly takesToken: boolean }
  | { readonly kind: 'execution'; readonly pattern: ExecutionPattern }
  | { readonly kind: 'sagemaker'; readonly operation: string; readonly isSync: boolean }
  | { readonly kind: 'aws-sdk'; readonly service: string; readonly operation: string };

/** What a task does after it has started an execution. */
export type ExecutionPattern = undefined | '.sync' | '.sync:2' | '.waitForTaskToken';

const EXECUTION_PATTERNS: readonly ExecutionPattern[] = [undefined, '.sync', '.sync:2', '.waitForTaskToken'];

/** Services that `aws-sdk` integrations reach in local mode. */
const SDK_SERVICES = ['sagemaker'];

/** Optimised integrations of SageMaker that local mode has. */
const SAGEMAKER_OPERATIONS = ['createTrainingJob', 'createHyperParameterTuningJob'];

/**
 * Parses the `Resource` of a Task.
 *
 * @throws Error saying what local mode has instead
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
  const [, operation, suffix] = /^sagemaker:([A-Za-z]+)(\.\w+)?$/.exec(integration) ?? [];
  if (
    operation !== undefined &&
    SAGEMAKER_OPERATIONS.includes(operation) &&
    [undefined, '.sync'].includes(suffix)
  ) {
    return { kind: 'sagemaker', operation: upperFirst(operation), isSync: suffix === '.sync' };
  }
  const [, service, action] = /^aws-sdk:(\w+):([A-Za-z0-9]+)$/.exec(integration) ?? [];
  if (service !== undefined && action !== undefined && SDK_SERVICES.includes(service)) {
    return { kind: 'aws-sdk', service, operation: upperFirst(action) };
  }
  throw new Error(
    `local mode does not have the resource "${resource}": it has Lambda functions, lambda:invoke[.waitForTaskToken], states:startExecution[.sync|.sync:2|.waitForTaskToken], ${SAGEMAKER_OPERATIONS.map(
      (each) => `sagemaker:${each}[.sync]`,
    ).join(', ')} and aws-sdk:${SDK_SERVICES.join('|')}:<action>`,
  );
}

function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
