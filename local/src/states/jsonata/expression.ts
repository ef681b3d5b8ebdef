import jsonata = require('jsonata');

import { evaluator, LimitReached } from '../../evaluator/evaluator';
import { queryError } from '../errors';
import { isObject, type Json, type JsonObject, jsonText, typeName, withPlainNumbers } from '../json';
import { TOO_LARGE } from './added-functions.cjs';
import { type Answer, evaluate as evaluateHere } from './evaluate.cjs';
import { isHarmless } from './harmless';
import { nodesIn } from './syntax-tree';

/** The source between the delimiters, or undefined if the string is not a JSONata expression. */
export function expressionSource(text: string): string | undefined {
  return text.length >= 4 && text.startsWith('{%') && text.endsWith('%}')
    ? text.slice(2, -2).trim()
    : undefined;
}

/** Parses an expression. @throws jsonata's error for invalid syntax */
export function parseExpression(source: string): jsonata.ExprNode {
  return jsonata(source).ast();
}

/** The data available to an expression: `$states`, variables and random numbers. */
export interface Bindings {
  readonly states: JsonObject;
  readonly variables: JsonObject;
  readonly random: () => number;
  /** Aborts the evaluation. */
  readonly signal: AbortSignal;
}

/** Evaluates an expression as AWS does. Undefined results, functions and errors fail the state. */
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

/** How an expression is evaluated. */
interface Plan {
  /** Whether it is evaluated in this process. For a harmless expression, this takes no longer than sending it. */
  readonly isHere: boolean;
  /** Whether it can need members of `$states` that it does not mention: the operator `%` refers to the parent of a value. */
  readonly needsParents: boolean;
}

/** Plans, indexed by the source of the expression. */
const plans = new Map<string, Plan>();

function planFor(source: string): Plan {
  const known = plans.get(source);
  if (known) return known;
  const ast = parseExpression(source);
  const needsParents = nodesIn(ast).some(({ type }) => type === 'parent');
  const plan = { isHere: isHarmless(ast), needsParents };
  plans.set(source, plan);
  return plan;
}

async function evaluate(source: string, { states, variables, random, signal }: Bindings): Promise<Answer> {
  const { isHere, needsParents } = planFor(source);
  const request = {
    source,
    states: withPlainNumbers(needsParents ? states : onlyMentioned(states, source)) as JsonObject,
    variables: withPlainNumbers(pick(variables, (name) => source.includes(`$${name}`))) as JsonObject,
    random: random(),
  };
  if (isHere) return evaluateHere(request);
  try {
    return await evaluator.evaluate<Answer>('jsonata', request, signal);
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error;
    return { error: { code: error.limit === 'time' ? TOO_LATE : TOO_LARGE } };
  }
}

/**
 * Matches `$states` with up to two member names, such as `$states.input.name`. Names end where jsonata ends
 * them.
 */
const NAME = /[^\s.[\]{}(),@#;:?+\-*/%|=<>^&!~`"'$\\]+/.source;
const MENTION = new RegExp(`\\$states\\b(?:\\s*\\.\\s*(${NAME})(?:\\s*\\.\\s*(${NAME}))?)?`, 'g');

/**
 * Reduces `$states` to the members that an expression mentions, to a depth of two levels. This limits the
 * data sent to the other process for each item of a Map, because inputs may be large. A member that the
 * expression mentions as a whole is included completely.
 */
function onlyMentioned(states: JsonObject, source: string): JsonObject {
  const mentions = [...source.matchAll(MENTION)];
  if (mentions.some(([, member]) => member === undefined)) return states;
  const found = Object.entries(states).flatMap(([name, value]): [string, Json][] => {
    const members = mentions.filter(([, member]) => member === name).map(([, , below]) => below);
    if (members.length === 0) return [];
    const isWhole = members.includes(undefined) || !isObject(value);
    return [[name, isWhole ? value : pick(value, (below) => members.includes(below))]];
  });
  return Object.fromEntries(found);
}

/** @param values the values, including those on the prototype chain */
function pick(values: JsonObject, isWanted: (name: string) => boolean): JsonObject {
  const members: [string, Json][] = [];
  for (const name in values) if (isWanted(name)) members.push([name, values[name] ?? null]);
  return Object.fromEntries(members);
}

/** The error for a computed value whose type the field does not allow. */
export function unexpectedType(source: string, location: string, expected: string, value: Json): Error {
  return queryError(
    `The JSONata expression '${source}' specified for the field '${location}' returned an unexpected result type. ` +
      `Expected '${expected}', but was '${typeName(value)}' for value: ${jsonText(value)}`,
    location,
  );
}

/** jsonata's code for an evaluation timeout. */
const TOO_LATE = 'D1012';

/** AWS's messages for exceeded limits. */
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
