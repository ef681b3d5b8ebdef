import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { type ReadingEnd, readRecords } from '../../lambda/check-tabular-data/read-records';

interface Reading {
  readonly records: readonly (readonly string[])[];
  readonly end: ReadingEnd;
}

async function readAll(text: string, bytes: number, gzip = false): Promise<Reading> {
  const records: (readonly string[])[] = [];
  const content = Buffer.from(text);
  const source = Readable.from([gzip ? gzipSync(content) : content]);
  const end = await readRecords(source, { gzip, budget: { bytes } }, (record) => {
    records.push(record);
    return true;
  });
  return { records, end };
}

const header = ['a', 'b'];
const partial: ReadingEnd = { complete: false };

// `|` marks where the budget ends: the budget is the number of bytes before it.
test.each<[what: string, text: string, Reading]>([
  ['within a record', 'a,b\n1,2\n3,|4\n', { records: [header, ['1', '2']], end: partial }],
  ['after a record', 'a,b\n1,2\n|3,4\n', { records: [header], end: partial }],
  // The truncated last record is not an error, because the file continues after the last byte that is read.
  ['within a quote', 'a,b\n1,2\n3,"x|, y"\n', { records: [header, ['1', '2']], end: partial }],
  [
    'within a quote with a line break',
    'a,b\n1,2\n3,"x\n|y"\n',
    { records: [header, ['1', '2']], end: partial },
  ],
  ['within the first quote', '"a|,b\n', { records: [], end: partial }],
])('the budget ends %s', async (_, text, expected) => {
  const bytes = text.indexOf('|');
  const content = text.replace('|', '');
  await expect(readAll(content, bytes)).resolves.toEqual(expected);
  await expect(readAll(content, bytes, true)).resolves.toEqual(expected);
});

test('an unclosed quote is reported as a problem of the file, after the records before it', async () => {
  const { records, end } = await readAll('a,b\n1,2\n3,"x\n', 1000);
  expect(records).toEqual([header, ['1', '2']]);
  expect(end).toEqual({ complete: false, problem: expect.stringMatching(/quote/i) });
});

test('reading stops if `take` returns false, and then the file counts as incomplete', async () => {
  const seen: (readonly string[])[] = [];
  const source = Readable.from([Buffer.from('a\n1\n2\n3\n')]);
  const end = await readRecords(source, { gzip: false, budget: { bytes: 1000 } }, (record) => {
    seen.push(record);
    return seen.length < 2;
  });
  expect(seen).toEqual([['a'], ['1']]);
  expect(end).toEqual(partial);
});

test.each([false, true])(
  'an error of the stream is thrown instead of being reported as a problem of the file (gzip: %p)',
  async (gzip) => {
    const content = Buffer.from('a,b\n1,2\n');
    const source = new Readable({
      read() {
        this.push(gzip ? gzipSync(content).subarray(0, 12) : content);
        this.destroy(new Error('connection lost'));
      },
    });
    await expect(readRecords(source, { gzip, budget: { bytes: 1000 } }, () => true)).rejects.toThrow(
      'connection lost',
    );
  },
);

test('a whole file is complete', async () => {
  await expect(readAll('a,b\n1,2\n', 1000)).resolves.toEqual({
    records: [header, ['1', '2']],
    end: { complete: true },
  });
});
