import { isArray, isObject, type Json } from '../json';
import type { Computed, ItemBatcher, ItemReader, MapState, QueryLanguage, StateGraph } from '../types';
import { takePath, takeTemplate } from './check-templates';
import type { Fields } from './fields';
import { parseComputed, parseFlow, parseNumber } from './parse-flow';
import type { GraphParser } from './parse-state-machine';

const COUNT = { min: 0, max: Number.MAX_SAFE_INTEGER };

/** Reads a Map state, without what it has in common with other states that handle errors. */
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
  const { mode, processor } = parseProcessor(fields, language, parser);
  const itemReader = parseItemReader(fields, language);
  const itemBatcher = parseItemBatcher(fields, language);
  if (mode === 'INLINE' && (itemReader || itemBatcher)) {
    fields.problem('ItemReader and ItemBatcher need the processing mode DISTRIBUTED');
  }
  const items = parseItems(fields, language, mode);
  if (items && itemReader) fields.problem('ItemReader cannot be used together with items of the input');
  // Parameters is what ItemSelector was called before.
  const legacySelector = language === 'JSONPath' && !fields.has('ItemSelector');
  return {
    type: 'Map',
    name,
    flow,
    mode,
    processor,
    label: fields.string('Label'),
    items,
    itemReader,
    itemBatcher,
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

function parseProcessor(
  fields: Fields,
  language: QueryLanguage,
  parser: GraphParser,
): { mode: MapState['mode']; processor: StateGraph } {
  // Iterator is what ItemProcessor was called before.
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
    config.problem('ExecutionType must be given for the mode DISTRIBUTED, and only for it');
  }
  config?.finish();
  const processor = parser.parseGraph(inner);
  inner.finish();
  return { mode, processor };
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

const DELIMITERS = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' } as const;

function parseItemReader(fields: Fields, language: QueryLanguage): ItemReader | undefined {
  const reader = fields.nested('ItemReader');
  if (!reader) return undefined;
  const resource = reader.requiredString('Resource');
  const lists = resource.endsWith(':s3:listObjectsV2');
  if (!lists && !resource.endsWith(':s3:getObject'))
    reader.problem(`'${resource}' is not supported`, 'Resource');
  const args: Json =
    takeTemplate(reader, language === 'JSONata' ? 'Arguments' : 'Parameters', language) ?? {};
  const config = reader.nested('ReaderConfig');
  const inputType = lists ? undefined : config?.oneOf('InputType', ['CSV', 'JSON', 'JSONL']);
  if (!lists && !config?.has('InputType'))
    reader.problem('InputType is required to read an object', 'ReaderConfig');
  const parsed: ItemReader = {
    resource,
    arguments: args,
    inputType,
    maxItems: config && parseNumber(config, 'MaxItems', language, COUNT),
    ...(config && inputType === 'CSV' ? parseCsvConfig(config) : { csvDelimiter: ',' }),
  };
  config?.finish();
  reader.finish();
  return parsed;
}

function parseCsvConfig(config: Fields): Pick<ItemReader, 'csvDelimiter' | 'csvHeaders'> {
  const headerLocation = config.oneOf('CSVHeaderLocation', ['FIRST_ROW', 'GIVEN']);
  if (!headerLocation) config.missing('CSVHeaderLocation');
  const delimiter = config.oneOf('CSVDelimiter', Object.keys(DELIMITERS) as (keyof typeof DELIMITERS)[]);
  const csvHeaders = config.strings('CSVHeaders');
  if ((headerLocation === 'GIVEN') !== (csvHeaders !== undefined)) {
    config.problem('CSVHeaders must be given where CSVHeaderLocation is GIVEN, and only there');
  }
  return { csvDelimiter: DELIMITERS[delimiter ?? 'COMMA'], csvHeaders };
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
