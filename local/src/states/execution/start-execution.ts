import { type Clock, systemClock } from '../clock';
import { StatesError } from '../errors';
import { type Json, type JsonObject, jsonText } from '../json';
import type { StateMachine } from '../types';
import { History, type HistoryEvent, Track } from './history';
import type { FailureWait, MapItemState, MapPlace } from './map-place';
import type { PositionChange, ResumePoint } from './position';
import { Progress } from './progress';
import { runGraph, startIn } from './run-graph';
import type { KeepString, ReadItems, RunTask, WriteResults } from './service-calls';
import { Stop } from './stop';
import { noVariables } from './variables';

/** Identity of an execution, from which its context object is built. */
export interface ExecutionIdentity {
  /** ARN of the execution. */
  readonly id: string;
  readonly name: string;
  readonly roleArn: string;
  readonly startTime: Date;
  readonly redriveCount?: number;
  /** Time of the last redrive. */
  readonly redriveTime?: Date;
  readonly stateMachine: { readonly id: string; readonly name: string };
}

/** Options of an execution. */
export interface ExecutionOptions {
  readonly input: Json;
  /** JSON text of the input. @default - serialized from the input */
  readonly inputText?: string;
  readonly context: ExecutionIdentity;
  readonly runTask: RunTask;
  /** @default - states with an ItemReader fail with `States.ItemReaderFailed` */
  readonly readItems?: ReadItems;
  /** @default - states with a ResultWriter fail with `States.ResultWriterFailed` */
  readonly writeResults?: WriteResults;
  /** Stores the data of the child executions of distributed Maps. @default - keeps it in memory */
  readonly keepString?: KeepString;
  /** @default - the system clock */
  readonly clock?: Clock;
  /**
   * Factor for the duration of Wait states and of waits between retries. Timeouts are not scaled. @default 1
   */
  readonly waitTimeScale?: number;
  /** Returns numbers in [0, 1). @default Math.random */
  readonly random?: () => number;
  /** Receives the events of the history, in order. */
  readonly onEvent?: (event: HistoryEvent) => void;
  /**
   * Aborting this signal ends the execution as `ABORTED`. If the signal's reason is a {@link StatesError}, it provides
   * the execution's error and cause.
   */
  readonly signal?: AbortSignal;
  /** Position to continue from. @default - the first state of the state machine, with the input of the execution */
  readonly resumeFrom?: ResumePoint;
  /**
   * Whether {@link resumeFrom} continues an execution that had ended. {@link redrivePoint} computes the
   * position.
   */
  readonly isRedrive?: boolean;
  /** Number of events that the history has before this run. Set with {@link resumeFrom}. @default 0 */
  readonly eventsBefore?: number;
  /** The Map item that started this execution, if another execution's Map started it. @default - none */
  readonly place?: MapPlace;
  /** Receives each new status of the execution's Map items. */
  readonly onItem?: (state: MapItemState) => void;
  /**
   * Called when a Map item or the execution starts to wait after a failure. Returns a function to call after the wait.
   * Not called for a wait that began before {@link resumeFrom}.
   */
  readonly onFailureWait?: (wait: FailureWait) => () => void;
  /**
   * Receives each change of the execution's position: all changes since the start or, with {@link resumeFrom}, all
   * changes after that position.
   */
  readonly onPosition?: (change: PositionChange) => void;
}

/** The status of an ended execution, with its output or error. */
export type ExecutionResult =
  | { readonly status: 'SUCCEEDED'; readonly output: Json }
  | { readonly status: 'FAILED' | 'ABORTED' | 'TIMED_OUT'; readonly error?: string; readonly cause?: string };

/** A running execution. */
export interface Execution {
  /**
   * Resolves when the execution ends, regardless of its status. Rejects only because of a fault in the interpreter or
   * in `runTask`.
   */
  readonly result: Promise<ExecutionResult>;
}

/** Ends an execution for a reason outside its states: an abort or a timeout. */
class ExecutionStop extends Stop {
  constructor(
    readonly status: 'TIMED_OUT' | 'ABORTED',
    readonly error?: string,
    override readonly cause?: string,
  ) {
    super(status);
  }
}

/** Starts an execution of a parsed state machine. */
export function startExecution(machine: StateMachine, options: ExecutionOptions): Execution {
  const { input, resumeFrom, clock = systemClock, isRedrive = false, waitTimeScale = 1 } = options;
  const progress = new Progress((change) => options.onPosition?.(change));
  if (!resumeFrom) progress.reached({ stateName: machine.startAt, input, variables: {} });
  const history = new History(clock, options.onEvent, options.eventsBefore);
  const run = async (): Promise<ExecutionResult> => {
    const root = new AbortController();
    const release = stopFromOutside(root, options.signal);
    limitTime(root, machine.timeoutSeconds, clock);
    recordStart(options, history);
    const firstEventId = history.lastEventId;
    const track = new Track(history, root.signal);
    const services = {
      runTask: options.runTask,
      readItems: options.readItems,
      writeResults: options.writeResults,
      keepString: options.keepString ?? ((text: string) => () => text),
      clock,
      waitTimeScale,
      random: options.random ?? Math.random,
      isRedrive,
      onItem: options.onItem,
      onFailureWait: options.onFailureWait,
    };
    const frame = {
      services,
      track,
      progress,
      signal: root.signal,
      place: options.place,
      context: contextObject(options),
    };
    const start = startIn(machine, input, noVariables(), resumeFrom);
    try {
      const output = await runGraph(machine, start, frame);
      track.record('ExecutionSucceeded', { output: jsonText(output) });
      return { status: 'SUCCEEDED', output };
    } catch (error) {
      return ended(error, history, Math.max(track.last, resumeFrom ? firstEventId : 0));
    } finally {
      release();
      root.abort(new Stop());
    }
  };
  return { result: run() };
}

/** Records the start or redrive of an execution. Resuming an interrupted execution records no event. */
function recordStart(
  { input, inputText, context, resumeFrom, isRedrive }: ExecutionOptions,
  history: History,
): void {
  if (isRedrive) {
    const details = { redriveCount: context.redriveCount ?? 0 };
    history.record('ExecutionRedriven', details, history.lastEventId);
  } else if (!resumeFrom) {
    const details = { input: inputText ?? jsonText(input), roleArn: context.roleArn };
    history.record('ExecutionStarted', details, 0);
  }
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
    () => undefined, // The execution ended early.
  );
}

/**
 * @param lastEventId the ID of the event that precedes a failure. Aborts and timeouts are recorded without a previous
 *   event
 */
function ended(reason: unknown, history: History, lastEventId: number): ExecutionResult {
  if (!(reason instanceof StatesError) && !(reason instanceof ExecutionStop)) throw reason;
  const details = {
    ...(reason.error !== undefined && { error: reason.error }),
    ...(reason.cause !== undefined && { cause: reason.cause }),
  };
  if (reason instanceof StatesError) {
    history.record('ExecutionFailed', details, lastEventId);
    return { status: 'FAILED', ...details };
  }
  if (reason.status === 'ABORTED') {
    history.record('ExecutionAborted', details, 0);
    return { status: 'ABORTED', ...details };
  }
  history.record('ExecutionTimedOut', details, 0);
  return { status: 'TIMED_OUT' }; // No `error`: on AWS, only the history event contains States.Timeout.
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
      ...(context.redriveTime && { RedriveTime: context.redriveTime.toISOString() }),
    },
    StateMachine: { Id: context.stateMachine.id, Name: context.stateMachine.name },
  };
}
