import { isArray, isObject, type Json } from '../json';
import { checkExpression, type Produced } from '../jsonata/check-expression';
import { eachExpression } from '../jsonata/template';
import { isIntrinsic, parseIntrinsic } from '../jsonpath/parse-intrinsic';
import { parsePath, referenceSteps } from '../jsonpath/parse-path';
import { DYNAMIC_SUFFIX } from '../jsonpath/template';
import type { QueryLanguage } from '../types';
import type { Fields } from './fields';

/** Reads a payload template and checks its expressions. */
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

/** Reads the arguments of an ItemReader's or ResultWriter's call, and refuses unsupported arguments. */
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

/** Reports the problems for which CreateStateMachine would refuse an expression. */
export function refuseExpression(
  fields: Fields,
  source: string,
  location: string,
  produced?: Produced,
): void {
  for (const { code, message } of checkExpression(source, produced)) fields.problem(message, location, code);
}

/** Reads a path or, if allowed, an intrinsic function call. */
export function takePath(fields: Fields, name: string, { intrinsics = false } = {}): string | undefined {
  const text = fields.string(name);
  if (text === undefined) return undefined;
  const problem = pathProblem(text, intrinsics);
  if (problem !== undefined) fields.problem(`Value is not a valid JSONPath (${problem})`, name);
  return text;
}

/** Reads InputPath, OutputPath or ResultPath, which can be null. */
export function takeOptionalPath(fields: Fields, name: string): string | null {
  if (fields.take(name) === null) return null;
  const text = takePath(fields, name) ?? '$';
  if (name === 'ResultPath' && pathProblem(text, false) === undefined && !referenceSteps(parsePath(text))) {
    fields.problem('Value is not a Reference Path', name);
  }
  return text;
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
      else {
        const problem = typeof value === 'string' ? pathProblem(value, true) : 'it is not a string';
        if (problem !== undefined) {
          const allowed = 'a valid JSONPath or a valid intrinsic function call';
          fields.problem(`The value for the field '${key}' must be ${allowed} (${problem})`, location);
        }
      }
    }
  }
}

/** Describes what is wrong with a path or an intrinsic function call. */
function pathProblem(text: string, intrinsics: boolean): string | undefined {
  try {
    if (intrinsics && isIntrinsic(text)) parseIntrinsic(text);
    else parsePath(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
