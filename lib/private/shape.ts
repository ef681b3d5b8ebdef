import { type Duration, type Size, Token, Tokenization } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { addPropNames } from './app-language';
import { Problems } from './problems';

/**
 * Checks the type of a value and of its members. TypeScript does not check callers in JavaScript, or values that were
 * cast. Without this check, wrong values would cause a TypeError inside this library.
 */
export type Shape = (problems: Problems, prop: string, value: unknown) => void;

/** A shape for each member of a type. The compiler reports members without a shape. */
export type Members<T> = { readonly [Name in keyof Required<T>]: Shape };

/** Whether a shape accepts strings, numbers and lists that are tokens of `sfn.JsonPath`. */
type JsonPaths = 'refused' | 'accepted';

/**
 * Checks a value that other checks depend on.
 *
 * @throws Error named `TuningValidationError` that lists every problem
 */
export function requireShape(where: string, shape: Shape, value: unknown): void {
  const problems = new Problems();
  shape(problems, '', value);
  problems.throwIfAny(where);
}

/** An object with the given members. Other members are ignored, as in the rest of the CDK. */
export function struct<T>(members: Members<T>): Shape {
  addPropNames(Object.keys(members));
  return (problems, prop, value) => {
    if (!isPlain(value)) return problems.wrongType(prop || 'props', 'an object', value);
    for (const [name, shape] of Object.entries<Shape>(members))
      shape(problems, join(prop, name), value[name]);
  };
}

/** An optional value. */
export function optional(shape: Shape): Shape {
  return (problems, prop, value) => {
    if (value !== undefined) shape(problems, prop, value);
  };
}

/** A list that is known at synth. */
export function list(shape: Shape): Shape {
  return (problems, prop, value) => {
    if (!Array.isArray(value)) return problems.wrongType(prop, 'a list', value);
    if (problems.tokenList(prop, value)) return;
    for (const [index, element] of value.entries()) shape(problems, `${prop}[${index}]`, element);
  };
}

/** A list with at least one element. */
export function nonEmpty(shape: Shape): Shape {
  return (problems, prop, value) => {
    list(shape)(problems, prop, value);
    if (Array.isArray(value)) problems.count(prop, value, 1, Number.POSITIVE_INFINITY);
  };
}

/** A map whose keys are known at synth, because keys in a template cannot be references. */
export function map(shape: Shape): Shape {
  return (problems, prop, value) => {
    if (!isPlain(value) || Token.isUnresolved(value)) return problems.wrongType(prop, 'a map', value);
    for (const [key, inner] of Object.entries(value)) {
      if (Token.isUnresolved(key)) problems.add(prop, 'must have keys that are known at synth, got a token');
      else shape(problems, join(prop, key), inner);
    }
  };
}

/** A string, which can be a token. */
export const text = scalar('string', 'refused');
/** A whole or decimal number, which can be a token. */
export const number = scalar('number', 'refused');
/** A string for a task, which can be a token or use JSONPath. */
export const taskText = scalar('string', 'accepted');
export const taskNumber = scalar('number', 'accepted');

export const flag: Shape = (problems, prop, value) => {
  if (typeof value !== 'boolean') problems.wrongType(prop, 'true or false', value);
};

/** A string that must be known at synth, because the library builds names and permissions from it. */
export const knownText: Shape = (problems, prop, value) => {
  if (typeof value !== 'string') problems.wrongType(prop, 'a string', value);
  else if (Token.isUnresolved(value))
    problems.add(prop, 'must be known at synth, got a token: the library builds names and paths from it');
};

/** A number that must be known at synth, because the library checks it or computes with it. */
export const knownNumber: Shape = (problems, prop, value) => {
  if (Token.isUnresolved(value)) problems.add(prop, 'must be known at synth, got a token');
  else if (!Number.isFinite(value)) problems.wrongType(prop, 'a number', value);
};

/** A value of an enumeration. */
export function oneOf(values: Readonly<Record<string, string | number>>): Shape {
  const all = Object.values(values);
  // For a numeric enum, `Object.values` also returns the names of the members.
  const numbers = all.filter((value) => typeof value === 'number');
  const known: unknown[] = numbers.length > 0 ? numbers : all;
  return (problems, prop, value) => {
    if (!known.includes(value)) problems.wrongType(prop, `one of ${known.join(', ')}`, value);
  };
}

/**
 * Accepts the instances of a class. An instance is recognized by members that only this class has, because
 * `instanceof` would fail if an app has two copies of a library.
 */
export function instance(what: string, ...members: readonly string[]): Shape {
  return (problems, prop, value) => {
    if (isObject(value) && members.every((member) => member in value)) return;
    problems.wrongType(prop, what, value);
  };
}

const anyDuration = instance('a Duration, such as Duration.hours(1)', 'toSeconds', 'unitLabel');

/** A duration that must be known at synth, because the library computes with it. */
export const knownDuration: Shape = (problems, prop, value) => {
  anyDuration(problems, prop, value);
  if ((value as Duration | null | undefined)?.isUnresolved?.())
    problems.add(prop, 'must be known at synth, got a token: the library computes other values from it');
};

/** A duration in the unit of the API. A token must have the same unit, because CloudFormation does not convert units. */
function durationIn(unit: 'seconds' | 'days'): Shape {
  return (problems, prop, value) => {
    anyDuration(problems, prop, value);
    const given = value as Duration | null | undefined;
    if (!given?.isUnresolved?.()) return;
    if (given.unitLabel() !== unit) return problems.unitOfToken(prop, `Duration.${unit}`);
    number(problems, prop, unit === 'seconds' ? given.toSeconds() : given.toDays());
  };
}

export const duration = durationIn('seconds');
export const days = durationIn('days');

/** A size. The unit of the API is gibibytes. */
export const size: Shape = (problems, prop, value) => {
  instance('a Size, such as Size.gibibytes(30)', 'toGibibytes')(problems, prop, value);
  const given = value as Size | null | undefined;
  if (!given?.isUnresolved?.()) return;
  if (!String(given).startsWith('Size.gibibytes')) return problems.unitOfToken(prop, 'Size.gibibytes');
  number(problems, prop, given.toGibibytes());
};

function scalar(type: 'string' | 'number', jsonPaths: JsonPaths): Shape {
  return (problems, prop, value) => {
    const actual: string = typeof value;
    if (actual !== type) problems.wrongType(prop, `a ${type}`, value);
    else if (jsonPaths === 'refused') refuseJsonPath(problems, prop, value);
  };
}

function refuseJsonPath(problems: Problems, prop: string, value: unknown): void {
  const [path] = jsonPathsIn(value);
  if (path === undefined) return;
  problems.add(
    prop,
    `must not be a JSONPath reference, got ${path}: the states use JSONata. To change a setting for an execution, use the execution's input`,
  );
}

/** The JSONPath references in the tokens of a string or number. */
function jsonPathsIn(value: unknown): string[] {
  const tokens = typeof value === 'string' ? Tokenization.reverseString(value).tokens : [value];
  return tokens.flatMap((token) => sfn.FieldUtils.findReferencedPaths({ token }));
}

function join(prop: string, name: string): string {
  return prop === '' ? name : `${prop}.${name}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Whether a value is a plain object, not a list or a `Map`. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]';
}
