import { createHash, randomUUID } from 'node:crypto';
import { EvaluationError } from '../errors';
import { JavaRandom } from '../java-random';
import { equalJson, isArray, isObject, type Json, type JsonObject } from '../json';
import { HASH_ALGORITHMS } from '../jsonata/added-functions';

/** An intrinsic function of JSONPath states. */
export interface Intrinsic {
  /** The least and the most arguments. */
  readonly arity: readonly [number, number];
  /** Runs it. @throws EvaluationError `States.IntrinsicFailure` */
  readonly run: (args: readonly Json[], random: () => number) => Json;
}

/** The longest array that States.ArrayRange makes, and the longest text that some functions take. */
const MOST_ITEMS = 1000;
const LONGEST_TEXT = 10_000;

/** All of them, by name. */
export const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  'States.Array': { arity: [0, Number.POSITIVE_INFINITY], run: (args) => [...args] },
  'States.ArrayPartition': {
    arity: [2, 2],
    run: (args) => {
      const [items, size] = [array(args, 0), integer(args, 1)];
      if (size < 1) throw failure('the chunk size must be a positive integer');
      return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
        items.slice(i * size, (i + 1) * size),
      );
    },
  },
  'States.ArrayContains': {
    arity: [2, 2],
    run: (args) => array(args, 0).some((item) => equalJson(item, args[1] ?? null)),
  },
  'States.ArrayRange': {
    arity: [3, 3],
    run: (args) => range(integer(args, 0), integer(args, 1), integer(args, 2)),
  },
  'States.ArrayGetItem': {
    arity: [2, 2],
    run: (args) => {
      const item = array(args, 0)[integer(args, 1)];
      if (item === undefined) throw failure('the index is outside of the array');
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
    run: (args) => Buffer.from(text(args, 0), 'utf8').toString('base64'),
  },
  'States.Base64Decode': {
    arity: [1, 1],
    run: (args) => Buffer.from(text(args, 0), 'base64').toString('utf8'),
  },
  'States.Hash': {
    arity: [2, 2],
    run: (args) => {
      const algorithm = HASH_ALGORITHMS.get(string(args, 1));
      if (!algorithm) throw failure(`unsupported hash algorithm ${JSON.stringify(args[1])}`);
      const data = args[0] ?? null;
      const stringified = typeof data === 'string' ? data : JSON.stringify(data);
      return createHash(algorithm).update(limited(stringified, 0)).digest('hex');
    },
  },
  'States.JsonMerge': {
    arity: [3, 3],
    run: (args) => {
      if (args[2] !== false)
        throw failure('only shallow merging is supported: the third argument must be false');
      return { ...object(args, 0), ...object(args, 1) };
    },
  },
  'States.StringToJson': {
    arity: [1, 1],
    run: (args) => {
      const json = string(args, 0).trim();
      try {
        return json === '' ? null : (JSON.parse(json) as Json);
      } catch (error) {
        throw failure(`the argument is not valid JSON: ${(error as Error).message}`);
      }
    },
  },
  'States.JsonToString': { arity: [1, 1], run: (args) => JSON.stringify(args[0]) },
  'States.MathRandom': {
    arity: [2, 3],
    run: (args, random) => {
      const [start, end] = [integer(args, 0), integer(args, 1)];
      if (end <= start) throw failure('the end must be greater than the start');
      const share = args.length === 3 ? new JavaRandom(integer(args, 2)).nextDouble() : random();
      return start + Math.floor(share * (end - start));
    },
  },
  'States.MathAdd': { arity: [2, 2], run: (args) => integer(args, 0) + integer(args, 1) },
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
  const result = string(args, 0).replace(/\\([\s\S])|\{\}/g, (_, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    const value = values.shift();
    if (value === undefined) throw failure('there are more placeholders than arguments');
    return asJavaPrints(value);
  });
  if (values.length > 0) throw failure('there are more arguments than placeholders');
  return result;
}

/** AWS prints objects and arrays as Java's collections do. */
function asJavaPrints(value: Json): string {
  if (isArray(value)) return `[${value.map(asJavaPrints).join(', ')}]`;
  if (!isObject(value)) return String(value);
  const members = Object.entries(value).map(([key, member]) => `${key}=${asJavaPrints(member)}`);
  return `{${members.join(', ')}}`;
}

function range(first: number, last: number, step: number): number[] {
  if (step === 0) throw failure('the step must not be zero');
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > MOST_ITEMS) throw failure(`the range has more than ${MOST_ITEMS} items`);
  return Array.from({ length }, (_, i) => first + i * step);
}

function failure(reason: string): EvaluationError {
  return new EvaluationError('States.IntrinsicFailure', reason);
}

function mismatch(index: number, expected: string): EvaluationError {
  return failure(`argument ${index + 1} must be ${expected}`);
}

function array(args: readonly Json[], index: number): readonly Json[] {
  const value = args[index];
  if (!isArray(value)) throw mismatch(index, 'an array');
  return value;
}

function object(args: readonly Json[], index: number): JsonObject {
  const value = args[index];
  if (!isObject(value)) throw mismatch(index, 'an object');
  return value;
}

function string(args: readonly Json[], index: number): string {
  const value = args[index];
  if (typeof value !== 'string') throw mismatch(index, 'a string');
  return value;
}

function text(args: readonly Json[], index: number): string {
  return limited(string(args, index), index);
}

function limited(value: string, index: number): string {
  if (value.length > LONGEST_TEXT)
    throw failure(`argument ${index + 1} is longer than ${LONGEST_TEXT} characters`);
  return value;
}

/** Numbers are rounded half up, as Java's Math.round does. */
function integer(args: readonly Json[], index: number): number {
  const value = args[index];
  if (typeof value !== 'number') throw mismatch(index, 'a number');
  return Math.floor(value + 0.5);
}
