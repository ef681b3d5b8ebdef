import type { Filter, JsonPath, Operand } from './path';
import type { TextReader } from './text-reader';

/** Reads the path after `@`. */
type ReadItemPath = (reader: TextReader) => JsonPath;

/**
 * Reads the filter after `?`: `(@.price < 10 && @.tag == 'a')`, with or without parentheses. The States
 * Language supports no regular expressions, no operators that are words, and no comparisons between two paths
 * (developer guide, Paths).
 */
export function parseFilter(reader: TextReader, readItemPath: ReadItemPath): Filter {
  let left = readConjunction(reader, readItemPath);
  while (takeToken(reader, '||')) left = { kind: 'or', left, right: readConjunction(reader, readItemPath) };
  return left;
}

function readConjunction(reader: TextReader, readItemPath: ReadItemPath): Filter {
  let left = readTerm(reader, readItemPath);
  while (takeToken(reader, '&&')) left = { kind: 'and', left, right: readTerm(reader, readItemPath) };
  return left;
}

function readTerm(reader: TextReader, readItemPath: ReadItemPath): Filter {
  if (takeToken(reader, '!')) return { kind: 'not', filter: readTerm(reader, readItemPath) };
  if (takeToken(reader, '(')) {
    const filter = parseFilter(reader, readItemPath);
    reader.skipBlanks();
    reader.expect(')');
    return filter;
  }
  const left = readOperand(reader, readItemPath);
  const operator = ['==', '!=', '<=', '>=', '<', '>'].find((token) => takeToken(reader, token));
  if (operator) {
    const right = readOperand(reader, readItemPath);
    if (left.kind === 'item' && right.kind === 'item') throw reader.unexpected();
    return { kind: 'compare', operator, left, right };
  }
  if (left.kind === 'literal') throw reader.unexpected();
  return { kind: 'exists', operand: left };
}

function readOperand(reader: TextReader, readItemPath: ReadItemPath): Operand {
  reader.skipBlanks();
  if (reader.take('@')) return { kind: 'item', path: readItemPath(reader) };
  if (reader.peek("'") || reader.peek('"')) return { kind: 'literal', value: reader.quoted() };
  const word = reader.match(/true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/);
  if (word === undefined) throw reader.unexpected();
  return { kind: 'literal', value: JSON.parse(word) as null | boolean | number };
}

function takeToken(reader: TextReader, token: string): boolean {
  reader.skipBlanks();
  return reader.take(token);
}
