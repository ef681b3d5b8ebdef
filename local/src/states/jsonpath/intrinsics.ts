import { createHash, randomUUID } from 'node:crypto';
import { JavaRandom } from '../java-random.cjs';
import {
  equalJson,
  isArray,
  isObject,
  type Json,
  type JsonObject,
  jsonText,
  numberIn,
  parseExact,
} from '../json';
import { HASH_ALGORITHMS } from '../jsonata/added-functions.cjs';

/** An intrinsic function of JSONPath states. */
export interface Intrinsic {
  /** Minimum and maximum number of arguments. */
  readonly arity: readonly [number, number];
  /** Calls the function. @throws IntrinsicFailure for invalid arguments */
  readonly run: (args: readonly Json[], random: () => number) => Json;
}

/** A failed call. It has the same message as on AWS, which usually contains only the function's name. */
export class IntrinsicFailure extends Error {}

/**
 * Maximum length of the array that States.ArrayRange returns, and of the strings that some functions accept.
 */
const MOST_ITEMS = 1000;
const LONGEST_TEXT = 10_000;

/** All intrinsic functions, by name. */
export const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  'States.Array': { arity: [0, Number.POSITIVE_INFINITY], run: (args) => [...args] },
  'States.ArrayPartition': {
    arity: [2, 2],
    run: (args) => {
      const [items, size] = [array(args, 0), truncated(args, 1)];
      if (size < 1) throw new IntrinsicFailure();
      return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
        items.slice(i * size, (i + 1) * size),
      );
    },
  },
  'States.ArrayContains': {
    arity: [2, 2],
    run: (args) => array(args, 0).some((item) => asText(item) === asText(args[1] ?? null)),
  },
  'States.ArrayRange': {
    arity: [3, 3],
    run: (args) => range(truncated(args, 0), truncated(args, 1), truncated(args, 2)),
  },
  'States.ArrayGetItem': {
    arity: [2, 2],
    run: (args) => {
      const [items, index] = [array(args, 0), truncated(args, 1)];
      const item = items.length === 0 ? null : items[index];
      if (item === undefined) throw new IntrinsicFailure();
      return item;
    },
  },
  'States.ArrayLength': { arity: [1, 1], run: (args) => array(args, 0).length },
  'States.ArrayUnique': {
    arity: [1, 1],
    run: (args) =>
      array(args, 0).filter((item, i, all) => all.findIndex((other) => equalJson(item, other)) === i),
  },
  'States.Base64Encode': {
    arity: [1, 1],
    run: (args) => Buffer.from(limited(string(args, 0)), 'utf8').toString('base64'),
  },
  'States.Base64Decode': {
    arity: [1, 1],
    run: (args) => Buffer.from(limited(string(args, 0)), 'base64').toString('utf8'),
  },
  'States.Hash': {
    arity: [2, 2],
    run: (args) => {
      const algorithm = HASH_ALGORITHMS.get(string(args, 1));
      if (!algorithm) throw new IntrinsicFailure();
      return createHash(algorithm)
        .update(limited(asText(args[0] ?? null)))
        .digest('hex');
    },
  },
  'States.JsonMerge': {
    arity: [3, 3],
    run: (args) => {
      if (args[2] === true) throw new IntrinsicFailure(); // AWS does not support a deep merge.
      return { ...object(args, 0), ...object(args, 1) };
    },
  },
  'States.StringToJson': {
    arity: [1, 1],
    run: (args) => {
      const json = string(args, 0).trim();
      try {
        return json === '' ? null : parseExact(json);
      } catch {
        throw new IntrinsicFailure();
      }
    },
  },
  'States.JsonToString': { arity: [1, 1], run: (args) => jsonText(args[0]) },
  'States.MathRandom': {
    arity: [2, 3],
    run: (args, random) => {
      const [start, end] = [truncated(args, 0), truncated(args, 1)];
      if (end <= start) throw new IntrinsicFailure();
      const share = args.length === 3 ? new JavaRandom(truncated(args, 2)).nextDouble() : random();
      return start + Math.floor(share * (end - start));
    },
  },
  'States.MathAdd': { arity: [2, 2], run: (args) => int32(rounded(args, 0) + rounded(args, 1)) },
  'States.StringSplit': {
    arity: [2, 2],
    run: (args) => {
      const delimiters = new Set(string(args, 1));
      const parts = [''];
      for (const character of string(args, 0)) {
        if (delimiters.has(character)) parts.push('');
        else parts.push((parts.pop() ?? '') + character);
      }
      return parts.filter((part) => part !== '');
    },
  },
  'States.UUID': { arity: [0, 0], run: () => randomUUID() },
  'States.Format': { arity: [1, Number.POSITIVE_INFINITY], run: format },
};

function format(args: readonly Json[]): string {
  const values = args.slice(1);
  const result = string(args, 0).replace(/\\([\s\S])|\{\}|[{}]/g, (found, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    if (found === '{')
      throw new IntrinsicFailure(`Invalid template in States.Format: matching '}' not found for '{'.`);
    if (found === '}')
      throw new IntrinsicFailure(`Invalid template in States.Format: matching '{' not found for '}'.`);
    const value = values.shift();
    if (value === undefined) throw new IntrinsicFailure(WRONG_COUNT);
    return asJavaPrints(value);
  });
  if (values.length > 0) throw new IntrinsicFailure(WRONG_COUNT);
  return result;
}

const WRONG_COUNT =
  'Invalid arguments in States.Format: number of arguments do not match the occurrences of {}.';

/** Prints objects and arrays like Java's collections, as AWS does. */
function asJavaPrints(value: Json): string {
  if (isArray(value)) return `[${value.map(asJavaPrints).join(', ')}]`;
  if (!isObject(value)) return String(value);
  const members = Object.entries(value).map(([key, member]) => `${key}=${asJavaPrints(member)}`);
  return `{${members.join(', ')}}`;
}

function range(first: number, last: number, step: number): number[] {
  if (step === 0) throw new IntrinsicFailure();
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > MOST_ITEMS) throw new IntrinsicFailure();
  return Array.from({ length }, (_, i) => first + i * step);
}

/** Returns a string unchanged, and other values as JSON. */
function asText(value: Json): string {
  return typeof value === 'string' ? value : jsonText(value);
}

function array(args: readonly Json[], index: number): readonly Json[] {
  const value = args[index];
  if (!isArray(value)) throw new IntrinsicFailure();
  return value;
}

function object(args: readonly Json[], index: number): JsonObject {
  const value = args[index];
  if (!isObject(value)) throw new IntrinsicFailure();
  return value;
}

function string(args: readonly Json[], index: number): string {
  const value = args[index];
  if (typeof value !== 'string') throw new IntrinsicFailure();
  return value;
}

function limited(value: string): string {
  if (value.length > LONGEST_TEXT) throw new IntrinsicFailure();
  return value;
}

function number(args: readonly Json[], index: number): number {
  const value = numberIn(args[index]);
  if (value === undefined) throw new IntrinsicFailure();
  return value;
}

function truncated(args: readonly Json[], index: number): number {
  // Adding 0 avoids a negative zero.
  return Math.trunc(number(args, index)) + 0;
}

/** Rounds half up, like Java's Math.round. */
function rounded(args: readonly Json[], index: number): number {
  return int32(Math.floor(number(args, index) + 0.5));
}

function int32(value: number): number {
  if (value !== Math.trunc(value) || Math.abs(value + 0.5) > 2 ** 31) throw new IntrinsicFailure();
  return value;
}
