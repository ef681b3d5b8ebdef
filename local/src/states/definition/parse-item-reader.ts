import type { Json } from '../json';
import type { ItemFormat, ItemReader, QueryLanguage } from '../types';
import { takeRequest } from './check-templates';
import type { Fields } from './fields';
import { parseNumber, parseText } from './parse-flow';

const DELIMITERS = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' } as const;
const FORMATS = ['CSV', 'JSON', 'JSONL'] as const;

/** Maximum number of items that a distributed Map reads. */
const MOST_ITEMS = 100_000_000;

/**
 * Reads the source of a distributed Map's items: an S3 object, objects listed in a manifest, or a list of
 * objects.
 */
export function parseItemReader(fields: Fields, language: QueryLanguage): ItemReader | undefined {
  const reader = fields.nested('ItemReader');
  if (!reader) return undefined;
  const resource = reader.requiredString('Resource');
  const lists = resource.endsWith(':s3:listObjectsV2');
  if (!lists && !resource.endsWith(':s3:getObject'))
    reader.problem(`'${resource}' is not supported`, 'Resource');
  const args: Json = takeRequest(reader, language, lists ? ['Bucket', 'Prefix'] : ['Bucket', 'Key']) ?? {};
  const config = reader.nested('ReaderConfig');
  if (!lists && !config?.has('InputType') && !config?.has('ManifestType'))
    reader.problem('InputType is required to read an object', 'ReaderConfig');
  const parsed: ItemReader = {
    resource,
    arguments: args,
    ...(config && (lists ? parseListConfig(config, language) : parseObjectConfig(config, language))),
    maxItems: config && parseNumber(config, 'MaxItems', language, { min: 0, max: MOST_ITEMS }),
  };
  config?.finish();
  reader.finish();
  return parsed;
}

/**
 * Reads the configuration for a list of objects. The objects themselves are the items or, with
 * LOAD_AND_FLATTEN, files that contain the items.
 */
function parseListConfig(config: Fields, language: QueryLanguage): Pick<ItemReader, 'format'> {
  const transformation = config.oneOf('Transformation', ['NONE', 'LOAD_AND_FLATTEN']);
  if (transformation !== 'LOAD_AND_FLATTEN') return {};
  const inputType = config.oneOf('InputType', FORMATS);
  if (!config.has('InputType')) config.missing('InputType');
  return { format: inputType && parseFormat(config, inputType, language) };
}

function parseObjectConfig(config: Fields, language: QueryLanguage): Pick<ItemReader, 'format' | 'manifest'> {
  const inputType = config.oneOf('InputType', [...FORMATS, 'MANIFEST']);
  const manifestType = config.oneOf('ManifestType', ['S3_INVENTORY', 'ATHENA_DATA']);
  const manifest = manifestType ?? (inputType === 'MANIFEST' ? 'S3_INVENTORY' : undefined);
  if (manifest === 'S3_INVENTORY') {
    // The manifest contains the column names.
    if (inputType !== undefined && inputType !== 'MANIFEST')
      config.problem('InputType cannot be given for S3_INVENTORY, which is CSV', 'InputType');
    return { manifest, format: { inputType: 'CSV', csvDelimiter: ',' } };
  }
  if (inputType === 'MANIFEST' || (manifest && inputType === undefined)) {
    config.problem('ATHENA_DATA needs the InputType of the files: CSV or JSONL', 'InputType');
    return {};
  }
  if (manifest && inputType === 'JSON')
    config.problem('InputType JSON cannot be given for ATHENA_DATA', 'InputType');
  return { manifest, format: inputType && parseFormat(config, inputType, language) };
}

function parseFormat(
  config: Fields,
  inputType: ItemFormat['inputType'],
  language: QueryLanguage,
): ItemFormat {
  if (inputType === 'CSV') return { inputType, ...parseCsvConfig(config) };
  const itemsPointer = inputType === 'JSON' ? parseText(config, 'ItemsPointer', language) : undefined;
  if (itemsPointer?.kind === 'literal' && !String(itemsPointer.value).startsWith('/'))
    config.problem("A JSON Pointer must start with '/'", 'ItemsPointer');
  return { inputType, csvDelimiter: DELIMITERS.COMMA, itemsPointer };
}

function parseCsvConfig(config: Fields): Pick<ItemFormat, 'csvDelimiter' | 'csvHeaders'> {
  const headerLocation = config.oneOf('CSVHeaderLocation', ['FIRST_ROW', 'GIVEN']);
  if (!headerLocation) config.missing('CSVHeaderLocation');
  const delimiter = config.oneOf('CSVDelimiter', Object.keys(DELIMITERS) as (keyof typeof DELIMITERS)[]);
  const csvHeaders = config.strings('CSVHeaders');
  if ((headerLocation === 'GIVEN') !== (csvHeaders !== undefined)) {
    config.problem('CSVHeaders is required if CSVHeaderLocation is GIVEN, and not allowed otherwise');
  }
  return { csvDelimiter: DELIMITERS[delimiter ?? 'COMMA'], csvHeaders };
}
