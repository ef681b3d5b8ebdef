import { isArray, isObject } from '../json';
import type { Computed, ItemBatcher, MapState, QueryLanguage } from '../types';
import { checkExpress } from './check-graphs';
import { takePath, takeTemplate } from './check-templates';
import type { Fields } from './fields';
import type { GraphParser } from './graph-parser';
import { parseComputed, parseFlow, parseNumber } from './parse-flow';
import { parseItemReader } from './parse-item-reader';
import { parseResultWriter } from './parse-result-writer';

const COUNT = { min: 0, max: Number.MAX_SAFE_INTEGER };

/** Reads the fields of a Map state, except those common to all states that handle errors. */
export function parseMap(
  name: string,
  fields: Fields,
  language: QueryLanguage,
  parser: GraphParser,
): Omit<MapState, 'retry' | 'catch' | 'next'> {
  const flow = parseFlow(fields, language, {
    paths: true,
    resultSelector: true,
    resultPath: true,
    assign: true,
    produced: 'result',
  });
  const { mode, childType, processor } = parseProcessor(fields, language, parser);
  const itemReader = parseItemReader(fields, language);
  const itemBatcher = parseItemBatcher(fields, language);
  const resultWriter = parseResultWriter(fields, language);
  if (mode === 'INLINE' && (itemReader || itemBatcher || resultWriter)) {
    fields.problem('ItemReader, ItemBatcher and ResultWriter need the processing mode DISTRIBUTED');
  }
  const items = parseItems(fields, language, mode);
  // AWS accepts an ItemsPath next to an ItemReader, and ignores it.
  if (items && itemReader && language === 'JSONata') {
    fields.problem('Items cannot be given together with an ItemReader', 'Items');
  }
  // Parameters is the old name of ItemSelector.
  const legacySelector = language === 'JSONPath' && !fields.has('ItemSelector');
  return {
    type: 'Map',
    name,
    flow,
    mode,
    childType,
    processor,
    label: parseLabel(fields),
    items: itemReader ? undefined : items,
    itemReader,
    itemBatcher,
    resultWriter,
    itemSelector: takeTemplate(fields, legacySelector ? 'Parameters' : 'ItemSelector', language),
    maxConcurrency: parseNumber(fields, 'MaxConcurrency', language, COUNT),
    toleratedFailureCount: parseNumber(fields, 'ToleratedFailureCount', language, COUNT),
    toleratedFailurePercentage: parseNumber(fields, 'ToleratedFailurePercentage', language, {
      min: 0,
      max: 100,
      fraction: true,
    }),
  };
}

/** The label is part of the ARNs of the Map Run and its child executions. */
function parseLabel(fields: Fields): string | undefined {
  const label = fields.string('Label');
  if (label !== undefined && (label.length > 40 || /[\s?*<>{}[\]:;,\\|^~$#%&`"\p{Cc}]/u.test(label))) {
    fields.problem(
      'A label has at most 40 characters, and no white space, wildcards, brackets or other special characters',
      'Label',
    );
  }
  return label;
}

function parseProcessor(
  fields: Fields,
  language: QueryLanguage,
  parser: GraphParser,
): Pick<MapState, 'mode' | 'childType' | 'processor'> {
  // Iterator is the old name of ItemProcessor.
  const member = language === 'JSONPath' && fields.has('Iterator') ? 'Iterator' : 'ItemProcessor';
  const inner = fields.nested(member);
  if (!inner) {
    if (!fields.has(member)) fields.missing(member);
    return { mode: 'INLINE', processor: { startAt: '', states: new Map() } };
  }
  const config = inner.nested('ProcessorConfig');
  const mode = config?.oneOf('Mode', ['INLINE', 'DISTRIBUTED']) ?? 'INLINE';
  const executionType = config?.oneOf('ExecutionType', ['STANDARD', 'EXPRESS']);
  if (config && (mode === 'DISTRIBUTED') !== (executionType !== undefined)) {
    config.problem('ExecutionType is required for the mode DISTRIBUTED, and not allowed otherwise');
  }
  config?.finish();
  const processor = parser.parseGraph(inner);
  inner.finish();
  if (executionType === 'EXPRESS')
    checkExpress(processor, '', (message, at) => inner.problem(message, at.slice(1)));
  return { mode, childType: executionType, processor };
}

function parseItems(fields: Fields, language: QueryLanguage, mode: MapState['mode']): Computed | undefined {
  if (language === 'JSONPath') {
    const path = takePath(fields, 'ItemsPath');
    return path === undefined ? undefined : { kind: 'path', field: 'ItemsPath', path };
  }
  const items = parseComputed(fields, 'Items', language, (value) =>
    isArray(value) || (mode === 'DISTRIBUTED' && isObject(value))
      ? undefined
      : 'an array or a JSONata expression',
  );
  if (items?.kind === 'literal') takeTemplate(fields, 'Items', language);
  return items;
}

function parseItemBatcher(fields: Fields, language: QueryLanguage): ItemBatcher | undefined {
  const batcher = fields.nested('ItemBatcher');
  if (!batcher) return undefined;
  const parsed = {
    maxItemsPerBatch: parseNumber(batcher, 'MaxItemsPerBatch', language, { ...COUNT, min: 1 }),
    maxInputBytesPerBatch: parseNumber(batcher, 'MaxInputBytesPerBatch', language, { min: 1, max: 262_144 }),
    batchInput: takeTemplate(batcher, 'BatchInput', language),
  };
  if (!parsed.maxItemsPerBatch && !parsed.maxInputBytesPerBatch) {
    batcher.problem('MaxItemsPerBatch or MaxInputBytesPerBatch is required');
  }
  batcher.finish();
  return parsed;
}
