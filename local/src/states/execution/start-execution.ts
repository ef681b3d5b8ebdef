import { type Clock, systemClock } from '../clock';
import { StatesError } from '../errors';
import type { Json, JsonObject } from '../json';
import type { StateMachine } from '../types';
import { History, type HistoryEvent, Track } from './history';
import type { ReadItems, RunTask, WriteResults } from './outside';
import { type Position, runGraph } from './run-graph';
import { Stop } from './stop';
import { assign, noVariables } from './variables';

/** What an execution knows of itself; the context object is made of it. */
export interface ExecutionIdentity {
  /** The execution's ARN. */
  readonly id: string;
  readonly name: string;
  readonly roleArn: string;
  readonly startTime: Date;
  readonly redriveCount?: number;
  readonly stateMachine: { readonly id: string; readonly name: string };
}

/** Where an execution stands, or starts again: a state of the machine itself, not of a branch. */
export interface ResumePoint {
  readonly stateName: string;
  readonly input: Json;
  readonly variables: JsonObject;
}

/** What an execution runs with. */
export interface ExecutionOptions {
  readonly input: Json;
  readonly context: ExecutionIdentity;
  readonly runTask: RunTask;
  /** @default - machines with an ItemReader fail there with `States.ItemReaderFailed` */
  readonly readItems?: ReadItems;
  /** @default - machines with a ResultWriter fail there with `States.ResultWriterFailed` */
  readonly writeResults?: WriteResults;
  /** @default - the clock on the wall */
  readonly clock?: Clock;
  /** How much of their time Wait states and retries wait. Timeouts keep theirs. @default 1 */
  readonly waitTimeScale?: number;
  /** Numbers in [0, 1). @default Math.random */
  readonly random?: () => number;
  /** Takes the history's events in order. */
  readonly onEvent?: (event: HistoryEvent) => void;
  /** Ends the execution `ABORTED`; a {@link StatesError} as the reason gives error and cause. */
  readonly signal?: AbortSignal;
  /** Starts here, as a redrive does. @default - the machine's StartAt with the input */
  readonly resumeFrom?: ResumePoint;
}

/** How an execution ended. */
export type ExecutionResult =
  | { readonly status: 'SUCCEEDED'; readonly output: Json }
  | { readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'; readonly error?: string; readonly cause?: string };

/** A running execution. */
export interface Execution {
  /** Resolves however the execution ends; rejects only for a fault of the interpreter or of `runTask`. */
  readonly result: Promise<ExecutionResult>;
  /** The state of the machine that is under way; what `resumeFrom` takes. */
  readonly position: ResumePoint;
}

/** Why an execution ends from outside of its states. */
class ExecutionStop extends Stop {
  constructor(
    readonly status: 'TIMED_OUT' | 'ABORTED',
    readonly error?: string,
    override readonly cause?: string,
  ) {
    super(status);
  }
}

/** Starts an execution of a parsed machine. */
export function startExecution(machine: StateMachine, options: ExecutionOptions): Execution {
  const { input, resumeFrom, clock = systemClock, waitTimeScale = 1 } = options;
  let position: Position = {
    stateName: resumeFrom?.stateName ?? machine.startAt,
    input: resumeFrom?.input ?? input,
    variables: assign(noVariables(), resumeFrom?.variables ?? {}, machine.startAt),
  };
  const history = new History(clock, options.onEvent);
  const run = async (): Promise<ExecutionResult> => {
    const root = new AbortController();
    const release = stopFromOutside(root, options.signal);
    limitTime(root, machine.timeoutSeconds, clock);
    if (resumeFrom)
      history.record('ExecutionRedriven', { redriveCount: options.context.redriveCount ?? 0 }, 0);
    else
      history.record(
        'ExecutionStarted',
        { input: JSON.stringify(input), roleArn: options.context.roleArn },
        0,
      );
    const track = new Track(history, root.signal);
    const services = {
      runTask: options.runTask,
      readItems: options.readItems,
      writeResults: options.writeResults,
      clock,
      wait: (milliseconds: number, signal: AbortSignal) => clock.sleep(milliseconds * waitTimeScale, signal),
      random: options.random ?? Math.random,
    };
    const frame = { services, track, signal: root.signal, context: contextObject(options) };
    try {
      const output = await runGraph(machine, position, frame, (reached) => {
        position = reached;
      });
      track.record('ExecutionSucceeded', { output: JSON.stringify(output) });
      return { status: 'SUCCEEDED', output };
    } catch (error) {
      return ended(error, track, history);
    } finally {
      release();
      root.abort(new Stop());
    }
  };
  const result = run();
  return {
    result,
    get position() {
      return { ...position, variables: { ...position.variables } };
    },
  };
}

function stopFromOutside(root: AbortController, signal: AbortSignal | undefined): () => void {
  const stop = () => {
    const reason: unknown = signal?.reason;
    const { error, cause } = reason instanceof StatesError ? reason : {};
    root.abort(new ExecutionStop('ABORTED', error, cause));
  };
  if (signal?.aborted) stop();
  else signal?.addEventListener('abort', stop, { once: true });
  return () => signal?.removeEventListener('abort', stop);
}

function limitTime(root: AbortController, seconds: number | undefined, clock: Clock): void {
  if (seconds === undefined) return;
  clock.sleep(seconds * 1000, root.signal).then(
    () => root.abort(new ExecutionStop('TIMED_OUT', 'States.Timeout')),
    () => undefined, // The execution ended before its time.
  );
}

function ended(reason: unknown, track: Track, history: History): ExecutionResult {
  if (!(reason instanceof StatesError) && !(reason instanceof ExecutionStop)) throw reason;
  const details = {
    ...(reason.error !== undefined && { error: reason.error }),
    ...(reason.cause !== undefined && { cause: reason.cause }),
  };
  if (reason instanceof StatesError) {
    track.record('ExecutionFailed', details);
    return { status: 'FAILED', ...details };
  }
  const type = reason.status === 'ABORTED' ? 'ExecutionAborted' : 'ExecutionTimedOut';
  history.record(type, details, track.last);
  return { status: reason.status, ...details };
}

function contextObject({ context, input }: ExecutionOptions): JsonObject {
  return {
    Execution: {
      Id: context.id,
      Input: input,
      Name: context.name,
      RoleArn: context.roleArn,
      StartTime: context.startTime.toISOString(),
      RedriveCount: context.redriveCount ?? 0,
    },
    StateMachine: { Id: context.stateMachine.id, Name: context.stateMachine.name },
  };
}
