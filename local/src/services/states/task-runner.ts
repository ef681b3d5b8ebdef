import { isRecord } from '../../assembly/template';
import { type RunTask, StatesError } from '../../states';
import type { ServiceRouter } from '../router';
import type { Principal } from '../service';
import { runFunction, runLambdaInvoke } from './lambda-task';
import { parseResource } from './resource-arn';
import { SageMakerTask } from './sagemaker-task';
import { asStatesError, SAGEMAKER_SDK_ERRORS } from './task-errors';
import { isoTime, mapTimestamps } from './timestamps';

/** What tasks run with. */
export interface TaskRunnerOptions {
  readonly router: ServiceRouter;
  /** The role of the state machine. */
  readonly caller: Principal;
  /** Takes what no execution tells: that the job of one that was stopped could not be stopped, and goes on. */
  readonly onFault: (error: Error) => void;
}

/** Makes the function that runs a state machine's Tasks, with the rights of its role. */
export function createTaskRunner({ router, caller, onFault }: TaskRunnerOptions): RunTask {
  return async (call) => {
    const { resource: resourceArn, arguments: given, signal, stateName } = call;
    const resource = parseOrFail(resourceArn);
    if (resource.kind === 'function') {
      return orAbort(runFunction(router, caller, resource.functionArn, given), signal);
    }
    if (!isRecord(given)) {
      throw new StatesError('States.Runtime', `The arguments of the state "${stateName}" are not an object`);
    }
    switch (resource.kind) {
      case 'lambda-invoke':
        return orAbort(runLambdaInvoke(router, caller, given), signal);
      case 'sagemaker':
        return new SageMakerTask(router, caller, resource.operation, resource.isSync).run(given, {
          executionArn: executionArn(call.context),
          signal,
          submitted: call.submitted,
          onFault,
        });
      case 'aws-sdk':
        return orAbort(callService(router, caller, resource.service, resource.operation, given), signal);
    }
  };
}

function parseOrFail(resource: string): ReturnType<typeof parseResource> {
  try {
    return parseResource(resource);
  } catch (error) {
    throw new StatesError('States.Runtime', (error as Error).message);
  }
}

/** The AWS SDK integration: any operation of the service, with times as text. */
async function callService(
  router: ServiceRouter,
  caller: Principal,
  service: string,
  operation: string,
  input: Record<string, unknown>,
): Promise<unknown> {
  try {
    return mapTimestamps(await router.call(service, operation, input, caller), isoTime);
  } catch (error) {
    throw asStatesError(error, SAGEMAKER_SDK_ERRORS);
  }
}

/** Settles as the task does, or rejects as soon as the signal aborts. */
function orAbort<T>(task: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) {
      abort();
    }
    signal.addEventListener('abort', abort, { once: true });
    task.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function executionArn(context: unknown): string {
  const execution = isRecord(context) ? context['Execution'] : undefined;
  return isRecord(execution) ? String(execution['Id']) : '';
}
