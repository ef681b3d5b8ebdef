import type { ProblemCode } from '../errors';
import type { State, StateGraph } from '../types';

/** Reports a problem and its location. */
type Note = (message: string, location: string, code?: ProblemCode) => void;

/** A graph inside a state, and its location relative to the state. */
interface InnerGraph {
  readonly graph: StateGraph;
  readonly location: string;
}

function innerGraphs(state: State): InnerGraph[] {
  if (state.type === 'Map') return [{ graph: state.processor, location: 'ItemProcessor' }];
  if (state.type !== 'Parallel') return [];
  return state.branches.map((graph, i) => ({ graph, location: `Branches[${i}]` }));
}

/**
 * Refuses a variable that is assigned both in a scope and in a nested scope, as the States Language requires
 * (Variable Scope). The states of a graph share a scope. Branches and a Map's processor are nested scopes.
 */
export function checkVariableScopes(
  graph: StateGraph,
  location: string,
  note: Note,
  outer: ReadonlySet<string> = new Set(),
): void {
  const own = new Set(outer);
  for (const [name, state] of graph.states) {
    for (const variable of assignedNames(state)) {
      if (outer.has(variable)) {
        note(
          `The variable '${variable}' is assigned in an outer scope too: variables of inner scopes must have other names`,
          `${location}/States/${name}`,
        );
      }
      own.add(variable);
    }
  }
  for (const [name, state] of graph.states) {
    for (const inner of innerGraphs(state))
      checkVariableScopes(inner.graph, `${location}/States/${name}/${inner.location}`, note, own);
  }
}

function assignedNames(state: State): string[] {
  // Ignores assignments in Catch, because AWS accepted a Parallel state whose Catch assigns the same variable as
  // one of its branches.
  const flows = [state.flow, ...(state.type === 'Choice' ? state.rules.map(({ flow }) => flow) : [])];
  return flows.flatMap(({ assign, language }) =>
    Object.keys(assign ?? {}).map((key) => (language === 'JSONPath' ? key.replace(/\.\$$/, '') : key)),
  );
}

/** Refuses what Express executions do not support: waiting for jobs or task tokens, and activities. */
export function checkExpress(graph: StateGraph, location: string, note: Note): void {
  for (const [name, state] of graph.states) {
    const at = `${location}/States/${name}`;
    if (state.type === 'Task') {
      const pattern = /\.(?:sync(?::2)?|waitForTaskToken)$/.exec(state.resource)?.[0];
      if (pattern !== undefined)
        note(`Express state machine does not support '${pattern}' service integration`, `${at}/Resource`);
      if (/:activity:[^:]+$/.test(state.resource))
        note('Express state machine does not support Activity ARN', `${at}/Resource`);
    }
    for (const inner of innerGraphs(state)) checkExpress(inner.graph, `${at}/${inner.location}`, note);
  }
}
