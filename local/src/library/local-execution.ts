import type { ExecutionRunner, RunningExecution } from '../executions/execution-runner';
import type { ExecutionRecord, KeptEvent } from '../executions/executions';
import { reasonIn } from '../report/failure';
import type { Json } from '../states';

/** What a stopped execution is said to have ended with. */
export interface StopReason {
  /** @default - none */
  readonly error?: string;
  /** @default - none */
  readonly cause?: string;
}

/**
 * An execution that this process has started.
 *
 * @typeParam Output what the state machine's output looks like; it is not checked
 */
export class LocalExecution<Output = Json> {
  /** The execution's name. */
  readonly name: string;
  /** The execution's ARN. */
  readonly arn: string;
  /** File that keeps the execution's input, status and output. Absolute. */
  readonly recordFile: string;
  /**
   * Resolves when the execution has ended, however it did, and functions that hear of its end (EventBridge) have
   * run. Rejects only for a fault of local mode.
   */
  readonly ended: Promise<ExecutionRecord<Output>>;

  /** @internal */
  constructor(
    { name, arn, recordFile, ended }: RunningExecution,
    private readonly runner: ExecutionRunner,
  ) {
    this.name = name;
    this.arn = arn;
    this.recordFile = recordFile;
    this.ended = ended as Promise<ExecutionRecord<Output>>;
  }

  /**
   * The output of the execution when it has succeeded.
   *
   * @throws ExecutionFailedError when it has ended otherwise, with its error and cause
   */
  async output(): Promise<Output> {
    const record = await this.ended;
    if (record.status !== 'SUCCEEDED') throw new ExecutionFailedError(record as ExecutionRecord);
    return record.output as Output;
  }

  /** What has happened so far, in order, as GetExecutionHistory tells it; data in the details is JSON text. */
  history(): readonly KeptEvent[] {
    return this.runner.store.history(this.arn);
  }

  /** Names of the states that were entered so far, in order; those in Map and Parallel states included. */
  states(): string[] {
    return this.history().flatMap(({ type, details }) =>
      type.endsWith('StateEntered') ? String(details['name']) : [],
    );
  }

  /**
   * Stops the execution as StopExecution does: jobs that it waits for are stopped, too. One that has ended stays as it is.
   *
   * @returns how it ended: `ABORTED`, with the reason
   */
  async stop({ error, cause }: StopReason = {}): Promise<ExecutionRecord<Output>> {
    await this.runner.stop(this.arn, error, cause);
    return this.ended;
  }
}

/** An execution that was to succeed has not. */
export class ExecutionFailedError extends Error {
  /** Always `ExecutionFailedError`. */
  override readonly name: string = 'ExecutionFailedError';
  /** How the execution ended: `status`, `error`, `cause`. */
  readonly execution: ExecutionRecord;

  /** @internal */
  constructor(execution: ExecutionRecord) {
    const { name, status, error, cause } = execution;
    const reason = [error, cause === undefined ? undefined : reasonIn(cause)].filter(Boolean).join(': ');
    super(`Execution ${name} has ended ${status}${reason === '' ? '' : `: ${reason}`}`);
    this.execution = execution;
  }
}
