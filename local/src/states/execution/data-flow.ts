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

/** The data that a state's expressions can refer to. */
export interface Scope {
  /** The raw input. */
  readonly rawInput: Json;
  /** JSONPath: the input after InputPath is applied. JSONata: the raw input. */
  readonly input: Json;
  /** The variables on entry to the state. The state's Output does not see changes that the state's own Assign makes. */
  readonly variables: Variables;
  readonly context: JsonObject;
  readonly random: () => number;
  /** Signal that aborts when the state is stopped. */
  readonly signal: AbortSignal;
}

/** The result of a state, or the error that it caught, for Output and Assign. */
export interface Produced {
  readonly as: 'result' | 'errorOutput';
  readonly value: Json;
}

/** The output and variables of a state. */
export interface Outcome {
  readonly output: Json;
  readonly assigned: JsonObject;
}

/** The effective input of a state. */
export function effectiveInput(flow: DataFlow, scope: Scope): Json {
  return flow.language === 'JSONata'
    ? scope.rawInput
    : readOptionalPath(flow.inputPath, scope.rawInput, scope);
}

/** The evaluated Arguments or Parameters of a state, or its input if it has neither. */
export async function effectiveArguments(flow: DataFlow, scope: Scope): Promise<Json> {
  const template = flow.language === 'JSONata' ? flow.arguments : flow.parameters;
  return template === undefined ? scope.input : fill(template, 'Arguments', flow, scope);
}

/** Evaluates the expressions in a payload template, in the state's query language. */
export async function fill(template: Json, location: string, flow: DataFlow, scope: Scope): Promise<Json> {
  return flow.language === 'JSONata'
    ? evaluateTemplate(template, location, bindings(scope))
    : fillTemplate(template, roots(scope.input, scope));
}

/** Evaluates a field. */
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

/** Path fields that AWS's error message names if the path matches nothing. */
const NAMED_WHEN_MISSING = ['ErrorPath', 'CausePath'];

/** Evaluates a JSONPath. Returns undefined if it matches nothing. */
export function lookUp(path: string, scope: Scope): Json | undefined {
  return follow(parsePath(path), roots(scope.input, scope));
}

/** Evaluates a reference path. @throws EvaluationError when it matches nothing */
export function takeAtPath(path: string, scope: Scope): Json {
  return takeReference(path, roots(scope.input, scope));
}

/** Computes a state's output and assigned variables. */
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

/** The error for an invalid field value. JSONata and JSONPath states have different errors. */
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
