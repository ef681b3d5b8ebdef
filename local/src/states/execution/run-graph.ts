import { dataLimitError } from '../errors';
import { type Json, type JsonObject, jsonSize, PAYLOAD_LIMIT } from '../json';
import type { State, StateGraph } from '../types';
import { effectiveInput, type Outcome, type Scope } from './data-flow';
import { withErrorHandling } from './error-handling';
import type { Frame } from './frame';
import { runChoice } from './run-choice';
import { runFail } from './run-fail';
import { runMap } from './run-map';
import { runParallel } from './run-parallel';
import { runPass } from './run-pass';
import { runSucceed } from './run-succeed';
import { runTask } from './run-task';
import { runWait } from './run-wait';
import { Stop } from './stop';
import { assign, type Variables } from './variables';

/** A place in a graph: the state that is next, and what it starts with. */
export interface Position {
  readonly stateName: string;
  readonly input: Json;
  readonly variables: Variables;
}

/** One try at a state. */
export interface Visit {
  readonly frame: Frame;
  readonly scope: Scope;
}

/** What a state leads to; without `next` its graph ends. */
export interface Step extends Outcome {
  readonly next?: string;
}

/** Runs states from one on, until one ends the graph. @returns the output of the last one */
export async function runGraph(
  graph: StateGraph,
  start: Position,
  frame: Frame,
  onPosition: (position: Position) => void = () => undefined,
): Promise<Json> {
  let position = start;
  for (;;) {
    frame.signal.throwIfAborted();
    onPosition(position);
    const state = graph.states.get(position.stateName);
    if (!state) throw new Error(`There is no state '${position.stateName}'`);
    const step = await runState(state, position, frame);
    if (step.next === undefined) return step.output;
    const variables = assign(position.variables, step.assigned, state.name);
    position = { stateName: step.next, input: step.output, variables };
  }
}

async function runState(state: State, position: Position, frame: Frame): Promise<Step> {
  const { track, services } = frame;
  const { name } = state;
  const enteredTime = services.clock.now().toISOString();
  const eventId = track.record(`${state.type}StateEntered`, { name, input: JSON.stringify(position.input) });
  const scopeAfter = (retryCount: number): Scope => {
    const retries: JsonObject = 'retry' in state ? { RetryCount: retryCount } : {};
    return {
      rawInput: position.input,
      input: position.input,
      variables: position.variables,
      context: { ...frame.context, State: { EnteredTime: enteredTime, Name: name, ...retries } },
      random: services.random,
    };
  };
  const step = await withErrorHandling({ state, frame, eventId, scopeAfter }, async (scope) => {
    const input = effectiveInput(state.flow, scope);
    const done = await dispatch(state, { frame, scope: { ...scope, input } });
    if (jsonSize(done.output) > PAYLOAD_LIMIT) throw dataLimitError(name, false);
    return done;
  }).catch((error: unknown) => {
    // Parallel and Map have recorded it themselves.
    if (error instanceof Stop && (state.type === 'Task' || state.type === 'Wait'))
      track.recordAbort(`${state.type}StateAborted`);
    throw error;
  });
  frame.signal.throwIfAborted();
  track.record(`${state.type}StateExited`, {
    name,
    output: JSON.stringify(step.output),
    ...(Object.keys(step.assigned).length > 0 && { assignedVariables: asTexts(step.assigned) }),
  });
  return step;
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
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));
}
