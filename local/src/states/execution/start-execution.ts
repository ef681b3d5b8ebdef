import { type Clock, systemClock } from '../clock';
import { StatesError } from '../errors';
import { copyJson, type Json, type JsonObject, jsonText } from '../json';
import type { StateMachine } from '../types';
import { History, type HistoryEvent, Track } from './history';
import type { MapItemState, MapPlace } from './map-place';
import { applyChange, type PositionChange, type ResumePoint } from './position';
import { Progress } from './progress';
import { runGraph, startIn } from './run-graph';
import type { ReadItems, RunTask, WriteResults } from './service-calls';
import { Stop } from './stop';
import { noVariables } from './variables';

/** What an execution knows of itself; the context object is made of it. */
export interface ExecutionIdentity {
  /** The execution's ARN. */
  readonly id: string;
  readonly name: string;
  readonly roleArn: string;
  readonly startTime: Date;
  readonly redriveCount?: number;
  /** When it was redriven the last time. */
  readonly redriveTime?: Date;
  readonly stateMachine: { readonly id: string; readonly name: string };
}

/** What an execution runs with. */
export interface ExecutionOptions {
  readonly input: Json;
  /** The input as it was given. @default - made of the input */
  readonly inputText?: string;
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
  /** Goes on here. @default - starts at the machine's StartAt with the input */
  readonly resumeFrom?: ResumePoint;
  /** Whether {@link resumeFrom} goes on with an execution that had ended: {@link redrivePoint} says where. */
  readonly isRedrive?: boolean;
  /** How many events the history has already, with {@link resumeFrom}. @default 0 */
  readonly eventsBefore?: number;
  /** The item of another execution's Map that it was started for. @default - none */
  readonly place?: MapPlace;
  /** Takes what becomes of the items of its Maps. */
  readonly onItem?: (state: MapItemState) => void;
  /** Takes each change of where the execution stands; the first one is where it starts. */
  readonly onPosition?: (change: PositionChange) => void;
}

/** How an execution ended. */
export type ExecutionResult =
  | { readonly status: 'SUCCEEDED'; readonly output: Json }
  | { readonly status: 'FAILED' | 'ABORTED' | 'TIMED_OUT'; readonly error?: string; readonly cause?: string };

/** A running execution. */
export interface Execution {
  /** Resolves however the execution ends; rejects only for a fault of the interpreter or of `runTask`. */
  readonly result: Promise<ExecutionResult>;
  /** Where it stands; what `resumeFrom` takes. */
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
  const { input, resumeFrom, clock = systemClock, isRedrive = false, waitTimeScale = 1 } = options;
  let position: ResumePoint = resumeFrom
    ? (copyJson(resumeFrom) as unknown as ResumePoint) // The lists in it are changed in place.
    : { stateName: machine.startAt, input, variables: {} };
  const progress = new Progress((change) => {
    position = applyChange(position, change) ?? position;
    options.onPosition?.(change);
  });
  progress.reached(position);
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
      clock,
      waitTimeScale,
      random: options.random ?? Math.random,
      isRedrive,
      onItem: options.onItem,
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
  const result = run();
  return {
    result,
    get position() {
      return position;
    },
  };
}

/** An execution that goes on without having ended tells nothing of it. */
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
    () => undefined, // The execution ended before its time.
  );
}

/** @param lastEventId the event that a failure comes after; ends from outside come after none */
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
  return { status: 'TIMED_OUT' }; // Only the event tells of States.Timeout.
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
