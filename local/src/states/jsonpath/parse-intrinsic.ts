import { INTRINSICS } from './intrinsics';
import { readPath } from './parse-path';
import type { RootedPath } from './path';
import { TextReader } from './text-reader';

/** A call to an intrinsic function, such as `States.Format('{}', $.name)`. */
export interface IntrinsicCall {
  readonly kind: 'call';
  readonly name: string;
  readonly arguments: readonly IntrinsicArgument[];
}

/** An argument. String literals keep their backslashes, because States.Format interprets them. */
export type IntrinsicArgument =
  | IntrinsicCall
  | { readonly kind: 'text'; readonly raw: string }
  | { readonly kind: 'literal'; readonly value: null | boolean | number }
  | { readonly kind: 'path'; readonly path: RootedPath };

const cache = new Map<string, IntrinsicCall>();

/** Whether a string is a call to an intrinsic function. */
export function isIntrinsic(text: string): boolean {
  return text.startsWith('States.');
}

/** Parses a call. @throws Error with the reason */
export function parseIntrinsic(text: string): IntrinsicCall {
  let call = cache.get(text);
  if (!call) {
    const reader = new TextReader(text);
    call = readCall(reader);
    reader.skipBlanks();
    if (!reader.atEnd) throw reader.unexpected();
    cache.set(text, call);
  }
  return call;
}

function readCall(reader: TextReader): IntrinsicCall {
  const name = reader.match(/States\.\w+/);
  if (!name) throw reader.unexpected();
  const intrinsic = INTRINSICS[name];
  if (!intrinsic) throw new Error(`The intrinsic function '${name}' does not exist`);
  reader.skipBlanks();
  reader.expect('(');
  reader.skipBlanks();
  const args: IntrinsicArgument[] = [];
  while (!reader.take(')')) {
    if (args.length > 0) reader.expect(',');
    args.push(readArgument(reader));
    reader.skipBlanks();
  }
  const [least, most] = intrinsic.arity;
  if (args.length < least || args.length > most) {
    throw new Error(`'${name}' does not take ${args.length} arguments`);
  }
  return { kind: 'call', name, arguments: args };
}

function readArgument(reader: TextReader): IntrinsicArgument {
  reader.skipBlanks();
  if (reader.peek('States.')) return readCall(reader);
  if (reader.peek('$')) return { kind: 'path', path: readPath(reader) };
  // AWS refuses to escape any other character.
  const quoted = reader.match(/'(?:[^'\\]|\\['{}\\])*'/);
  if (quoted !== undefined) return { kind: 'text', raw: quoted.slice(1, -1) };
  const word = reader.match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/);
  if (word === undefined) throw reader.unexpected();
  return { kind: 'literal', value: JSON.parse(word) as null | boolean | number };
}
