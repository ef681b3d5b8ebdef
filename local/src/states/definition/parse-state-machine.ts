import { InvalidDefinitionError, type Problem } from '../errors';
import { isObject, type JsonObject } from '../json';
import type { QueryLanguage, State, StateGraph, StateMachine } from '../types';
import { checkVariableScopes } from './check-graphs';
import { Fields } from './fields';
import type { GraphParser } from './graph-parser';
import { parseState } from './parse-state';

/** Maximum timeout of an execution. */
const LONGEST_SECONDS = 99_999_999;

const QUERY_LANGUAGES: readonly QueryLanguage[] = ['JSONPath', 'JSONata'];

/**
 * Validates a definition and turns it into a state machine that can run.
 *
 * @throws InvalidDefinitionError with every problem for which AWS or this interpreter would reject the definition
 */
export function parseStateMachine(definition: unknown): StateMachine {
  const problems: Problem[] = [];
  const fields = new Fields(isObject(definition) ? definition : {}, '', problems);
  if (!isObject(definition)) fields.problem('The definition must be an object');
  const version = fields.string('Version');
  if (version !== undefined && version !== '1.0') {
    fields.problem(`The version '${version}' is not supported`, 'Version');
  }
  const machineLanguage = fields.oneOf('QueryLanguage', QUERY_LANGUAGES) ?? 'JSONPath';
  const timeoutSeconds = fields.integer('TimeoutSeconds', { min: 1, max: LONGEST_SECONDS });
  const names = new Set<string>();
  const parser: GraphParser = {
    machineLanguage,
    parseGraph: (graph) => parseGraph(graph, parser, names, problems),
  };
  const graph = parser.parseGraph(fields);
  fields.finish();
  checkVariableScopes(graph, '', (message, location) =>
    problems.push({ code: 'SCHEMA_VALIDATION_FAILED', message, location }),
  );
  if (problems.length > 0) throw new InvalidDefinitionError(problems);
  return { ...graph, timeoutSeconds };
}

function parseGraph(
  fields: Fields,
  parser: GraphParser,
  names: Set<string>,
  problems: Problem[],
): StateGraph {
  fields.string('Comment');
  const startAt = fields.requiredString('StartAt');
  const source: JsonObject = fields.object('States') ?? fields.missing('States') ?? {};
  const states = new Map<string, State>();
  for (const [name, value] of Object.entries(source)) {
    const state = new Fields(isObject(value) ? value : {}, `${fields.location}/States/${name}`, problems);
    if (!isObject(value)) state.problem('A state must be an object');
    if (name.length > 80) state.problem('The name of a state must not have more than 80 characters');
    if (names.has(name)) state.problem(`Duplicate state name: ${name}`, undefined, 'DUPLICATE_STATE_NAME');
    names.add(name);
    const parsed = parseState(name, state, stateLanguage(state, parser), parser);
    if (parsed) states.set(name, parsed);
  }
  checkTransitions(startAt, source, states, fields);
  return { startAt, states };
}

function stateLanguage(state: Fields, parser: GraphParser): QueryLanguage {
  const language = state.oneOf('QueryLanguage', QUERY_LANGUAGES) ?? parser.machineLanguage;
  if (parser.machineLanguage === 'JSONata' && language === 'JSONPath') {
    state.problem(
      "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for the whole state machine",
      'QueryLanguage',
    );
  }
  return language;
}

function checkTransitions(
  startAt: string,
  source: JsonObject,
  states: ReadonlyMap<string, State>,
  fields: Fields,
): void {
  const reached = new Set<string>();
  const visit = (target: string, location: string | undefined) => {
    if (!Object.hasOwn(source, target)) {
      fields.problem(`Missing transition target: ${target}`, location, 'MISSING_TRANSITION_TARGET');
    }
    if (reached.has(target)) return;
    reached.add(target);
    for (const { to, field } of transitions(states.get(target))) visit(to, `States/${target}/${field}`);
  };
  visit(startAt, 'StartAt');
  // The transitions of an invalid state are unknown, so reachability cannot be checked.
  if (states.size === 0 || states.size < Object.keys(source).length) return;
  const known = [...reached].every((name) => states.has(name));
  if (known && ![...states.values()].some(ends))
    fields.problem('No state ends the graph', 'States', 'MISSING_END_STATE');
  for (const name of states.keys()) {
    if (!reached.has(name)) {
      fields.problem(`State "${name}" is not reachable.`, `States/${name}`, 'MISSING_TRANSITION_TARGET');
    }
  }
}

function ends(state: State): boolean {
  return state.type !== 'Choice' && !('next' in state && state.next !== undefined);
}

function transitions(state: State | undefined): { readonly to: string; readonly field: string }[] {
  const found: { to: string; field: string }[] = [];
  if (!state) return found;
  if ('next' in state && state.next !== undefined) found.push({ to: state.next, field: 'Next' });
  if ('catch' in state) {
    state.catch.forEach(({ next: to }, i) => void found.push({ to, field: `Catch[${i}]/Next` }));
  }
  if (state.type === 'Choice') {
    state.rules.forEach(({ next: to }, i) => void found.push({ to, field: `Choices[${i}]/Next` }));
    if (state.default !== undefined) found.push({ to: state.default, field: 'Default' });
  }
  return found;
}
