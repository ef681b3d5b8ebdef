import { runtimeError } from '../errors';
import { isArray, isObject, type Json, type JsonObject, jsonText } from '../json';
import { evaluatePath } from './evaluate-path';
import { INTRINSICS, IntrinsicFailure } from './intrinsics';
import { type IntrinsicArgument, type IntrinsicCall, isIntrinsic, parseIntrinsic } from './parse-intrinsic';
import { parsePath } from './parse-path';
import type { RootedPath } from './path';
import { referencePathConflict } from './reference-path';

/** The roots of paths. */
export interface PathRoots {
  readonly data: Json;
  readonly context: JsonObject;
  readonly variables: JsonObject;
  readonly random: () => number;
}

/** Suffix of payload template keys whose value is a path or an intrinsic function call. */
export const DYNAMIC_SUFFIX = '.$';

/** Evaluates a payload template: keys that end with `.$` contain paths or intrinsic function calls. */
export function fillTemplate(template: Json, roots: PathRoots): Json {
  if (isArray(template)) return template.map((item) => fillTemplate(item, roots));
  if (!isObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith(DYNAMIC_SUFFIX) && typeof value === 'string'
        ? [key.slice(0, -DYNAMIC_SUFFIX.length), resolve(value, key, roots, pastTheEnd)]
        : [key, fillTemplate(value, roots)],
    ),
  );
}

/**
 * Evaluates a path or an intrinsic function call.
 *
 * @param instead the value to use when a definite path matches nothing
 * @throws EvaluationError when a definite path matches nothing and `instead` is missing
 */
export function resolve(
  text: string,
  field: string,
  roots: PathRoots,
  instead: (path: RootedPath, roots: PathRoots) => Json | undefined = () => undefined,
): Json {
  if (isIntrinsic(text)) return runIntrinsic(text, parseIntrinsic(text), roots);
  const path = parsePath(text);
  const found = follow(path, roots);
  const value = found === undefined ? instead(path, roots) : found;
  if (value === undefined) {
    const input = jsonText(rootValue(path, roots) ?? null);
    throw runtimeError(
      `The JSONPath '${withinRoot(path)}' specified for the field '${field}' could not be found in the input '${input}'`,
    );
  }
  return value;
}

/** In payload templates, an index beyond the end of an array evaluates to null. */
function pastTheEnd(path: RootedPath, roots: PathRoots): Json | undefined {
  if (path.segments.at(-1)?.kind !== 'indexes') return undefined;
  const array = follow({ ...path, segments: path.segments.slice(0, -1) }, roots);
  return isArray(array) ? null : undefined;
}

/**
 * Formats a path as in AWS's messages, where paths into the context object begin with `$` instead of `$$`.
 */
function withinRoot({ root, text }: RootedPath): string {
  return root === 'context' ? text.slice(1) : text;
}

/** Evaluates the path of a field. @throws EvaluationError when a definite path matches nothing */
export function resolvePath(text: string, roots: PathRoots): Json {
  const path = parsePath(text);
  const value = follow(path, roots);
  if (value === undefined) throw runtimeError(`Invalid path '${text}' : ${whatIsMissing(path, roots)}`);
  return value;
}

/** Evaluates the reference path to a Map's items. @throws EvaluationError `States.ReferencePathConflict` */
export function takeReference(text: string, roots: PathRoots): Json {
  const path = parsePath(text);
  const value = follow(path, roots);
  if (value !== undefined) return value;
  const { segments } = path;
  const missing = segments.find(
    (_, i) => follow({ ...path, segments: segments.slice(0, i + 1) }, roots) === undefined,
  );
  const [step = text] =
    missing?.kind === 'names' ? missing.names : missing?.kind === 'indexes' ? missing.indexes : [];
  throw referencePathConflict(text, step, rootValue(path, roots) ?? null);
}

/** AWS's message for a definite path that matches nothing: the last step or an earlier one is missing. */
function whatIsMissing(path: RootedPath, roots: PathRoots): string {
  const { segments } = path;
  for (let length = 1; length < segments.length; length += 1) {
    const part = { ...path, segments: segments.slice(0, length) };
    const ofName = segments[length - 1]?.kind === 'names';
    if (ofName && follow(part, roots) === undefined) return `Missing property in path ${inBrackets(part)}`;
  }
  return `No results for path: ${inBrackets(path)}`;
}

/** A definite path in AWS's format, such as `$['a'][0]`. */
function inBrackets({ segments }: RootedPath): string {
  const steps = segments.map((s) => {
    if (s.kind === 'names') return `['${s.names.join("','")}']`;
    return s.kind === 'indexes' ? `[${s.indexes.join(',')}]` : '';
  });
  return `$${steps.join('')}`;
}

/** Evaluates a path; undefined when a definite path matches nothing. */
export function follow(path: RootedPath, roots: PathRoots): Json | undefined {
  const root = rootValue(path, roots);
  return root === undefined ? undefined : evaluatePath(path, root);
}

function rootValue(path: RootedPath, roots: PathRoots): Json | undefined {
  if (path.root === 'data') return roots.data;
  return path.root === 'context' ? roots.context : roots.variables[path.root.variable];
}

function runIntrinsic(text: string, call: IntrinsicCall, roots: PathRoots): Json {
  const args = call.arguments.map((argument, i) => argumentValue(text, call, argument, i, roots));
  try {
    return (INTRINSICS[call.name] as (typeof INTRINSICS)[string]).run(args, roots.random);
  } catch (error) {
    if (!(error instanceof IntrinsicFailure)) throw error;
    const reason = error.message || `Invalid arguments in ${call.name}`;
    throw runtimeError(`There was an error while evaluating the intrinsic function: ${text}. ${reason}`);
  }
}

function argumentValue(
  text: string,
  call: IntrinsicCall,
  argument: IntrinsicArgument,
  index: number,
  roots: PathRoots,
): Json {
  switch (argument.kind) {
    case 'literal':
      return argument.value;
    case 'text':
      // The template of States.Format keeps its backslashes: `\{` is not a placeholder.
      return call.name === 'States.Format' && index === 0
        ? argument.raw
        : argument.raw.replace(/\\([\s\S])/g, '$1');
    case 'call':
      return runIntrinsic(text, argument, roots);
    case 'path': {
      const value = follow(argument.path, roots);
      if (value !== undefined) return value;
      const { root } = argument.path;
      const input = jsonText((root === 'context' ? roots.data : rootValue(argument.path, roots)) ?? null);
      throw runtimeError(
        `The function '${text}' had the following error: The JsonPath argument for the field '${withinRoot(argument.path)}' could not be found in the input '${input}'`,
      );
    }
  }
}
