import { type Json, StatesError, type TaskCall } from '../../states';
import { AwsError } from '../aws-error';

/** A task that waits until a worker calls back with the task's token. */
interface WaitingTask {
  readonly succeed: (output: Json) => void;
  readonly fail: (failure: StatesError) => void;
  readonly heartbeat: () => void;
}

/** The tokens of tasks that wait for workers (`.waitForTaskToken`). */
export class TaskTokens {
  private readonly waiting = new Map<string, WaitingTask>();
  /** Resources of tasks that no longer wait, indexed by token. */
  private readonly ended = new Map<string, string>();

  /** Resolves with the worker's output. Rejects when the worker reports a failure or the task is stopped. */
  wait({ taskToken = '', resource, signal, heartbeat }: TaskCall): Promise<Json> {
    return new Promise<Json>((resolve, reject) => {
      const stop = () => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      this.waiting.set(taskToken, { succeed: resolve, fail: reject, heartbeat });
    }).finally(() => {
      this.waiting.delete(taskToken);
      this.ended.set(taskToken, resource);
    });
  }

  /** @throws AwsError `TaskTimedOut` or `InvalidToken` when no task is waiting with this token */
  succeed(token: string, output: Json): void {
    this.task(token).succeed(output);
  }

  /** @throws AwsError like {@link succeed} */
  fail(token: string, error?: string, cause?: string): void {
    this.task(token).fail(new StatesError(error, cause));
  }

  /** Restarts a task's heartbeat timeout. @throws AwsError like {@link succeed} */
  heartbeat(token: string): void {
    this.task(token).heartbeat();
  }

  private task(token: string): WaitingTask {
    const task = this.waiting.get(token);
    if (task) return task;
    const resource = this.ended.get(token);
    if (resource !== undefined) throw new AwsError('TaskTimedOut', `Task Timed Out: '${resource}'`);
    throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
  }
}
