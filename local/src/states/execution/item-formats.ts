import { isArray, isObject, type Json, parseExact, typeName } from '../json';
import { parseCsv } from './csv';

/** Thrown when items cannot be read from the content of an object. */
export class UnreadableItems extends Error {}

/** The format of an object's content. */
export interface ContentFormat {
  readonly inputType: 'CSV' | 'JSON' | 'JSONL';
  readonly csvDelimiter: string;
  /** Column names. Without them, the first row contains the names. */
  readonly csvHeaders?: readonly string[];
  /** JSON pointer (RFC 6901) to the items in a JSON document. */
  readonly itemsPointer?: string;
}

/**
 * Reads the items from the content of an S3 object. Returns an array of items or, for JSON, possibly an object whose
 * members are the items.
 *
 * @throws UnreadableItems when the content does not have this format
 */
export function readContent(text: string, format: ContentFormat): Json {
  switch (format.inputType) {
    case 'CSV': {
      const rows = parseRows(text, format.csvDelimiter);
      const headers = format.csvHeaders ?? rows.shift() ?? [];
      return rows.map((row) => Object.fromEntries(headers.map((header, i) => [header, row[i] ?? ''])));
    }
    case 'JSONL':
      return text
        .split(/\r?\n/)
        .filter((line) => line.trim() !== '')
        .map(parseJson);
    case 'JSON': {
      const document = parseJson(text);
      const value = format.itemsPointer === undefined ? document : pointTo(document, format.itemsPointer);
      if (isArray(value) || isObject(value)) return value;
      throw new UnreadableItems('Attempting to map over non-iterable node.');
    }
  }
}

/** @throws UnreadableItems when the content is not valid CSV */
function parseRows(text: string, delimiter: string): string[][] {
  try {
    return parseCsv(text, delimiter);
  } catch (error) {
    throw new UnreadableItems(`The item reader's content is not valid CSV: ${(error as Error).message}`);
  }
}

/** @throws UnreadableItems when the content is not valid JSON */
export function parseJson(text: string): Json {
  try {
    return parseExact(text);
  } catch (error) {
    throw new UnreadableItems(`The item reader's content is not valid JSON: ${(error as Error).message}`);
  }
}

function pointTo(document: Json, pointer: string): Json {
  if (pointer !== '' && !pointer.startsWith('/')) {
    throw new UnreadableItems(`The ItemsPointer '${pointer}' is not a JSON pointer: it must begin with '/'.`);
  }
  let value: Json = document;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const found: Json | undefined =
      isArray(value) && /^(?:0|[1-9]\d*)$/.test(key)
        ? value[Number(key)]
        : isObject(value) && Object.hasOwn(value, key)
          ? value[key]
          : undefined;
    if (found === undefined) {
      throw new UnreadableItems(`The ItemsPointer '${pointer}' finds no '${key}' in the ${typeName(value)}.`);
    }
    value = found;
  }
  return value;
}
