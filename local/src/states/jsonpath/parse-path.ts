import { parseFilter } from './parse-filter';
import { isDefinite, type JsonPath, type RootedPath, type Segment } from './path';
import { TextReader } from './text-reader';

const cache = new Map<string, RootedPath>();

/**
 * Parses a complete path such as `$.a[0]`, `$$.Execution.Id` or `$variable.b`. @throws Error with the reason
 */
export function parsePath(text: string): RootedPath {
  let path = cache.get(text);
  if (!path) {
    const reader = new TextReader(text);
    path = readPath(reader);
    if (!reader.atEnd) throw reader.unexpected();
    cache.set(text, path);
  }
  return path;
}

/** Reads the path at the current position and stops after it. */
export function readPath(reader: TextReader): RootedPath {
  const start = reader.mark();
  reader.expect('$');
  const root = reader.take('$') ? 'context' : rootVariable(reader);
  const path = readSegments(reader);
  return { root, ...path, text: reader.since(start) };
}

/** Reads the segments after `$` or `@`. */
export function readSegments(reader: TextReader): JsonPath {
  const segments: Segment[] = [];
  for (;;) {
    if (reader.take('..')) {
      segments.push({ kind: 'descendants' });
      segments.push(reader.peek('[') ? readBrackets(reader) : readMember(reader));
    } else if (reader.take('.')) segments.push(reader.peek('[') ? readBrackets(reader) : readMember(reader));
    else if (reader.peek('[')) segments.push(readBrackets(reader));
    else return { segments, definite: isDefinite(segments) };
  }
}

/**
 * The steps of a reference path, which is a path at which a value can be set.
 *
 * @returns undefined if the path can match several values or does not start at the data
 */
export function referenceSteps(path: RootedPath): (string | number)[] | undefined {
  const single = path.segments.every(
    (s) => s.kind !== 'function' && (s.kind !== 'names' || s.names.length === 1),
  );
  if (path.root !== 'data' || !path.definite || !single) return undefined;
  return path.segments.flatMap((s): readonly (string | number)[] =>
    s.kind === 'names' ? s.names : s.kind === 'indexes' ? s.indexes : [],
  );
}

function rootVariable(reader: TextReader): RootedPath['root'] {
  const name = reader.match(/[\p{ID_Start}_][\p{ID_Continue}]*/u);
  return name ? { variable: name } : 'data';
}

function readMember(reader: TextReader): Segment {
  if (reader.take('*')) return { kind: 'wildcard' };
  const raw = reader.match(MEMBER);
  if (!raw) throw reader.unexpected();
  // AWS accepts `$.list.sum()` as a path that matches nothing at run time.
  if (reader.match(/\(\s*\)/) !== undefined) return { kind: 'function' };
  return { kind: 'names', names: [raw.replace(ESCAPED, escapedCharacter)] };
}

/** An unquoted name. A backslash escapes special characters, as in the States Language. */
const MEMBER = /(?:\\u[0-9A-Fa-f]{4}|\\[\s\S]|&(?!&)|\|(?!\|)|[^\s.[\](){},'"*?=<>!&|\\])+/u;
const ESCAPED = /\\(?:u([0-9A-Fa-f]{4})|([\s\S]))/gu;

function escapedCharacter(_: string, code: string | undefined, character: string | undefined): string {
  return code === undefined ? (character ?? '') : String.fromCharCode(Number.parseInt(code, 16));
}

function readBrackets(reader: TextReader): Segment {
  reader.expect('[');
  reader.skipBlanks();
  const segment = readSelector(reader);
  reader.skipBlanks();
  reader.expect(']');
  return segment;
}

function readSelector(reader: TextReader): Segment {
  if (reader.take('*')) return { kind: 'wildcard' };
  if (reader.take('?')) return { kind: 'filter', filter: parseFilter(reader, readSegments) };
  if (reader.peek("'") || reader.peek('"')) {
    return { kind: 'names', names: readList(reader, () => reader.quoted()) };
  }
  const start = reader.integer();
  if (reader.take(':')) {
    const end = reader.integer();
    const step = reader.take(':') ? reader.integer() : undefined;
    if (step !== undefined && step < 1) throw new Error('The step of an array slice must be positive');
    return { kind: 'slice', start, end, step: step ?? 1 };
  }
  if (start === undefined) throw reader.unexpected();
  const more = () => {
    const index = reader.integer();
    if (index === undefined) throw reader.unexpected();
    return index;
  };
  reader.skipBlanks();
  return { kind: 'indexes', indexes: [start, ...(reader.take(',') ? readList(reader, more) : [])] };
}

function readList<T>(reader: TextReader, readItem: () => T): T[] {
  const items: T[] = [];
  do {
    reader.skipBlanks();
    items.push(readItem());
    reader.skipBlanks();
  } while (reader.take(','));
  return items;
}
