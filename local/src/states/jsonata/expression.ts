import jsonata = require('jsonata');

import { queryError } from '../errors';
import { copyJson, type Json, type JsonObject, typeName } from '../json';
import { randomFunction, registerAddedFunctions } from './added-functions';

/**
 * Limits of one evaluation. AWS gives an expression about 7 MB and a nesting of about 100 calls,
 * each of which is several levels here.
 */
const LIMITS = { sequence: 500_000, stack: 300, timeout: 5_000 };

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
    throw queryError(`${subject} threw an error during evaluation. ${describe(error)}`, location);
  }
  if (result === undefined) throw queryError(`${subject} returned nothing (undefined).`, location);
  if (holdsFunction(result)) throw queryError(`${subject} returned an unsupported result type.`, location);
  return copyJson(result);
}

/** Fails where a computed value has another type than its field needs. */
export function unexpectedType(source: string, location: string, expected: string, value: Json): Error {
  return queryError(
    `The JSONata expression '${source}' specified for the field '${location}' returned an unexpected result type. ` +
      `Expected '${expected}', but was '${typeName(value)}' for value: ${JSON.stringify(value)}`,
    location,
  );
}

function describe(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ? `${code}: ${message}` : `${message ?? error}`;
}

/** Functions are JavaScript functions or jsonata's marked objects. */
function holdsFunction(value: unknown): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) return true;
  // jsonata gives the arrays that it makes a `push` of their own.
  return (Array.isArray(value) ? value : Object.values(value)).some(holdsFunction);
}
