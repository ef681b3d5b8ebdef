import { createHash } from 'node:crypto';
import { isRecord } from '../../assembly/template';
import {
  type Json,
  type JsonObject,
  type RunTask,
  StatesError,
  type TaskCall,
  withPlainNumbers,
} from '../../states';
import type { Principal, TaskIdentity } from '../principal';
import type { ServiceRouter } from '../router';
import { ExecutionTask } from './execution-task';
import { runFunction, runLambdaInvoke } from './lambda-task';
import { parseResource } from './resource-arn';
import { SageMakerTask, type WatchedJobs } from './sagemaker-task';
import { findUnsupportedField, SUPPORTED_FIELDS } from './supported-fields';
import { asStatesError, SDK_ERRORS } from './task-errors';
import type { TaskTokens } from './task-tokens';
import { isoTime, mapTimestamps } from './timestamps';

/** Options of the task runner. */
export interface TaskRunnerOptions {
  readonly router: ServiceRouter;
  /** The role of the state machine. */
  readonly caller: Principal;
  readonly tokens: TaskTokens;
  readonly jobs: WatchedJobs;
  /** Receives errors that no execution reports, such as a failure to stop the job of a stopped execution. */
  readonly onFault: (error: Error) => void;
}

/** Creates the function that runs a state machine's Tasks with the permissions of its role. */
export function createTaskRunner({
  router,
  caller: role,
  tokens,
  jobs,
  onFault,
}: TaskRunnerOptions): RunTask {
  return async (call) => {
    const caller = { ...role, task: taskIdentity(call) };
    const { resource: resourceArn, arguments: given, signal, stateName } = call;
    const resource = parseOrFail(resourceArn);
    if (resource.kind === 'function') {
      return orAbort(runFunction(router, caller, resource.functionArn, given), signal);
    }
    if (!isRecord(given)) {
      throw new StatesError('States.Runtime', `The arguments of the state "${stateName}" are not an object`);
    }
    // Services expect plain JavaScript numbers. Functions and executions receive JSON, which preserves the
    // original numbers.
    const plain = withPlainNumbers(given as JsonObject) as JsonObject;
    switch (resource.kind) {
      case 'lambda-invoke': {
        requireSupported('Invoke', given);
        const invoke = () => orAbort(runLambdaInvoke(router, caller, given), signal);
        return resource.takesToken ? untilAnswered(tokens, call, invoke) : invoke();
      }
      case 'execution': {
        requireSupported('StartExecution', given);
        const start = () => new ExecutionTask(router, caller, resource.pattern, onFault).run(given, call);
        return resource.pattern === '.waitForTaskToken' ? untilAnswered(tokens, call, start) : start();
      }
      case 'sagemaker':
        return new SageMakerTask(router, caller, resource.operation, resource.isSync).run(plain, {
          executionArn: caller.task.executionArn,
          jobs,
          signal,
          submitted: call.submitted,
          onFault,
        });
      case 'aws-sdk':
        return orAbort(callService(router, caller, resource.service, resource.operation, plain), signal);
    }
  };
}

/**
 * Makes the call and waits until a worker returns the task token with a result. The result may arrive before the call
 * ends.
 */
async function untilAnswered(
  tokens: TaskTokens,
  call: TaskCall,
  start: () => Promise<unknown>,
): Promise<unknown> {
  const answer = tokens.wait(call);
  // The caller that awaits the answer handles a rejection.
  answer.catch(() => undefined);
  if (call.resumed?.submitted === undefined) call.submitted((await start()) as Json);
  return answer;
}

function requireSupported(operation: string, given: Record<string, unknown>): void {
  const unsupported = findUnsupportedField(given, SUPPORTED_FIELDS[operation] ?? {});
  if (unsupported === undefined) return;
  const problem = `The field "${unsupported.field}" is not supported by Step Functions`;
  throw new StatesError('States.Runtime', problem);
}

function parseOrFail(resource: string): ReturnType<typeof parseResource> {
  try {
    return parseResource(resource);
  } catch (error) {
    throw new StatesError('States.Runtime', (error as Error).message);
  }
}

/** The AWS SDK integration: any operation of the service, with times as strings. */
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
    const naming = SDK_ERRORS[service];
    throw naming ? asStatesError(error, naming) : error;
  }
}

/** Resolves or rejects as the task does. Rejects at once when the signal aborts. */
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

/** Identifies an attempt of a task by its execution and state (from the context object) and its Map items. */
function taskIdentity({ context, place }: Pick<TaskCall, 'context' | 'place'>): TaskIdentity {
  const { Execution, State } = context;
  const execution = isRecord(Execution) ? Execution : {};
  const executionArn = String(execution['Id'] ?? '');
  const indexes = place?.path.map(({ index }) => index);
  const attempt = JSON.stringify([executionArn, execution['RedriveCount'], State, indexes]);
  return {
    executionArn,
    ...(place && { place }),
    token: createHash('sha256').update(attempt).digest('hex'),
  };
}
