import type { ExecutionRunner, RunningExecution } from '../executions/execution-runner';
import type { ExecutionRecord, KeptEvent } from '../executions/executions';
import { reasonIn } from '../report/failure';
import type { Json } from '../states';

/** The error and cause to record for a stopped execution. */
export interface StopReason {
  /** @default - none */
  readonly error?: string;
  /** @default - none */
  readonly cause?: string;
}

/**
 * An execution that this process started.
 *
 * @typeParam Output type of the state machine's output; it is not checked
 */
export class LocalExecution<Output = Json> {
  /** Name of the execution. */
  readonly name: string;
  /** ARN of the execution. */
  readonly arn: string;
  /** Absolute path of the file with the execution's input, status and output. */
  readonly recordFile: string;
  /**
   * Resolves when the execution has ended, regardless of its status. If EventBridge rules then invoke functions, also
   * waits for these functions. Rejects only if local mode itself fails.
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
   * The output of the execution, once it has succeeded.
   *
   * @throws ExecutionFailedError when the execution did not succeed; the message has its error and cause
   */
  async output(): Promise<Output> {
    const record = await this.ended;
    if (record.status !== 'SUCCEEDED') throw new ExecutionFailedError(record as ExecutionRecord);
    return record.output as Output;
  }

  /** The events so far, in order, as GetExecutionHistory returns them: inputs and outputs are JSON strings. */
  history(): readonly KeptEvent[] {
    return this.runner.store.history(this.arn);
  }

  /** Names of the states entered so far, in order, including those inside Map and Parallel states. */
  states(): string[] {
    return this.history().flatMap(({ type, details }) =>
      type.endsWith('StateEntered') ? String(details['name']) : [],
    );
  }

  /**
   * Stops the execution, like StopExecution. Also stops the jobs for which the execution is waiting. Does nothing
   * if the execution has ended.
   *
   * @returns the final record of the execution: `ABORTED` with the reason, or the status it already had
   */
  async stop({ error, cause }: StopReason = {}): Promise<ExecutionRecord<Output>> {
    await this.runner.stop(this.arn, error, cause);
    return this.ended;
  }
}

/** An execution did not succeed. */
export class ExecutionFailedError extends Error {
  /** Always `ExecutionFailedError`. */
  override readonly name: string = 'ExecutionFailedError';
  /** The final record of the execution: `status`, `error`, `cause`. */
  readonly execution: ExecutionRecord;

  /** @internal */
  constructor(execution: ExecutionRecord) {
    const { name, status, error, cause } = execution;
    const reason = [error, cause === undefined ? undefined : reasonIn(cause)].filter(Boolean).join(': ');
    super(`Execution ${name} ended with status ${status}${reason === '' ? '' : `: ${reason}`}`);
    this.execution = execution;
  }
}
