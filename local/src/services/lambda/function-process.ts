import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FunctionResource } from '../../assembly/deployment';

const HOST = path.join(__dirname, 'runtime-host.cjs');

/**
 * V8's maximum semi-space size. A small space saves memory: with the default of 16 MB, most functions would fill it
 * with garbage before V8 frees any.
 */
const SEMI_SPACE_MEGABYTES = 4;

/** The result of an invocation: the handler's return value as JSON, or its error as Lambda reports it. */
export type InvocationResult = { readonly payload: string } | { readonly error: FunctionError };

/** An error of a function, as callers receive it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** A message from `runtime-host.cjs`. */
type Answer = InvocationResult & {
  /** ID of the event. */
  readonly id: string;
  /** Whether the process ends after it has sent this message. */
  readonly isLast?: true;
};

/** A Node.js process that runs a function. It handles one event at a time and stays warm between events. */
export class FunctionProcess {
  private readonly child: ChildProcess;
  private alive = true;

  constructor(
    private readonly definition: FunctionResource,
    environment: Readonly<Record<string, string>>,
    logFile: string,
  ) {
    const log = fs.openSync(logFile, 'a');
    this.child = fork(HOST, {
      cwd: definition.folder,
      env: { ...environment },
      execArgv: [
        `--max-old-space-size=${definition.memoryMegabytes}`,
        `--max-semi-space-size=${SEMI_SPACE_MEGABYTES}`,
      ],
      stdio: ['ignore', log, log, 'ipc'],
    });
    fs.closeSync(log);
    const markAsDead = (): void => {
      this.alive = false;
    };
    // Also listens while no invocation is running, because an unhandled `error` event would end local mode.
    this.child.on('exit', markAsDead).on('error', markAsDead);
  }

  /** Whether the process can handle another event. */
  public get isAlive(): boolean {
    return this.alive;
  }

  /** Loads the handler, so that the first event need not wait for it. */
  public prepare(): void {
    this.child.send({ isPreparation: true });
  }

  /** Runs the handler. Ends the process at the function's timeout, as Lambda does. */
  public invoke(payload: string): Promise<InvocationResult> {
    const id = randomUUID();
    const { timeoutSeconds, arn } = this.definition;
    return new Promise((resolve) => {
      const finish = (result: InvocationResult): void => {
        clearTimeout(timer);
        this.child.off('message', onMessage).off('exit', onExit).off('error', onError);
        resolve(result);
      };
      const fail = (errorType: string, problem: string): void =>
        finish({ error: { errorType, errorMessage: `RequestId: ${id} Error: ${problem}` } });
      const onMessage = (message: unknown): void => {
        const { id: answered, isLast, ...result } = message as Answer;
        if (isLast) {
          this.alive = false;
        }
        // The process may still respond to an event that has already ended, for example because of a timeout.
        if (answered === id) {
          finish(result);
        }
      };
      const onExit = (code: number | null, signal: string | null): void =>
        fail(
          'Runtime.ExitError',
          code === 0
            ? 'Runtime exited without providing a reason'
            : `Runtime exited with error: ${code === null ? `signal: ${signal}` : `exit status ${code}`}`,
        );
      const onError = (error: Error): void => fail('Runtime.ExitError', error.message);
      const timer = setTimeout(() => {
        this.close();
        fail('Sandbox.Timedout', `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`);
      }, timeoutSeconds * 1000);
      this.child.on('message', onMessage).on('exit', onExit).on('error', onError);
      this.child.send({ id, payload, functionArn: arn, deadline: Date.now() + timeoutSeconds * 1000 });
    });
  }

  /** Ends the process. */
  public close(): void {
    this.alive = false;
    this.child.kill('SIGKILL');
  }
}
