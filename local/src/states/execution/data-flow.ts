import { queryError, runtimeError } from '../errors';
import { isObject, type Json, type JsonObject } from '../json';
import { type Bindings, evaluateExpression } from '../jsonata/expression';
import { evaluateTemplate } from '../jsonata/template';
import { parsePath } from '../jsonpath/parse-path';
import { setAtPath } from '../jsonpath/reference-path';
import {
  fillTemplate,
  follow,
  type PathRoots,
  resolve,
  resolvePath,
  takeReference,
} from '../jsonpath/template';
import type { Computed, DataFlow } from '../types';
import type { Variables } from './variables';

/** What the expressions of a state can see. */
export interface Scope {
  /** The input as it came. */
  readonly rawInput: Json;
  /** The input as the state sees it: JSONPath's InputPath makes the difference. */
  readonly input: Json;
  /** As on entry: Assign and Output of one state both see these. */
  readonly variables: Variables;
  readonly context: JsonObject;
  readonly random: () => number;
  /** Aborts when the state is not wanted any more. */
  readonly signal: AbortSignal;
}

/** What a state, or the error it caught, gives to Output and Assign. */
export interface Produced {
  readonly as: 'result' | 'errorOutput';
  readonly value: Json;
}

/** What leaves a state. */
export interface Outcome {
  readonly output: Json;
  readonly assigned: JsonObject;
}

/** The input that a state sees. */
export function effectiveInput(flow: DataFlow, scope: Scope): Json {
  return flow.language === 'JSONata'
    ? scope.rawInput
    : readOptionalPath(flow.inputPath, scope.rawInput, scope);
}

/** What a state works on: Arguments or Parameters, else its input. */
export async function effectiveArguments(flow: DataFlow, scope: Scope): Promise<Json> {
  const template = flow.language === 'JSONata' ? flow.arguments : flow.parameters;
  return template === undefined ? scope.input : fill(template, 'Arguments', flow, scope);
}

/** Evaluates a payload with expressions of the state's language. */
export async function fill(template: Json, location: string, flow: DataFlow, scope: Scope): Promise<Json> {
  return flow.language === 'JSONata'
    ? evaluateTemplate(template, location, bindings(scope))
    : fillTemplate(template, roots(scope.input, scope));
}

/** Evaluates a single field. */
export async function compute(field: Computed, flow: DataFlow, scope: Scope): Promise<Json> {
  switch (field.kind) {
    case 'literal':
      return flow.language === 'JSONata'
        ? evaluateTemplate(field.value, field.field, bindings(scope))
        : field.value;
    case 'expression':
      return evaluateExpression(field.expression, field.field, bindings(scope));
    case 'path': {
      const sees = roots(scope.input, scope);
      return NAMED_WHEN_MISSING.includes(field.field)
        ? resolve(field.path, field.field, sees)
        : resolvePath(field.path, sees);
    }
  }
}

/** Fields whose names AWS tells when their paths find nothing. */
const NAMED_WHEN_MISSING = ['ErrorPath', 'CausePath'];

/** Looks where a JSONPath points, without failing where it points nowhere. */
export function lookUp(path: string, scope: Scope): Json | undefined {
  return follow(parsePath(path), roots(scope.input, scope));
}

/** The value that a reference path takes. @throws EvaluationError where it finds nothing */
export function takeAtPath(path: string, scope: Scope): Json {
  return takeReference(path, roots(scope.input, scope));
}

/** Makes a state's output and assignments. */
export async function complete(flow: DataFlow, scope: Scope, produced?: Produced): Promise<Outcome> {
  if (flow.language === 'JSONata') {
    const sees = bindings(scope, produced);
    const assigned = await evaluateTemplate(flow.assign ?? {}, `${flow.locationPrefix}Assign`, sees);
    const output =
      flow.output === undefined
        ? (produced ?? { value: scope.input }).value
        : await evaluateTemplate(flow.output, `${flow.locationPrefix}Output`, sees);
    return { output, assigned: asObject(assigned) };
  }
  const result = (produced ?? { value: scope.input }).value;
  const assigned = fillTemplate(flow.assign ?? {}, roots(result, scope));
  const selected =
    flow.resultSelector === undefined ? result : fillTemplate(flow.resultSelector, roots(result, scope));
  const combined =
    flow.resultPath === null ? scope.rawInput : setAtPath(scope.rawInput, flow.resultPath, selected);
  return {
    output: readOptionalPath(flow.outputPath, combined, scope),
    assigned: asObject(assigned),
  };
}

/** How a field that is wrong fails the state: each language has its own error. */
export function fieldError(flow: DataFlow, message: string, location: string): Error {
  return flow.language === 'JSONata' ? queryError(message, location) : runtimeError(message);
}

function bindings(scope: Scope, produced?: Produced): Bindings {
  const states = { input: scope.input, context: scope.context };
  return {
    states: produced ? { ...states, [produced.as]: produced.value } : states,
    variables: scope.variables,
    random: scope.random,
    signal: scope.signal,
  };
}

function roots(data: Json, scope: Scope): PathRoots {
  return { data, context: scope.context, variables: scope.variables, random: scope.random };
}

function readOptionalPath(path: string | null, data: Json, scope: Scope): Json {
  return path === null ? {} : resolvePath(path, roots(data, scope));
}

function asObject(value: Json): JsonObject {
  return isObject(value) ? value : {};
}
