import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRecord } from '../../assembly/template';
import { type Json, type JsonObject, jsonText, parseExact, StatesError, type TaskCall } from '../../states';
import type { Principal } from '../principal';
import type { ServiceRouter } from '../router';
import type { ExecutionPattern } from './resource-arn';
import { asStatesError, STATES_ERRORS } from './task-errors';
import { epochMilliseconds, isoTime } from './timestamps';

/** Interval for polling the execution that a `.sync` task waits for. */
const POLL_MILLISECONDS = 50;

/** Step Functions' optimized integration with itself: starts an execution and, with `.sync`, waits until it ends. */
export class ExecutionTask {
  constructor(
    private readonly router: ServiceRouter,
    private readonly caller: Principal,
    private readonly pattern: ExecutionPattern,
    private readonly onFault: (error: Error) => void,
  ) {}

  async run(input: Readonly<Record<string, unknown>>, call: TaskCall): Promise<Json> {
    // After an interruption of local mode, uses the execution that the task has already started, if any.
    const started = call.resumed?.submitted ?? (await this.start(input));
    if (this.pattern === undefined || this.pattern === '.waitForTaskToken') return started;
    if (call.resumed?.submitted === undefined) call.submitted(started);
    const executionArn = isRecord(started) ? String(started['ExecutionArn']) : '';
    try {
      return await this.waitForEnd(executionArn, call.signal);
    } catch (error) {
      if (call.signal.aborted) await this.call('StopExecution', { executionArn }).catch(this.onFault);
      throw error;
    }
  }

  private async start(input: Readonly<Record<string, unknown>>): Promise<JsonObject> {
    const { StateMachineArn, Input = {}, Name, TraceHeader } = input;
    const { executionArn, startDate } = await this.call('StartExecution', {
      stateMachineArn: StateMachineArn,
      input: typeof Input === 'string' ? Input : jsonText(Input),
      ...(Name !== undefined && { name: Name }),
      ...(TraceHeader !== undefined && { traceHeader: TraceHeader }),
    });
    return {
      ExecutionArn: String(executionArn),
      SdkHttpMetadata: { HttpStatusCode: 200 },
      SdkResponseMetadata: { RequestId: randomUUID() },
      StartDate: isoTime(Number(startDate)),
    };
  }

  private async waitForEnd(executionArn: string, signal: AbortSignal): Promise<Json> {
    for (;;) {
      const execution = await this.call('DescribeExecution', { executionArn });
      if (execution['status'] !== 'RUNNING') return this.result(execution);
      await sleep(POLL_MILLISECONDS, undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
    }
  }

  /**
   * The execution in the format of DescribeExecution. With `.sync:2`, its input and output are JSON instead of strings.
   */
  private result(execution: Record<string, unknown>): Json {
    const answer = Object.fromEntries(
      Object.entries(execution)
        .map(([name, value]) => [pascal(name), asEventHasIt(name, value)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    if (execution['status'] !== 'SUCCEEDED')
      throw new StatesError('States.TaskFailed', JSON.stringify(answer));
    if (this.pattern === '.sync') return answer as JsonObject;
    const parsed = (name: string): Json => parseExact(String(execution[name] ?? 'null'));
    return { ...answer, Input: parsed('input'), Output: parsed('output') } as JsonObject;
  }

  private async call(operation: string, input: Record<string, unknown>): Promise<Record<string, unknown>> {
    try {
      return (await this.router.call('states', operation, input, this.caller)) as Record<string, unknown>;
    } catch (error) {
      throw asStatesError(error, STATES_ERRORS);
    }
  }
}

function asEventHasIt(name: string, value: unknown): unknown {
  if (name.endsWith('Date')) return epochMilliseconds(Number(value));
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, member]) => [pascal(key), member]))
    : value;
}

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
