import type { Json, JsonObject } from '../json';

/** Where a graph of states stands, or starts again: the machine itself, a branch, an iteration or a child execution. */
export interface ResumePoint {
  readonly stateName: string;
  readonly input: Json;
  /** Those of the graph's own scope. */
  readonly variables: JsonObject;
  /** What has come of the state so far. @default - it has not been entered */
  readonly state?: StateProgress;
}

/** What has come of a state that was entered and not left yet. */
export interface StateProgress {
  readonly enteredTime: string;
  /** The event that tells of it. */
  readonly enteredEventId: number;
  /** How often each entry of Retry was used, in their order. */
  readonly retries?: readonly number[];
  /** When the next attempt begins. */
  readonly retryTime?: string;
  /** When a Wait ends. */
  readonly waitUntil?: string;
  /** The call of a Task that has no answer yet. */
  readonly call?: CallProgress;
  /** The event that tells of the start of a Parallel or Map. */
  readonly startedEventId?: number;
  /** What a Map runs, in the order of its items or batches. */
  readonly jobs?: readonly MapJob[];
  readonly mapRun?: MapRunProgress;
  /** The branches, iterations or child executions, as far as they were started. */
  readonly children?: readonly (ChildProgress | null | undefined)[];
  /** Whether all of them have ended as they should: what fails now is the state itself. */
  readonly childrenEnded?: boolean;
}

/** A Task's call that was made. */
export interface CallProgress {
  readonly arguments: Json;
  readonly taskToken?: string;
  /** The last of the events that tell of the call. */
  readonly eventId: number;
  /** The service's first answer (`.sync`). */
  readonly submitted?: Json;
}

/** An iteration or a child execution that a Map has to run. */
export interface MapJob {
  readonly input: Json;
  /** What it has in the context object beside what the Map itself has. */
  readonly context: JsonObject;
  /** How many items are in it. */
  readonly size: number;
}

/** A distributed Map's run of its child executions. */
export interface MapRunProgress {
  readonly arn: string;
  readonly redriveCount: number;
}

/** A branch, an iteration or a child execution: one that has an output has succeeded. */
export interface ChildProgress {
  readonly position?: ResumePoint;
  readonly output?: Json;
  /** Why a child execution failed; branches and iterations that fail end their state. */
  readonly failure?: { readonly error?: string; readonly cause?: string };
  /** Of child executions only. */
  readonly name?: string;
  readonly startDate?: string;
  readonly stopDate?: string;
  readonly redriveCount?: number;
}

/**
 * A change of where an execution stands. Its position is what {@link applyChange} makes of all changes, in their
 * order: each is small, so that a Map of 10,000 items can tell of each of its iterations.
 */
export type PositionChange = {
  /** The graph: indexes of branches, iterations or children, from the outermost inwards; empty for the machine. */
  readonly at: readonly number[];
} & (
  | { readonly type: 'reached'; readonly point: ResumePoint }
  /** The state begins anew after a failure. */
  | { readonly type: 'attempt'; readonly state: Pick<StateProgress, 'retries' | 'retryTime'> }
  /** There is more to know of the state. */
  | { readonly type: 'state'; readonly state: Partial<StateProgress> }
  /** There is more to know of the branch, iteration or child execution. */
  | { readonly type: 'child'; readonly child: ChildProgress }
);

/**
 * Applies a change.
 *
 * @param before the position of the machine, whose lists of children are changed in place
 * @returns the position after it
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
  return after.output === undefined && position ? { ...after, position } : after;
}

function changedPoint(before: ResumePoint | undefined, change: PositionChange): ResumePoint | undefined {
  if (change.type === 'reached') return change.point;
  if (!before?.state || change.type === 'child') return before;
  const { enteredTime, enteredEventId } = before.state;
  const kept = change.type === 'attempt' ? { enteredTime, enteredEventId } : before.state;
  return { ...before, state: { ...kept, ...change.state } };
}

/** The highest ID of an event that a position knows of. */
export function highestEventId({ state }: ResumePoint): number {
  const { enteredEventId = 0, startedEventId = 0, call, children = [] } = state ?? {};
  const inner = children.map((child) => (child?.position ? highestEventId(child.position) : 0));
  return Math.max(enteredEventId, startedEventId, call?.eventId ?? 0, ...inner);
}

/**
 * Where a redrive goes on. Retries and times begin anew; of a Parallel or Map only what did not succeed is run
 * again.
 *
 * @param error of the execution that is redriven
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html#redrive-behavior-states
 */
export function redrivePoint(point: ResumePoint, error: string | undefined): ResumePoint {
  if (!point.state) return point;
  const { enteredTime, enteredEventId, startedEventId, jobs, mapRun, children, childrenEnded } = point.state;
  const entered = { enteredTime, enteredEventId };
  // What a Map Run has to redo when only its result was wrong: redrive-map-run.html, "Redrive eligibility".
  const startsOver =
    childrenEnded && (error === 'States.DataLimitExceeded' || (mapRun && error === 'States.Runtime'));
  if (!children || startsOver) return { ...point, state: entered };
  return {
    ...point,
    state: {
      ...entered,
      startedEventId,
      ...(jobs && { jobs }),
      ...(mapRun && { mapRun: { ...mapRun, redriveCount: mapRun.redriveCount + 1 } }),
      children: childrenEnded ? children : children.map((child) => child && redriveChild(child, error)),
    },
  };
}

function redriveChild(child: ChildProgress, error: string | undefined): ChildProgress {
  if (child.output !== undefined) return child;
  const { failure: _failure, stopDate: _stopDate, position, redriveCount, ...kept } = child;
  return {
    ...kept,
    ...(position && { position: redrivePoint(position, error) }),
    ...(kept.name !== undefined && { redriveCount: (redriveCount ?? 0) + 1 }),
  };
}
