import { gzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import {
  type CheckTabularDataResult,
  checkTabularData,
} from '../../lambda/check-tabular-data/check-tabular-data';
import { parseEvent } from '../../lambda/check-tabular-data/event';
import { ENVIRONMENT, invokeBundle, startS3, type Wire } from './wire-server';

type Objects = Readonly<Record<string, string | Buffer>>;

const HOUSES = 'rooms,area,note,price\n3,80,"near, the\nriver",100\n4,120,,150\n,60,old,\n';
const EVENT = { target: 'price', train: 's3://data/train/' };

/** @param read receives the keys of the objects that are read, in order */
async function check(
  objects: Objects | string,
  event: Wire = {},
  budget?: { bytes: number },
  read: unknown[] = [],
): Promise<CheckTabularDataResult> {
  const all = typeof objects === 'string' ? { 'train/a.csv': objects } : objects;
  const server = await startS3('data', all, Object.keys(all).length > 50 ? 50 : 2);
  Object.assign(process.env, ENVIRONMENT);
  const client = new S3Client({ endpoint: server.endpoint });
  try {
    return await checkTabularData(client, parseEvent({ ...EVENT, ...event }), budget);
  } finally {
    read.push(...server.calls.flatMap(({ input }) => input['Key'] ?? []));
    client.destroy();
    await server.close();
  }
}

/** The message of the InvalidTrainingData error. */
async function problem(
  objects: Objects | string,
  event: Wire = {},
  budget?: { bytes: number },
): Promise<string> {
  const error = await check(objects, event, budget).then(
    () => new Error('nothing found'),
    (found: Error) => found,
  );
  expect(error.name).toBe('InvalidTrainingData');
  return error.message;
}

describe('nothing is found', () => {
  test('in data with text, line breaks in quotes, and missing values', async () => {
    expect(await check(HOUSES)).toEqual({
      contentChecked: true,
      complete: true,
      objects: 1,
      rows: 3,
      columns: ['rooms', 'area', 'note', 'price'],
    });
  });

  test.each<[string, Objects, Wire, Partial<CheckTabularDataResult>]>([
    [
      'several files with their columns in different orders, and empty objects',
      {
        'train/': '',
        'train/a.csv': HOUSES,
        'train/b.csv': 'price,rooms,area,note\n7,1,1,x\n',
        'train/c.csv': HOUSES,
        'other.csv': 'x',
      },
      {},
      { objects: 3, rows: 7 },
    ],
    [
      'one file given by its own URI',
      { 'train/a.csv': HOUSES },
      { train: 's3://data/train/a.csv' },
      { rows: 3 },
    ],
    [
      'a file with a byte order mark and Windows line breaks',
      { 'train/a.csv': '\ufeffprice,x\r\n1,2\r\n2,3\r\n' },
      {},
      { rows: 2 },
    ],
    ['compressed files', { 'train/a.csv.gz': gzipSync(HOUSES) }, { gzip: true }, { rows: 3, complete: true }],
    [
      'validation data with the same columns',
      { 'train/a.csv': HOUSES, 'validation/a.csv': HOUSES },
      { validation: 's3://data/validation/' },
      { rows: 3 },
    ],
    ['rows of other lengths', { 'train/a.csv': 'x,price\n1,2\n1\n1,3,4\n' }, {}, { rows: 3 }],
    [
      'two classes',
      { 'train/a.csv': 'x,price\n1,no\n1,yes\n' },
      { problemType: 'BinaryClassification' },
      { rows: 2 },
    ],
    [
      'two classes and a value that may be missing',
      { 'train/a.csv': 'x,price\n1,no\n1,yes\n1,NA\n' },
      { problemType: 'BinaryClassification' },
      { rows: 3 },
    ],
    [
      'numbers and a value that may be missing',
      { 'train/a.csv': 'x,price\n1,1.5\n1,-2e3\n1,NA\n' },
      { problemType: 'Regression' },
      { rows: 3 },
    ],
    [
      'Parquet files, whose content is not checked',
      { 'train/a.parquet': Buffer.from('PAR1…PAR1') },
      { contentType: 'x-application/vnd.amazon+parquet' },
      { contentChecked: false, complete: false, columns: [] },
    ],
  ])('in %s', async (_name, objects, event, expected) => {
    expect(await check(objects, event)).toMatchObject(expected);
  });

  test('in a file that is only partly read, if the part proves nothing about the rest', async () => {
    const rows = `x,price\n${'1,5\n'.repeat(20_000)}`;
    const result = await check(rows, {}, { bytes: 10_000 });
    expect(result).toMatchObject({ complete: false });
    expect(result.rows).toBeGreaterThan(1000);
    expect(result.rows).toBeLessThan(3000);
  });

  test('in a file that is only partly read, because of the incomplete last row', async () => {
    // If "yes" were truncated to "y", it would count as a third class.
    const rows = 'x,price\n1,no\n1,yes\n1,yes\n';
    const binary = { problemType: 'BinaryClassification' };
    for (let bytes = 9; bytes < rows.length; bytes += 1) {
      expect(await check(`${rows}1,no\n`, binary, { bytes })).toMatchObject({ complete: false });
    }
  });

  test('in a file that the parser cannot read, because SageMaker may be able to read it', async () => {
    const unclosed = `x,price\n1,"never closed\n${'1,2\n'.repeat(10)}`;
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    expect(await check(unclosed)).toMatchObject({ complete: false, rows: 0 });
    expect(String(warn.mock.calls)).toContain('Not read to the end');
    warn.mockRestore();
  });

  test.each([
    ['a file whose header the parser does not recognize as CSV', '"x,price\n1,2\n'],
    ['a header of more than 1 MiB', `${'x'.repeat(1024 * 1024)},price\n1,2\n`],
  ])('in %s', async (_, content) => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    const nothing = { contentChecked: false, complete: false, objects: 1, rows: 0, columns: [] };
    expect(await check(content)).toEqual(nothing);
    const logged = warn.mock.calls.map(([text]) => JSON.parse(String(text)));
    // A header of more than 1 MiB is not logged as a problem, because only a part of the file is read.
    const problem = { message: 'Header not read', key: 'train/a.csv', problem: expect.any(String) };
    expect(logged).toMatchObject(content.startsWith('"') ? [problem] : []);
    warn.mockRestore();
  });

  test('in validation data whose header cannot be read', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    const objects = { 'train/a.csv': HOUSES, 'v.csv': '"x,price\n1,2\n' };
    expect(await check(objects, { validation: 's3://data/v.csv' })).toMatchObject({ rows: 3 });
    expect(String(warn.mock.calls)).toContain('v.csv');
    warn.mockRestore();
  });

  test('in data that can be read, and nothing is logged', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    await check({ 'train/a.csv': HOUSES, 'v.csv': HOUSES }, { validation: 's3://data/v.csv' });
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  test.each(['na', 'N/A', '#n/a', 'NaN', 'null', 'None', '<NA>'])(
    'in classes in addition to %s',
    async (missing) => {
      const rows = `x,price\n1,no\n1,yes\n1,${missing}\n`;
      expect(await check(rows, { problemType: 'BinaryClassification' })).toMatchObject({ rows: 3 });
    },
  );

  test.each([
    ["only the first byte of gzip's signature", [0x1f, 0x20]],
    ["only the second byte of gzip's signature", [0x20, 0x8b]],
  ])('in a file that begins with %s', async (_, start) => {
    const content = Buffer.concat([Buffer.from(start), Buffer.from(',price\n1,2\n1,3\n')]);
    expect(await check({ 'train/a.csv': content })).toMatchObject({ contentChecked: true, rows: 2 });
  });

  test('in a bucket whose URI does not end with a slash', async () => {
    expect(await check(HOUSES, { train: 's3://data' })).toMatchObject({ objects: 1 });
  });
});

describe('limits for large data', () => {
  const files = (folder: string, count: number): Objects =>
    Object.fromEntries(
      Array.from({ length: count }, (_, n) => [`${folder}/${100 + n}.csv`, 'x,price\n1,2\n1,3\n']),
    );

  test('the listing is limited to five pages', async () => {
    expect(await check(files('train', 12))).toMatchObject({ objects: 10, rows: 20, complete: false });
  });

  test('no training file is read after the budget is used up', async () => {
    const read: unknown[] = [];
    const result = await check(files('train', 3), {}, { bytes: 20 }, read);
    expect(result).toMatchObject({ complete: false, objects: 3 });
    // The first object is read twice: the first time only for its format and header.
    expect(read).toEqual([100, 100, 100, 101].map((n) => `train/${n}.csv`));
  });

  test('the headers of at most a hundred validation files are read', async () => {
    const read: unknown[] = [];
    const objects = { ...files('train', 1), ...files('validation', 110) };
    await check(objects, { validation: 's3://data/validation/' }, undefined, read);
    const headers = new Set(read.filter((key) => String(key).startsWith('validation/')));
    expect(headers.size).toBe(100);
  });
});

test('a file that cannot be decompressed completely is checked as far as possible', async () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
  const packed = gzipSync(
    `x,price\n${Array.from({ length: 5000 }, (_, row) => `${row},${row % 7}\n`).join('')}`,
  );
  const objects = { 'train/a.csv': packed.subarray(0, packed.length / 2) };
  expect(await check(objects, { gzip: true })).toMatchObject({ complete: false, columns: ['x', 'price'] });
  warn.mockRestore();
});

test('an error of S3, such as a missing bucket, is thrown and not reported as a problem of the data', async () => {
  await expect(check(HOUSES, { train: 's3://other/train/' })).rejects.toMatchObject({ name: 'NoSuchBucket' });
});

describe('problems that would make an AutoML job fail', () => {
  test.each<[string, string | Objects, Wire, string]>([
    [
      'no data',
      { 'train/a.csv': '' },
      {},
      'train: there is no object with content whose URI begins with s3://data/train/: upload the data there, or give another location',
    ],
    [
      'no validation data',
      { 'train/a.csv': HOUSES },
      { validation: 's3://data/no/' },
      'validation: there is no object with content whose URI begins with s3://data/no/: upload the data there, or give another location',
    ],
    [
      'no such column',
      HOUSES,
      { target: 'cost' },
      'target: there is no column "cost" in s3://data/train/a.csv. Columns: "rooms", "area", "note", "price"',
    ],
    [
      'a column in other letters',
      HOUSES,
      { target: ' Price' },
      'target: there is no column " Price" in s3://data/train/a.csv; did you mean "price"? Columns: "rooms", "area", "note", "price"',
    ],
    [
      'no columns except the target and the weights',
      'price,w\n1,2\n',
      { sampleWeightColumn: 'w' },
      'There are no features: s3://data/train/a.csv has no other columns than "price", "w"',
    ],
    [
      'another separator in the name of a column',
      'rooms;2,area\n1,2\n',
      {},
      'target: there is no column "price" in s3://data/train/a.csv. Columns: "rooms;2", "area"',
    ],
    [
      'a header with one number',
      '1,rooms\n1,2\n',
      {},
      'target: there is no column "price" in s3://data/train/a.csv. Columns: "1", "rooms"',
    ],
    [
      'no header, and an empty column',
      '1,\n3,4\n',
      {},
      'target: there is no column "price" in s3://data/train/a.csv. Its first row has only numbers, like a row of data, but the first row must have the names of the columns. Columns: "1", ""',
    ],
    [
      'many columns, with long names',
      `${Array.from({ length: 53 }, () => 'x'.repeat(101)).join(',')}\n`,
      {},
      `target: there is no column "price" in s3://data/train/a.csv. Columns: ${Array.from({ length: 50 }, () => JSON.stringify('x'.repeat(100))).join(', ')} and 3 more`,
    ],
    ['lines without anything', '\n\n\n', {}, 's3://data/train/a.csv has no rows'],
    [
      'rows that end before the target column',
      'x,price\n1\n',
      {},
      'target: column "price" of s3://data/train/ is empty in all 1 rows',
    ],
    [
      'a regression of one number',
      'x,price\n1,5\n2,5\n',
      { problemType: 'Regression' },
      'target: column "price" of s3://data/train/ is "5" in all 2 rows that have a value: there is nothing to predict',
    ],
    [
      'a regression with long strings as the target',
      `x,price\n1,a${'b'.repeat(200)}\n2,c\n`,
      { problemType: 'Regression' },
      `target: column "price" of s3://data/train/ has no numbers, but text such as "a${'b'.repeat(99)}", "c": Regression needs numbers`,
    ],
    [
      'files with more columns',
      { 'train/a.csv': 'x,price\n1,2\n', 'train/b.csv': `x,price,${'abcdefghijkl'.split('')}\n` },
      {},
      'All files need a header with the same columns, but that of s3://data/train/b.csv has "a", "b", "c", "d", "e", "f", "g", "h", "i", "j" in addition',
    ],
    [
      'compressed validation data that is not declared as compressed',
      { 'train/a.csv': HOUSES, 'v.csv': gzipSync(HOUSES) },
      { validation: 's3://data/v.csv' },
      's3://data/v.csv is compressed with gzip, but the data is declared as uncompressed',
    ],
    [
      'another separator',
      'rooms;price\n1;2\n',
      {},
      'target: there is no column "price" in s3://data/train/a.csv. Its header is separated by ";", but columns must be separated by commas. Columns: "rooms;price"',
    ],
    ...['\t', '|'].map((separator): [string, string, Wire, string] => [
      `columns separated by ${JSON.stringify(separator)}`,
      `rooms${separator}price\n1${separator}2\n`,
      {},
      `target: there is no column "price" in s3://data/train/a.csv. Its header is separated by ${JSON.stringify(separator)}, but columns must be separated by commas. Columns: ${JSON.stringify(`rooms${separator}price`)}`,
    ]),
    [
      'no header',
      '1,2.5\n3,4\n',
      {},
      'target: there is no column "price" in s3://data/train/a.csv. Its first row has only numbers, like a row of data, but the first row must have the names of the columns. Columns: "1", "2.5"',
    ],
    [
      'a column that is there twice',
      'price,x,price\n1,2,3\n',
      {},
      'target: s3://data/train/a.csv has 2 columns "price"',
    ],
    [
      'no other column',
      'price\n1\n2\n',
      {},
      'There are no features: s3://data/train/a.csv has no other columns than "price"',
    ],
    [
      'no column with weights',
      HOUSES,
      { sampleWeightColumn: 'w' },
      'sampleWeightColumn: there is no column "w" in s3://data/train/a.csv. Columns: "rooms", "area", "note", "price"',
    ],
    ['no rows', 'x,price\n', {}, 's3://data/train/ has a header and no rows below it'],
    [
      'an empty target',
      'x,price\n1,\n2, \n',
      {},
      'target: column "price" of s3://data/train/ is empty in all 2 rows',
    ],
    [
      'a constant target',
      { 'train/a.csv': 'x,price\n1,5\n2,\n', 'train/b.csv': 'x,price\n1,5\n' },
      {},
      'target: column "price" of s3://data/train/ is "5" in all 2 rows that have a value: there is nothing to predict',
    ],
    [
      'one class',
      'x,price\n1,yes\n2,yes\n',
      { problemType: 'MulticlassClassification' },
      'target: column "price" of s3://data/train/ has only one class, "yes": there is nothing to distinguish',
    ],
    [
      'more than two classes',
      'x,price\n1,a\n2,b\n3,c\n4,d\n',
      { problemType: 'BinaryClassification' },
      'target: column "price" of s3://data/train/ has more than 2 classes, such as "a", "b", "c": BinaryClassification needs exactly 2',
    ],
    [
      'a regression with strings as the target',
      'x,price\n1,a\n2,b\n',
      { problemType: 'Regression' },
      'target: column "price" of s3://data/train/ has no numbers, but text such as "a", "b": Regression needs numbers',
    ],
    [
      'files with other columns',
      { 'train/a.csv': HOUSES, 'train/b.csv': 'rooms,area,price,garden\n1,2,3,4\n' },
      {},
      'All files need a header with the same columns, but that of s3://data/train/b.csv lacks "note" and has "garden" in addition',
    ],
    [
      'validation data with other columns',
      { 'train/a.csv': HOUSES, 'v.csv': 'rooms,area,price\n1,2,3\n' },
      { validation: 's3://data/v.csv' },
      'All files need a header with the same columns, but that of s3://data/v.csv lacks "note"',
    ],
    [
      'compressed files that are not declared as compressed',
      { 'train/a.csv': gzipSync(HOUSES) },
      {},
      's3://data/train/a.csv is compressed with gzip, but the data is declared as uncompressed',
    ],
    [
      'uncompressed files that are declared as compressed',
      HOUSES,
      { gzip: true },
      's3://data/train/a.csv is not compressed with gzip, but the data is declared as compressed',
    ],
    [
      'Parquet files that are declared to be CSV',
      'PAR1…',
      {},
      's3://data/train/a.csv is a Parquet file, but the data is declared as CSV',
    ],
    [
      'CSV files that are declared to be Parquet',
      HOUSES,
      { contentType: 'x-application/vnd.amazon+parquet' },
      's3://data/train/a.csv is not a Parquet file, but the data is declared as Parquet',
    ],
  ])('%s', async (_name, objects, event, message) => {
    expect(await problem(objects, event)).toBe(message);
  });

  test('more than two classes, found in the part of the file that is read', async () => {
    const rows = `x,price\n1,a\n2,b\n3,c\n${'1,a\n'.repeat(10_000)}`;
    expect(await problem(rows, { problemType: 'BinaryClassification' }, { bytes: 1000 })).toContain(
      'more than 2 classes',
    );
  });
});

test.each([
  [[], 'the event must be an object, got []'],
  [{ train: 's3://a/b' }, 'target must be a non-empty string, got nothing'],
  [{ target: '', train: 's3://a/b' }, 'target must be a non-empty string, got ""'],
  [{ target: 'a', train: ' s3://a/b' }, 'train must be s3://bucket/key, got " s3://a/b"'],
  [{ target: 'a', train: ['s3://a/b'] }, 'train must be s3://bucket/key, got ["s3://a/b"]'],
  [{ target: 'a', train: 'http://a' }, 'train must be s3://bucket/key, got "http://a"'],
  [{ target: 'a', train: 's3://a/b', validation: 5 }, 'validation must be s3://bucket/key, got 5'],
  [{ target: 'a', train: 's3://a/b', gzip: 'yes' }, 'gzip must be true or false, got "yes"'],
  [
    { target: 'a', train: 's3://a/b', label: 'a' },
    'unknown field "label" in the event; the fields are target, train, validation, contentType, gzip, problemType, sampleWeightColumn',
  ],
])('rejects the event %j', (event, message) => {
  expect(() => parseEvent(event)).toThrow(expect.objectContaining({ name: 'InvalidEventError', message }));
});

test('accepts an event with all fields', () => {
  const event = {
    target: 'a',
    train: 's3://a',
    validation: 's3://a/b',
    contentType: 'text/csv',
    gzip: true,
    problemType: 'Regression',
    sampleWeightColumn: 'w',
  };
  expect(parseEvent(event)).toEqual(event);
});

test('the bundle returns the same results and throws the same errors as the source', async () => {
  const server = await startS3('data', { 'train/a.csv': HOUSES });
  const environment = { AWS_ENDPOINT_URL: server.endpoint };
  try {
    const { result } = await invokeBundle('check-tabular-data', { ...EVENT, validation: null }, environment);
    expect(result).toMatchObject({ contentChecked: true, rows: 3 });
    const { type } = await invokeBundle('check-tabular-data', { ...EVENT, target: 'no' }, environment);
    expect(type).toBe('InvalidTrainingData');
  } finally {
    await server.close();
  }
});
