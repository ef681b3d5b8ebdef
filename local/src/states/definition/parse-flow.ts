import { isObject, type Json, type JsonObject, numberIn } from '../json';
import type { Produced } from '../jsonata/check-expression';
import { expressionSource } from '../jsonata/expression';
import type { Computed, DataFlow, QueryLanguage } from '../types';
import { refuseExpression, takeOptionalPath, takePath, takeTemplate } from './check-templates';
import type { Bounds, Fields } from './fields';

/** The data flow fields that a state, a rule or a catcher supports, in addition to Output or OutputPath. */
export interface FlowFields {
  /** Arguments or Parameters. */
  readonly arguments?: boolean;
  /** InputPath and OutputPath (JSONPath). */
  readonly paths?: boolean;
  /** ResultSelector (JSONPath). */
  readonly resultSelector?: boolean;
  /** ResultPath (JSONPath). */
  readonly resultPath?: boolean;
  readonly assign?: boolean;
  /** Output (JSONata). @default true */
  readonly output?: boolean;
  /** The member that `$states` has in Output and Assign, in addition to `input` and `context`. */
  readonly produced?: Produced;
  readonly locationPrefix?: string;
}

/** Reads the fields for input and output processing. */
export function parseFlow(fields: Fields, language: QueryLanguage, has: FlowFields): DataFlow {
  const assign = has.assign ? parseAssign(fields, language, has.produced) : undefined;
  if (language === 'JSONata') {
    return {
      language,
      arguments: has.arguments ? takeTemplate(fields, 'Arguments', language) : undefined,
      output: has.output === false ? undefined : takeTemplate(fields, 'Output', language, has.produced),
      assign,
      locationPrefix: has.locationPrefix ?? '',
    };
  }
  return {
    language,
    inputPath: has.paths ? takeOptionalPath(fields, 'InputPath') : '$',
    parameters: has.arguments ? takeTemplate(fields, 'Parameters', language) : undefined,
    resultSelector: has.resultSelector ? takeTemplate(fields, 'ResultSelector', language) : undefined,
    resultPath: has.resultPath ? takeOptionalPath(fields, 'ResultPath') : '$',
    outputPath: has.paths ? takeOptionalPath(fields, 'OutputPath') : '$',
    assign,
  };
}

const VARIABLE_NAME = /^\p{ID_Start}\p{ID_Continue}*$/u;

function parseAssign(fields: Fields, language: QueryLanguage, produced?: Produced): JsonObject | undefined {
  const assign = takeTemplate(fields, 'Assign', language, produced);
  if (assign === undefined) return undefined;
  if (!isObject(assign)) {
    fields.problem("The field 'Assign' must be an object", 'Assign');
    return undefined;
  }
  for (const key of Object.keys(assign)) {
    const name = language === 'JSONPath' ? key.replace(/\.\$$/, '') : key;
    if (name === 'states') fields.problem("The variable name 'states' is reserved", `Assign/${key}`);
    else if (!VARIABLE_NAME.test(name) || name.length > 80) {
      fields.problem(`'${name}' is not a valid variable name`, `Assign/${key}`);
    }
  }
  return assign;
}

/** Reads a number: a literal, a JSONata expression, or (JSONPath) a path in the field `<name>Path`. */
export function parseNumber(
  fields: Fields,
  name: string,
  language: QueryLanguage,
  bounds: Bounds & { readonly fraction?: boolean },
): Computed | undefined {
  return parseComputed(fields, name, language, (value) => {
    const number = numberIn(value) ?? Number.NaN;
    const fits = bounds.fraction || Number.isInteger(number);
    if (fits && number >= bounds.min && number <= bounds.max) return undefined;
    return `a ${bounds.fraction ? '' : 'whole '}number between ${bounds.min} and ${bounds.max}`;
  });
}

/** Reads a string: a literal, a JSONata expression, or (JSONPath) a path in the field `<name>Path`. */
export function parseText(fields: Fields, name: string, language: QueryLanguage): Computed | undefined {
  return parseComputed(fields, name, language, (value) =>
    typeof value === 'string' ? undefined : 'a string',
  );
}

/**
 * Reads a field that is a literal or computed.
 *
 * @param expected returns a description of the allowed literals if the literal is invalid
 */
export function parseComputed(
  fields: Fields,
  name: string,
  language: QueryLanguage,
  expected: (literal: Json) => string | undefined,
): Computed | undefined {
  if (language === 'JSONPath' && fields.has(`${name}Path`)) {
    if (fields.take(name) !== undefined)
      fields.problem(`Only one of '${name}' and '${name}Path' may be given`, name);
    const field = `${name}Path`;
    const path = takePath(fields, field, { intrinsics: name === 'Error' || name === 'Cause' });
    return path === undefined ? undefined : { kind: 'path', field, path };
  }
  const value = fields.take(name);
  if (value === undefined) return undefined;
  const expression =
    language === 'JSONata' && typeof value === 'string' ? expressionSource(value) : undefined;
  if (expression !== undefined) {
    refuseExpression(fields, expression, name);
    return { kind: 'expression', field: name, expression };
  }
  const other = expected(value);
  if (other) fields.problem(`The field '${name}' must be ${other}`, name);
  return { kind: 'literal', field: name, value };
}
