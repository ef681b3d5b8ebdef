import { StatesError } from '../errors';
import { isArray, isObject, type Json } from '../json';
import type { ItemReader, MapState } from '../types';
import { computeInteger } from './computed-number';
import { parseCsv } from './csv';
import { fill } from './data-flow';
import type { Visit } from './run-graph';

/** Reads a distributed Map's items: an array, or an object whose members are the items. */
export async function readItems(reader: ItemReader, state: MapState, { frame, scope }: Visit): Promise<Json> {
  const read = frame.services.readItems;
  if (!read) throw failure(`There is nothing that reads '${reader.resource}' here.`);
  const args = await fill(reader.arguments, 'ItemReader/Arguments', state.flow, scope);
  let content: string | readonly Json[];
  try {
    content = await read({
      resource: reader.resource,
      arguments: args,
      stateName: state.name,
      signal: frame.signal,
    });
  } catch (error) {
    if (error instanceof StatesError) throw failure(error.cause ?? error.message);
    throw error;
  }
  const items = typeof content === 'string' ? parse(content, reader) : content;
  const most = reader.maxItems && (await computeInteger(reader.maxItems, state.flow, scope));
  return most && isArray(items) ? items.slice(0, most) : items;
}

function parse(text: string, reader: ItemReader): Json {
  switch (reader.inputType) {
    case 'CSV': {
      const rows = parseCsv(text, reader.csvDelimiter);
      const headers = reader.csvHeaders ?? rows.shift() ?? [];
      return rows.map((row) => Object.fromEntries(headers.map((header, i) => [header, row[i] ?? ''])));
    }
    case 'JSONL':
      return text
        .split(/\r?\n/)
        .filter((line) => line.trim() !== '')
        .map(parseJson);
    default: {
      const value = parseJson(text);
      if (isArray(value) || isObject(value)) return value;
      throw failure('Attempting to map over non-iterable node.');
    }
  }
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw failure(`The item reader's content is not valid JSON: ${(error as Error).message}`);
  }
}

function failure(cause: string): StatesError {
  return new StatesError('States.ItemReaderFailed', cause);
}
