import { isObject } from '../json';
import { parseTimestamp } from '../timestamp';
import type { QueryLanguage, State, StateGraph, WaitState } from '../types';
import { takeTemplate } from './check-templates';
import type { Fields } from './fields';
import type { GraphParser } from './graph-parser';
import { parseChoice } from './parse-choice';
import { parseCatch, parseRetry } from './parse-error-handling';
import { parseFlow, parseNumber, parseText } from './parse-flow';
import { parseMap } from './parse-map';

const TYPES: readonly State['type'][] = [
  'Task',
  'Pass',
  'Choice',
  'Wait',
  'Parallel',
  'Map',
  'Succeed',
  'Fail',
];

/** Allowed values of fields that contain a number of seconds. */
const SECONDS = { min: 1, max: 99_999_999 };

/** Reads a state; undefined if its type is unknown. */
export function parseState(
  name: string,
  fields: Fields,
  language: QueryLanguage,
  parser: GraphParser,
): State | undefined {
  fields.string('Comment');
  if (!fields.has('Type')) fields.missing('Type');
  const type = fields.oneOf('Type', TYPES);
  if (!type) return undefined;
  const state = parseType(type, name, fields, language, parser);
  fields.finish(`is not supported in a ${type} state with the query language ${language}`);
  return state;
}

function parseType(
  type: State['type'],
  name: string,
  fields: Fields,
  language: QueryLanguage,
  parser: GraphParser,
): State {
  switch (type) {
    case 'Task':
      return parseTask(name, fields, language);
    case 'Pass': {
      const flow = parseFlow(fields, language, {
        arguments: language === 'JSONPath',
        paths: true,
        resultPath: true,
        assign: true,
      });
      // AWS treats null like a missing Result.
      const result = (language === 'JSONPath' ? fields.take('Result') : undefined) ?? undefined;
      return { type, name, flow, result, next: parseNext(fields) };
    }
    case 'Choice':
      return parseChoice(name, fields, language);
    case 'Wait': {
      const flow = parseFlow(fields, language, { paths: true, assign: true });
      return { type, name, flow, until: parseUntil(fields, language), next: parseNext(fields) };
    }
    case 'Parallel': {
      const flow = parseFlow(fields, language, RESULT_FLOW);
      const branches = fields.list('Branches').map((branch) => parseInner(branch, parser));
      if (!fields.has('Branches')) fields.missing('Branches');
      return { type, name, flow, branches, ...parseErrorHandling(fields, language), next: parseNext(fields) };
    }
    case 'Map':
      return {
        ...parseMap(name, fields, language, parser),
        ...parseErrorHandling(fields, language),
        next: parseNext(fields),
      };
    case 'Succeed':
      return { type, name, flow: parseFlow(fields, language, { paths: true }) };
    case 'Fail': {
      const flow = parseFlow(fields, language, { output: false });
      return {
        type,
        name,
        flow,
        error: parseText(fields, 'Error', language),
        cause: parseText(fields, 'Cause', language),
      };
    }
  }
}

/** The data flow fields of states that produce a result. */
const RESULT_FLOW = {
  arguments: true,
  paths: true,
  resultSelector: true,
  resultPath: true,
  assign: true,
  produced: 'result',
} as const;

function parseTask(name: string, fields: Fields, language: QueryLanguage): State {
  const resource = fields.requiredString('Resource');
  if (fields.has('Resource') && !resource.startsWith('arn:'))
    fields.problem('Value is not a valid resource ARN', 'Resource');
  const timeoutSeconds = parseNumber(fields, 'TimeoutSeconds', language, SECONDS);
  const heartbeatSeconds = parseNumber(fields, 'HeartbeatSeconds', language, SECONDS);
  if (timeoutSeconds?.kind === 'literal' && heartbeatSeconds?.kind === 'literal') {
    if (Number(heartbeatSeconds.value) >= Number(timeoutSeconds.value)) {
      fields.problem('HeartbeatSeconds must be smaller than TimeoutSeconds', 'HeartbeatSeconds');
    }
  }
  const credentials = takeTemplate(fields, 'Credentials', language);
  if (credentials !== undefined && !isObject(credentials)) {
    fields.problem("The field 'Credentials' must be an object", 'Credentials');
  }
  return {
    type: 'Task',
    name,
    flow: parseFlow(fields, language, RESULT_FLOW),
    resource,
    timeoutSeconds,
    heartbeatSeconds,
    credentials,
    ...parseErrorHandling(fields, language),
    next: parseNext(fields),
  };
}

function parseErrorHandling(fields: Fields, language: QueryLanguage) {
  return { retry: parseRetry(fields), catch: parseCatch(fields, language) };
}

/** Reads Next or End; exactly one of them is required. */
function parseNext(fields: Fields): string | undefined {
  const next = fields.string('Next');
  const end = fields.boolean('End') ?? false;
  if (end === (next !== undefined)) fields.problem("Exactly one of 'Next' and 'End' must be given");
  return next;
}

function parseUntil(fields: Fields, language: QueryLanguage): WaitState['until'] {
  const seconds = parseNumber(fields, 'Seconds', language, { min: 0, max: SECONDS.max });
  const timestamp = parseText(fields, 'Timestamp', language);
  if ((seconds === undefined) === (timestamp === undefined)) {
    fields.problem('Exactly one of the fields for seconds and for a timestamp must be given');
  }
  if (timestamp?.kind === 'literal' && parseTimestamp(String(timestamp.value)) === undefined) {
    fields.problem('String does not match RFC3339 timestamp', 'Timestamp');
  }
  return timestamp
    ? { kind: 'timestamp', value: timestamp }
    : { kind: 'seconds', value: seconds ?? { kind: 'literal', field: 'Seconds', value: 0 } };
}

/** Reads the graph of a branch. */
function parseInner(fields: Fields, parser: GraphParser): StateGraph {
  const graph = parser.parseGraph(fields);
  fields.finish();
  return graph;
}
