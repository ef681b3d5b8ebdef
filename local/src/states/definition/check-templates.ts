import { isArray, isObject, type Json } from '../json';
import { checkExpression, type Produced } from '../jsonata/check-expression';
import { eachExpression } from '../jsonata/template';
import { isIntrinsic, parseIntrinsic } from '../jsonpath/parse-intrinsic';
import { parsePath, referenceSteps } from '../jsonpath/parse-path';
import { DYNAMIC_SUFFIX } from '../jsonpath/template';
import type { QueryLanguage } from '../types';
import type { Fields } from './fields';

/** Reads a payload and checks the expressions in it. */
export function takeTemplate(
  fields: Fields,
  name: string,
  language: QueryLanguage,
  produced?: Produced,
): Json | undefined {
  const template = fields.take(name);
  if (template === undefined) return undefined;
  if (language === 'JSONata') {
    eachExpression(template, name, (source, location) =>
      refuseExpression(fields, source, location, produced),
    );
  } else checkPayload(fields, template, name);
  return template;
}

/** Reads the arguments of a call that a Map makes itself, and refuses those that are not supported. */
export function takeRequest(
  fields: Fields,
  language: QueryLanguage,
  supported: readonly string[],
): Json | undefined {
  const name = language === 'JSONata' ? 'Arguments' : 'Parameters';
  const request = takeTemplate(fields, name, language);
  for (const key of isObject(request) ? Object.keys(request) : []) {
    const argument = language === 'JSONPath' && key.endsWith(DYNAMIC_SUFFIX) ? key.slice(0, -2) : key;
    if (!supported.includes(argument))
      fields.problem(`The argument '${argument}' is not supported: only ${supported.join(', ')}`, name);
  }
  return request;
}

/** Notes what CreateStateMachine refuses in an expression. */
export function refuseExpression(
  fields: Fields,
  source: string,
  location: string,
  produced?: Produced,
): void {
  for (const { code, message } of checkExpression(source, produced)) fields.problem(message, location, code);
}

/** Reads a path, or where it may be one, a call of an intrinsic function. */
export function takePath(fields: Fields, name: string, { intrinsics = false } = {}): string | undefined {
  const text = fields.string(name);
  if (text === undefined) return undefined;
  checkPath(fields, text, name, intrinsics);
  return text;
}

/** Reads InputPath, OutputPath or ResultPath, which may be null. */
export function takeOptionalPath(fields: Fields, name: string): string | null {
  if (fields.take(name) === null) return null;
  const text = takePath(fields, name) ?? '$';
  if (name === 'ResultPath' && isReadable(text) && !referenceSteps(parsePath(text))) {
    fields.problem(`The value '${text}' is not a reference path`, name, 'INVALID_JSON_PATH');
  }
  return text;
}

function isReadable(path: string): boolean {
  try {
    parsePath(path);
    return true;
  } catch {
    return false;
  }
}

function checkPayload(fields: Fields, template: Json, location: string): void {
  if (isArray(template)) {
    for (const [i, item] of template.entries()) checkPayload(fields, item, `${location}[${i}]`);
  } else if (isObject(template)) {
    for (const [key, value] of Object.entries(template)) {
      const inner = `${location}/${key}`;
      if (Object.hasOwn(template, `${key}${DYNAMIC_SUFFIX}`))
        fields.problem(`The field '${key}' is given twice, with and without '${DYNAMIC_SUFFIX}'`, inner);
      if (!key.endsWith(DYNAMIC_SUFFIX)) checkPayload(fields, value, inner);
      else if (typeof value === 'string') checkPath(fields, value, inner, true);
      else
        fields.problem(
          `The value for the field '${key}' must be a valid JSONPath or intrinsic function call`,
          inner,
        );
    }
  }
}

function checkPath(fields: Fields, text: string, location: string, intrinsics: boolean): void {
  try {
    if (intrinsics && isIntrinsic(text)) parseIntrinsic(text);
    else parsePath(text);
  } catch (error) {
    fields.problem((error as Error).message, location, 'INVALID_JSON_PATH');
  }
}
