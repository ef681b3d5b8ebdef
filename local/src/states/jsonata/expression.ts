import jsonata = require('jsonata');

import { evaluator, LimitReached } from '../../evaluator/evaluator';
import { queryError } from '../errors';
import { type Json, type JsonObject, jsonText, typeName } from '../json';
import { TOO_LARGE } from './added-functions.cjs';
import type { Answer } from './evaluate.cjs';

/** The source between the delimiters, or undefined where the text is no JSONata expression. */
export function expressionSource(text: string): string | undefined {
  return text.length >= 4 && text.startsWith('{%') && text.endsWith('%}')
    ? text.slice(2, -2).trim()
    : undefined;
}

/** Parses an expression. @throws jsonata's error where the syntax is wrong */
export function parseExpression(source: string): jsonata.ExprNode {
  return jsonata(source).ast();
}

/** What an expression can see: `$states`, the variables, and the source of randomness. */
export interface Bindings {
  readonly states: JsonObject;
  readonly variables: JsonObject;
  readonly random: () => number;
  /** Ends the evaluation. */
  readonly signal: AbortSignal;
}

/** Evaluates an expression as AWS does: nothing, functions and errors fail the state. */
export async function evaluateExpression(
  source: string,
  location: string,
  bindings: Bindings,
): Promise<Json> {
  const subject = `The JSONata expression '${source}' specified for the field '${location}'`;
  const answer = await evaluate(source, bindings);
  if ('json' in answer) return JSON.parse(answer.json) as Json;
  if ('error' in answer) {
    throw queryError(`${subject} threw an error during evaluation${describe(answer.error)}`, location);
  }
  const problem =
    answer.problem === 'nothing' ? 'returned nothing (undefined)' : 'returned an unsupported result type';
  throw queryError(`${subject} ${problem}.`, location);
}

async function evaluate(source: string, { states, variables, random, signal }: Bindings): Promise<Answer> {
  const request = {
    source,
    states: onlyUsed(states, source),
    variables: pick(variables, (name) => source.includes(`$${name}`)),
    random: random(),
  };
  try {
    return await evaluator.evaluate<Answer>('jsonata', request, signal);
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error;
    return { error: { code: error.limit === 'time' ? TOO_LATE : TOO_LARGE } };
  }
}

/** The members of `$states` that an expression names: they may be large, and go to another process. */
function onlyUsed(states: JsonObject, source: string): JsonObject {
  const members = [...source.matchAll(/\$states\b(?:\s*\.\s*(\w+))?/g)].map(([, member]) => member);
  return members.includes(undefined) ? states : pick(states, (name) => members.includes(name));
}

/** @param values with those on the prototype chain */
function pick(values: JsonObject, isWanted: (name: string) => boolean): JsonObject {
  const members: [string, Json][] = [];
  for (const name in values) if (isWanted(name)) members.push([name, values[name] ?? null]);
  return Object.fromEntries(members);
}

/** Fails where a computed value has another type than its field needs. */
export function unexpectedType(source: string, location: string, expected: string, value: Json): Error {
  return queryError(
    `The JSONata expression '${source}' specified for the field '${location}' returned an unexpected result type. ` +
      `Expected '${expected}', but was '${typeName(value)}' for value: ${jsonText(value)}`,
    location,
  );
}

/** jsonata's code for an evaluation that takes too long. */
const TOO_LATE = 'D1012';

/** AWS has words of its own for the limits. */
const REACHED_LIMITS: Readonly<Record<string, string>> = {
  D1011:
    'Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive',
  [TOO_LATE]: 'Expression evaluation timeout: Check for infinite loop',
  [TOO_LARGE]: 'Expression evaluation memory limit exceeded: Check for excessive memory usage',
};

function describe({ code = '', message }: { code?: string; message?: string }): string {
  const limit = REACHED_LIMITS[code];
  if (limit !== undefined) return `: ${limit}`;
  return code ? `. ${code}: ${message}` : `: ${message}`;
}
