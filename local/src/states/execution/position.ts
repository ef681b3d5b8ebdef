import type { Json, JsonObject } from '../json';

/**
 * How far an execution is in a graph of states: the graph of the machine, a branch, an iteration or a child execution.
 */
export interface ResumePoint {
  readonly stateName: string;
  readonly input: Json;
  /** Variables of the graph's own scope. */
  readonly variables: JsonObject;
  /** Progress of the state. @default - not entered yet */
  readonly state?: StateProgress;
}

/** Progress of a state that has been entered but not left. */
export interface StateProgress {
  readonly enteredTime: string;
  /** ID of the event that recorded that the state was entered. */
  readonly enteredEventId: number;
  /** Number of retries so far for each entry of Retry, in order. */
  readonly retries?: readonly number[];
  /** Time of the next attempt. */
  readonly retryTime?: string;
  /** Time at which a Wait state ends. */
  readonly waitUntil?: string;
  /** The call that a Task made, while the call's result is still unknown. */
  readonly call?: CallProgress;
  /** ID of the event that records the start of a Parallel or Map state. */
  readonly startedEventId?: number;
  /** The inputs of a Map's iterations or child executions, in the order of its items or batches. */
  readonly jobs?: readonly MapJob[];
  /** Functions that read `jobs`. A position that was read from a file has these functions instead of `jobs`. */
  readonly readJobs?: readonly (() => MapJob)[];
  readonly mapRun?: MapRunProgress;
  /** The branches, iterations or child executions that were started. */
  readonly children?: readonly (ChildProgress | null | undefined)[];
  /** Whether all children succeeded. If so, any later failure is a failure of the state itself, not of a child. */
  readonly childrenEnded?: boolean;
}

/** A call that a Task made. */
export interface CallProgress {
  readonly arguments: Json;
  readonly taskToken?: string;
  /** ID of the latest event about the call. */
  readonly eventId: number;
  /** For a `.sync` task: the service's response to the request, before the work has ended. */
  readonly submitted?: Json;
}

/** What an iteration or a child execution of a Map has to process: one item, or a batch of items. */
export interface MapJob {
  readonly input: Json;
  /** Additions to the Map's context object. */
  readonly context: JsonObject;
  /** Number of items. */
  readonly size: number;
}

/** A Map Run: the child executions of a distributed Map. */
export interface MapRunProgress {
  readonly arn: string;
  readonly redriveCount: number;
}

/** A branch, an iteration or a child execution. It has succeeded if it has an output. */
export interface ChildProgress {
  readonly position?: ResumePoint;
  readonly output?: Json;
  /** Reads the output. A position that was read from a file has this function instead of `output`. */
  readonly readOutput?: () => Json;
  /** Failure of a child execution. A failed branch or iteration ends its state instead. */
  readonly failure?: { readonly error?: string; readonly cause?: string };
  /** Only for child executions. */
  readonly name?: string;
  readonly startDate?: string;
  readonly stopDate?: string;
  readonly redriveCount?: number;
}

/**
 * A change of an execution's position. {@link applyChange} applies all changes in order to compute the
 * position. Changes are small, so that a Map with 10,000 items can record each of its iterations.
 */
export type PositionChange = {
  /**
   * Path to the graph: indexes of branches, iterations or child executions, outermost first. Empty for the graph of the
   * state machine.
   */
  readonly at: readonly number[];
} & (
  | { readonly type: 'reached'; readonly point: ResumePoint }
  /** A new attempt of the state after a failure. */
  | { readonly type: 'attempt'; readonly state: Pick<StateProgress, 'retries' | 'retryTime'> }
  /** New progress of the state. */
  | { readonly type: 'state'; readonly state: Partial<StateProgress> }
  /** New progress of the branch, iteration or child execution. */
  | { readonly type: 'child'; readonly child: ChildProgress }
);

/**
 * Applies a change.
 *
 * @param before the position of the state machine. The function modifies the lists of children in this position
 * @returns the new position
 */
export function applyChange(
  before: ResumePoint | undefined,
  change: PositionChange,
): ResumePoint | undefined {
  const index = change.at.at(-1);
  if (index === undefined) return changedPoint(before, change);
  const around = change.at.slice(0, -1).reduce<ResumePoint | undefined>((point, i) => {
    return point?.state?.children?.[i]?.position;
  }, before);
  const children = around?.state?.children as (ChildProgress | undefined)[] | undefined;
  if (children) children[index] = changedChild(children[index] ?? {}, change);
  return before;
}

function changedChild(before: ChildProgress, change: PositionChange): ChildProgress {
  if (change.type !== 'child') return { ...before, position: changedPoint(before.position, change) };
  const { position, ...after } = { ...before, ...change.child };
  return !hasSucceeded(after) && position ? { ...after, position } : after;
}

function changedPoint(before: ResumePoint | undefined, change: PositionChange): ResumePoint | undefined {
  if (change.type === 'reached') return change.point;
  if (!before?.state || change.type === 'child') return before;
  const { enteredTime, enteredEventId } = before.state;
  const kept = change.type === 'attempt' ? { enteredTime, enteredEventId } : before.state;
  return { ...before, state: { ...kept, ...change.state } };
}

/** Whether a branch, iteration or child execution has succeeded. */
export function hasSucceeded({ output, readOutput }: ChildProgress): boolean {
  return output !== undefined || readOutput !== undefined;
}

/** The output of a branch, iteration or child execution; undefined if it has not succeeded. */
export function outputOf({ output, readOutput }: ChildProgress): Json | undefined {
  return readOutput ? readOutput() : output;
}

/** The inputs of a Map's iterations or child executions; undefined if they are not known yet. */
export function jobsOf({ jobs, readJobs }: StateProgress): readonly MapJob[] | undefined {
  return readJobs ? readJobs.map((read) => read()) : jobs;
}

/** The highest event ID in a position. */
export function highestEventId({ state }: ResumePoint): number {
  const { enteredEventId = 0, startedEventId = 0, call, children = [] } = state ?? {};
  const inner = children.map((child) => (child?.position ? highestEventId(child.position) : 0));
  return Math.max(enteredEventId, startedEventId, call?.eventId ?? 0, ...inner);
}

/**
 * The position from which a redrive continues. Retries and timeouts start anew. In Parallel and Map states, only the
 * parts that did not succeed run again.
 *
 * @param error the error of the execution to redrive
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html#redrive-behavior-states
 */
export function redrivePoint(point: ResumePoint, error: string | undefined): ResumePoint {
  if (!point.state) return point;
  const { enteredTime, enteredEventId, startedEventId, mapRun, children, childrenEnded } = point.state;
  const { jobs, readJobs } = point.state;
  const entered = { enteredTime, enteredEventId };
  // If all children succeeded, but their combined result was invalid, a Map Run repeats all children
  // (redrive-map-run.html, "Redrive eligibility").
  const startsOver =
    childrenEnded && (error === 'States.DataLimitExceeded' || (mapRun && error === 'States.Runtime'));
  if (!children || startsOver) return { ...point, state: entered };
  return {
    ...point,
    state: {
      ...entered,
      startedEventId,
      ...(jobs && { jobs }),
      ...(readJobs && { readJobs }),
      ...(mapRun && { mapRun: { ...mapRun, redriveCount: mapRun.redriveCount + 1 } }),
      children: childrenEnded ? children : children.map((child) => child && redriveChild(child, error)),
    },
  };
}

function redriveChild(child: ChildProgress, error: string | undefined): ChildProgress {
  if (hasSucceeded(child)) return child;
  const { failure: _failure, stopDate: _stopDate, position, redriveCount, ...kept } = child;
  return {
    ...kept,
    ...(position && { position: redrivePoint(position, error) }),
    ...(kept.name !== undefined && { redriveCount: (redriveCount ?? 0) + 1 }),
  };
}
