import { dataLimitError, type StatesError } from '../errors';
import { type Json, type JsonObject, jsonSize, jsonText, PAYLOAD_LIMIT } from '../json';
import type { State, StateGraph } from '../types';
import { effectiveInput, type Scope } from './data-flow';
import { withErrorHandling } from './error-handling';
import type { Frame } from './frame';
import type { ResumePoint, StateProgress } from './position';
import { runChoice } from './run-choice';
import { runFail } from './run-fail';
import { runMap } from './run-map';
import { runParallel } from './run-parallel';
import { runPass } from './run-pass';
import { runSucceed } from './run-succeed';
import { runTask } from './run-task';
import { runWait } from './run-wait';
import { assign, checkSizes, innerScope, type Variables } from './variables';
import type { Step, Visit } from './visit';

/** A position in a graph: the next state and its input. */
export interface Position extends Pick<ResumePoint, 'stateName' | 'input' | 'state'> {
  readonly variables: Variables;
}

/** Start position of a graph inside a state: the graph's first state, or the position that an earlier run reached. */
export function startIn(
  graph: StateGraph,
  input: Json,
  outer: Variables,
  resumeFrom: ResumePoint | undefined,
): Position {
  if (!resumeFrom) return { stateName: graph.startAt, input, variables: innerScope(outer) };
  return { ...resumeFrom, variables: Object.assign(innerScope(outer), resumeFrom.variables) };
}

/** Runs states from a position until one ends the graph. @returns the output of the last state */
export async function runGraph(graph: StateGraph, start: Position, frame: Frame): Promise<Json> {
  let position = start;
  let lastFailure: StatesError | undefined;
  for (;;) {
    frame.signal.throwIfAborted();
    const state = graph.states.get(position.stateName);
    if (!state) throw new Error(`There is no state '${position.stateName}'`);
    const step = await runState(state, position, frame, lastFailure);
    if (step.caught || !KEEPS_FAILURE.includes(state.type)) lastFailure = step.caught;
    if (step.next === undefined) return step.output;
    const variables = assign(position.variables, step.assigned);
    position = { stateName: step.next, input: step.output, variables };
  }
}

/** States that may run between a Catch and a Wait state that reports the caught failure. */
const KEEPS_FAILURE: readonly State['type'][] = ['Choice', 'Pass'];

async function runState(
  state: State,
  position: Position,
  frame: Frame,
  lastFailure: StatesError | undefined,
): Promise<Step> {
  const { track, services } = frame;
  const { name } = state;
  const { enteredTime, enteredEventId } = enter(state, position, frame);
  const scopeAfter = (retryCount: number): Scope => {
    const retries: JsonObject = 'retry' in state ? { RetryCount: retryCount } : {};
    return {
      rawInput: position.input,
      input: position.input,
      variables: position.variables,
      context: { ...frame.context, State: { EnteredTime: enteredTime, Name: name, ...retries } },
      random: services.random,
      signal: frame.signal,
    };
  };
  const entered = { state, frame, enteredEventId, before: position.state, scopeAfter };
  const step = await withErrorHandling(entered, async (scope, before) => {
    const input = effectiveInput(state.flow, scope);
    const done = await dispatch(state, { frame, scope: { ...scope, input }, before, lastFailure });
    checkSizes(position.variables, done.assigned, name);
    if (jsonSize(done.output) > PAYLOAD_LIMIT) throw dataLimitError(name, false);
    return done;
  });
  frame.signal.throwIfAborted();
  track.open(undefined);
  track.record(`${state.type}StateExited`, {
    name,
    output: jsonText(step.output),
    ...(Object.keys(step.assigned).length > 0 && { assignedVariables: asTexts(step.assigned) }),
  });
  return step;
}

/** Records that a state was entered, unless an earlier run has recorded this. */
function enter(
  state: State,
  { stateName, input, variables, state: before }: Position,
  { track, progress, services }: Frame,
): StateProgress {
  track.open(state.type);
  if (before && before.enteredEventId <= track.lastRecorded) {
    track.continueBehind(before.enteredEventId);
    return before;
  }
  const entered = {
    enteredTime: before?.enteredTime ?? services.clock.now().toISOString(),
    enteredEventId: track.lastRecorded + 1,
  };
  // Stores the position first: if the process is killed before it records the event, a later run records the event.
  if (!before) progress.reached({ stateName, input, variables: { ...variables }, state: entered });
  track.record(`${state.type}StateEntered`, { name: stateName, input: jsonText(input) });
  return entered;
}

function dispatch(state: State, visit: Visit): Promise<Step> {
  switch (state.type) {
    case 'Task':
      return runTask(state, visit);
    case 'Pass':
      return runPass(state, visit);
    case 'Choice':
      return runChoice(state, visit);
    case 'Wait':
      return runWait(state, visit);
    case 'Parallel':
      return runParallel(state, visit);
    case 'Map':
      return runMap(state, visit);
    case 'Succeed':
      return runSucceed(state, visit);
    case 'Fail':
      return runFail(state, visit);
    default:
      return unreachable(state);
  }
}

function unreachable(state: never): never {
  throw new Error(`Unknown state: ${JSON.stringify(state)}`);
}

function asTexts(values: Readonly<Record<string, Json>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, jsonText(value)]));
}
