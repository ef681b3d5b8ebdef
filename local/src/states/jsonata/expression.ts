import jsonata = require('jsonata');

import { queryError } from '../errors';
import { copyJson, type Json, type JsonObject, typeName } from '../json';
import { randomFunction, registerAddedFunctions, TOO_LARGE } from './added-functions';

/** Limits of one evaluation, as others have measured them on AWS; that of the time is ours. */
const LIMITS = { sequence: 873_782, stack: 100, timeout: 5_000 };

const compiled = new Map<string, jsonata.Expression>();

/** The source between the delimiters, or undefined where the text is no JSONata expression. */
export function expressionSource(text: string): string | undefined {
  return text.length >= 4 && text.startsWith('{%') && text.endsWith('%}')
    ? text.slice(2, -2).trim()
    : undefined;
}

/** Parses an expression, once for all uses. @throws jsonata's error where the syntax is wrong */
export function compileExpression(source: string): jsonata.Expression {
  let expression = compiled.get(source);
  if (!expression) {
    expression = jsonata(source, LIMITS);
    registerAddedFunctions(expression);
    compiled.set(source, expression);
  }
  return expression;
}

/** What an expression can see: `$states`, the variables, and the source of randomness. */
export interface Bindings {
  readonly states: JsonObject;
  readonly variables: JsonObject;
  readonly random: () => number;
}

/** Evaluates an expression as AWS does: nothing, functions and errors fail the state. */
export async function evaluateExpression(
  source: string,
  location: string,
  bindings: Bindings,
): Promise<Json> {
  const subject = `The JSONata expression '${source}' specified for the field '${location}'`;
  const frame: Record<string, unknown> = { eval: undefined, random: randomFunction(bindings.random) };
  for (const name in bindings.variables) frame[name] = bindings.variables[name];
  frame['states'] = bindings.states;
  let result: unknown;
  try {
    result = await compileExpression(source).evaluate(undefined, frame);
  } catch (error) {
    throw queryError(`${subject} threw an error during evaluation${describe(error)}`, location);
  }
  if (result === undefined) throw queryError(`${subject} returned nothing (undefined).`, location);
  if (holdsFunction(result)) throw queryError(`${subject} returned an unsupported result type.`, location);
  return copyJson(result, withoutInfinity);
}

/** What JSON has no number for is text on AWS: `Infinity`, `-Infinity` and `NaN`. */
function withoutInfinity(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** Fails where a computed value has another type than its field needs. */
export function unexpectedType(source: string, location: string, expected: string, value: Json): Error {
  return queryError(
    `The JSONata expression '${source}' specified for the field '${location}' returned an unexpected result type. ` +
      `Expected '${expected}', but was '${typeName(value)}' for value: ${JSON.stringify(value)}`,
    location,
  );
}

/** AWS has words of its own for the limits. */
const REACHED_LIMITS: Readonly<Record<string, string>> = {
  D1011:
    'Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive',
  D1012: 'Expression evaluation timeout: Check for infinite loop',
  [TOO_LARGE]: 'Expression evaluation memory limit exceeded: Check for excessive memory usage',
};

function describe(error: unknown): string {
  const { code = '', message } = error as { code?: string; message?: string };
  const limit = REACHED_LIMITS[code];
  if (limit !== undefined) return `: ${limit}`;
  return code ? `. ${code}: ${message}` : `: ${message ?? error}`;
}

/** Functions are JavaScript functions or jsonata's marked objects. */
function holdsFunction(value: unknown): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) return true;
  // jsonata gives the arrays that it makes a `push` of their own.
  return (Array.isArray(value) ? value : Object.values(value)).some(holdsFunction);
}
