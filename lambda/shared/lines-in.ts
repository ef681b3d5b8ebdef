import type { Readable } from 'node:stream';

/**
 * Reads the lines of a UTF-8 stream, one at a time. Only a line feed ends a line. A carriage return before the line
 * feed stays in the line, and `JSON.parse` ignores it.
 *
 * `node:readline` is not suitable: since Node.js 24, it also ends a line at U+2028 and U+2029, which the strings of a
 * JSON document can contain.
 *
 * @see https://github.com/nodejs/node/pull/57591
 */
export async function* linesIn(stream: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
