import { Readable } from 'node:stream';
import { linesIn } from '../../lambda/shared/lines-in';

async function linesOf(chunks: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesIn(Readable.from(chunks))) lines.push(line);
  return lines;
}

test.each<[string, string, readonly string[]]>([
  ['only a line feed ends a line', 'a\u2028b\u2029c\u0085d\re\nf', ['a\u2028b\u2029c\u0085d\re', 'f']],
  ['empty lines count', 'a\n\nb', ['a', '', 'b']],
  ['a line feed at the end does not start another line', 'a\n', ['a']],
  ['an empty stream has no lines', '', []],
  ['a byte order mark is not part of the first line', '\ufeffa', ['a']],
])('%s', async (_rule, text, lines) => {
  expect(await linesOf([Buffer.from(text)])).toEqual(lines);
});

test('lines and characters can be split between chunks', async () => {
  const bytes = Buffer.from('店舗\u2028🙂\nb');
  expect(await linesOf([...bytes].map((byte) => Buffer.of(byte)))).toEqual(['店舗\u2028🙂', 'b']);
});

test('an error of the stream is thrown after the lines before the error', async () => {
  async function* broken() {
    yield Buffer.from('a\nb');
    throw new Error('connection lost');
  }
  await expect(linesOf(broken())).rejects.toThrow('connection lost');
});
