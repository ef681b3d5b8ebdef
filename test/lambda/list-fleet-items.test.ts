import { concurrencyOf } from '../../lambda/list-fleet-items/concurrency';
import { parseEvent } from '../../lambda/list-fleet-items/event';
import { namesOf } from '../../lambda/list-fleet-items/item-names';
import { listFleetItems } from '../../lambda/list-fleet-items/list-fleet-items';
import type { Json } from '../fixtures';
import { ITEM_FIELDS } from './item-fields';
import { invokeBundle, type Wire, type WireCall } from './wire-server';
import { withS3 } from './with-s3';

const SHARED = { train: 's3://data/shared/train/', validation: 's3://data/shared/validation/' };
const EVENT = {
  input: {},
  source: { format: 'CSV', uri: 's3://data/gone' },
  itemFields: ITEM_FIELDS,
  dataFields: ['train', 'validation'],
  sharedData: SHARED,
  maxConcurrency: 10,
  execution: 'arn:aws:states:eu-west-1:1:execution:fleet:run',
  output: 's3://data/output/fleets/stores/run/',
};

/** Runs the function. Returns the rows that it writes, its result, and its calls to S3. */
async function list(
  event: Wire,
  objects: Readonly<Record<string, string>> = {},
): Promise<{ rows: Json[]; result: Json; calls: readonly WireCall[] }> {
  return withS3(objects, async (client, calls) => {
    const result = await listFleetItems(client, parseEvent({ ...EVENT, ...event }));
    const put = calls.find(({ operation }) => operation === 'PutObject');
    const lines = String(put?.input['Body']).trim().split('\n');
    return { rows: lines.map((line) => JSON.parse(line)), result, calls };
  });
}

const from = (format: string, content: string) =>
  [{ source: { format, uri: 's3://data/items' } }, { items: content }] as const;

describe('a list with an unknown field', () => {
  const columns = 'id, maxTrainingJobs, maxParallelTrainingJobs, train, validation';

  test('is refused before any item starts, with one problem for a column', async () => {
    const csv = from('CSV', 'id,train,region,eta\na,s3://a/,,0.1\nb,s3://b/,west,0.2\nc,s3://c/,east,0.3\n');
    await expect(list(...csv)).rejects.toMatchObject({
      name: 'InvalidItems',
      message:
        `row 1 and 2 more: "eta" is not a column of an item; the columns are ${columns}, hyperparameters.<name>, warmStartFrom; ` +
        `row 2 and 1 more: "region" is not a column of an item; the columns are ${columns}, hyperparameters.<name>, warmStartFrom`,
    });
  });

  test.each<[string, Wire, Readonly<Record<string, string>>, string]>([
    ['JSON', ...from('JSON', '[{"id":"a"},{"id":"b","trian":"s3://b/"}]'), 'item 2'],
    ['the input', { input: { items: [{ id: 'a', trian: 's3://a/' }] } }, {}, 'items[0]'],
  ])('is refused in %s', async (_case, event, objects, place) => {
    await expect(list(event, objects)).rejects.toMatchObject({
      name: 'InvalidItems',
      message: `${place}: "trian" is not a field of an item; the fields are ${columns}, hyperparameters, warmStartFrom`,
    });
  });

  test('can have columns without values', async () => {
    const { rows } = await list(...from('CSV', 'id,train,\na,s3://a/,\n'));
    expect(rows).toMatchObject([{ id: 'a', input: { train: 's3://a/' } }]);
  });
});

describe('each kind of list gives the same items', () => {
  const ITEMS = [
    { id: 'north', input: { train: 's3://lake/n/', maxTrainingJobs: 5, hyperparameters: { eta: '0.1' } } },
    { id: '7', input: { train: 's3://lake/7/' } },
  ];

  test.each<[string, Wire, Readonly<Record<string, string>>]>([
    [
      'CSV, with a byte order mark, an empty line and empty values',
      ...from(
        'CSV',
        '\ufeffid,train,maxTrainingJobs,hyperparameters.eta\r\nnorth,s3://lake/n/,5,0.1\r\n\r\n7,s3://lake/7/,,\r\n',
      ),
    ],
    [
      'JSON Lines, with a byte order mark and an empty line',
      ...from(
        'JSON_LINES',
        '\ufeff{"id":"north","train":"s3://lake/n/","maxTrainingJobs":5,"hyperparameters":{"eta":"0.1"}}\n\n{"id":7,"train":"s3://lake/7/"}',
      ),
    ],
    [
      'a JSON array',
      ...from(
        'JSON',
        '[{"id":"north","train":"s3://lake/n/","maxTrainingJobs":5,"hyperparameters":{"eta":"0.1"}},{"id":7,"train":"s3://lake/7/"}]',
      ),
    ],
    [
      'the input, which takes precedence',
      {
        source: { format: 'CSV', uri: 's3://data/gone' },
        input: { items: ITEMS.map(({ id, input }) => ({ id, ...input })) },
      },
      {},
    ],
  ])('%s', async (_case, event, objects) => {
    const { rows, result } = await list(event, objects);
    expect(rows).toMatchObject(ITEMS);
    expect(rows.map(({ input }) => input)).toEqual(ITEMS.map(({ input }) => input));
    expect(result).toEqual({
      items: 2,
      list: { bucket: 'data', key: 'output/fleets/stores/run/items.jsonl' },
      results: 'output/fleets/stores/run/results',
      maxConcurrency: 10,
    });
  });

  test('strings in JSON Lines can contain Unicode line separators', async () => {
    const id = 'north\u2028west\u2029east';
    const { rows } = await list(...from('JSON_LINES', JSON.stringify({ id, train: 's3://lake/\u2028/' })));
    expect(rows).toMatchObject([{ id, input: { train: 's3://lake/\u2028/' } }]);
  });

  test('the items can be the folders directly below a prefix, over several pages', async () => {
    const keys = ['a/train/x.csv', 'a/validation/x.csv', 'b c/train/x.csv', 'd/e/train/x.csv', 'file.csv'];
    const objects = Object.fromEntries(keys.map((key) => [`stores/${key}`, 'x']));
    const source = { format: 'FOLDERS', uri: 's3://data/stores/' };
    const { rows } = await list({ source, sharedData: {} }, objects);
    expect(rows.map(({ id, input }) => [id, input])).toEqual(
      ['a', 'b c', 'd'].map((id) => [
        id,
        { train: `s3://data/stores/${id}/train/`, validation: `s3://data/stores/${id}/validation/` },
      ]),
    );
  });
});

test('a retry runs the items of an earlier execution that did not succeed, with their fields', async () => {
  const row = (id: string) => ({
    id,
    folder: `${id}-0/`,
    execution: 'earlier',
    input: { maxTrainingJobs: 3 },
  });
  const status = (id: string, value: string) => ({ id, status: value });
  const { rows } = await list(
    { input: { retry: 'monday' } },
    {
      'output/fleets/stores/monday/items.jsonl': ['a', 'b', 'c']
        .map((id) => JSON.stringify(row(id)))
        .join('\n'),
      'output/fleets/stores/monday/fleet.json': JSON.stringify({
        results: [status('c', 'NOT_STARTED'), status('a', 'FAILED'), status('b', 'SUCCEEDED')],
      }),
    },
  );
  expect(rows).toMatchObject([
    { id: 'a', execution: EVENT.execution, input: { maxTrainingJobs: 3 } },
    { id: 'c', execution: EVENT.execution, input: { maxTrainingJobs: 3 } },
  ]);
});

describe('the bound', () => {
  const bound = {
    instanceSeconds: { trainingJob: 100, warmPool: 0, others: 10 },
    trainingJobs: { default: 20, limit: 750 },
    parallel: 2,
    sizes: { first: { eta: 1e9 } },
  };
  const items = [{ id: 'a' }, { id: 'b', maxTrainingJobs: 3 }];

  test('of each item is in the row of the item', async () => {
    const { rows } = await list({ bound: { ...bound, maxInstanceHours: 1 }, input: { items } });
    expect(rows.map((row) => row.bound)).toEqual([{ instanceSeconds: 2010 }, { instanceSeconds: 310 }]);
    expect((await list({ input: { items } })).rows[0]).not.toHaveProperty('bound');
  });

  test('of all items together must be within the limit; it depends on the defaults of the execution', async () => {
    const limited = { bound: { ...bound, maxInstanceHours: 0.5 } };
    await expect(list({ ...limited, input: { items } })).rejects.toMatchObject({
      name: 'InvalidInput',
      message:
        'the execution could use 0.64 instance hours, and cost.maxInstanceHours is 0.5: 1 item × 0.56 instance hours (20 training jobs) + 1 item × 0.09 instance hours (3 training jobs). Lower maxTrainingJobs, or start with fewer items',
    });
    const { rows } = await list({ ...limited, input: { items, defaults: { maxTrainingJobs: 5 } } });
    expect(rows[0].bound).toEqual({ instanceSeconds: 510 });
  });
});

describe('the quotas of the account', () => {
  const TRAINING = 'ml.m5.xlarge for training job usage';
  const TRANSFORM = 'ml.c5.large for transform job usage';
  const quotas = (applied: Json, error: string | null = null) => ({
    quotas: {
      uses: [
        { quota: TRAINING, instances: 2, parallel: true },
        { quota: TRAINING, instances: 5 },
        { quota: TRANSFORM, instances: 1 },
      ],
      parallel: 4,
      trainingJobs: 20,
      applied,
      error,
    },
  });

  test('are compared with the training jobs that items have by default', async () => {
    const event = quotas({ [TRAINING]: 16, [TRANSFORM]: 9 });
    const one = { quotas: { ...event.quotas, uses: event.quotas.uses.slice(0, 1), trainingJobs: 1 } };
    const listed = (item: Json) => list({ ...one, input: { items: [item], maxConcurrency: 10 } });
    expect((await listed({ id: 'a' })).result.maxConcurrency).toBe(8);
    expect((await listed({ id: 'a', maxTrainingJobs: 3 })).result.maxConcurrency).toBe(2);
  });

  const run = (applied: Json, items: readonly Json[], maxConcurrency = 10, error?: string) =>
    list({ ...quotas(applied, error), input: { items, maxConcurrency } });

  test.each<[string, Json, readonly Json[], number, Json]>([
    ['allow fewer items', { [TRAINING]: 25, [TRANSFORM]: 9 }, [{ id: 'a' }], 10, { maxConcurrency: 3 }],
    ['allow more items', { [TRAINING]: 1000, [TRANSFORM]: 90 }, [{ id: 'a' }], 10, { maxConcurrency: 10 }],
    [
      'limit by the largest item',
      { [TRAINING]: 25, [TRANSFORM]: 9 },
      [{ id: 'a' }, { id: 'b', maxParallelTrainingJobs: 10 }],
      10,
      { maxConcurrency: 1 },
    ],
    [
      'limit by the final training if it needs more instances',
      { [TRAINING]: 25, [TRANSFORM]: 9 },
      [{ id: 'a', maxParallelTrainingJobs: 1 }],
      10,
      { maxConcurrency: 5 },
    ],
    [
      'count no more parallel training jobs than the item has training jobs',
      { [TRAINING]: 5, [TRANSFORM]: 9 },
      [{ id: 'a', maxTrainingJobs: 1 }],
      10,
      { maxConcurrency: 1 },
    ],
    [
      'exclude items that need more than the quota',
      { [TRAINING]: 16, [TRANSFORM]: 9 },
      [{ id: 'a' }, { id: 'b', maxParallelTrainingJobs: 10 }],
      10,
      { maxConcurrency: 2, tooLarge: 1 },
    ],
    [
      'are unknown in part',
      { [TRAINING]: 16 },
      [{ id: 'a' }],
      10,
      { maxConcurrency: 2, unknown: [TRANSFORM] },
    ],
    ['allow 100 tuning jobs', {}, [{ id: 'a' }], 300, { maxConcurrency: 100, requested: 300 }],
  ])('%s', async (_case, applied, items, requested, expected) => {
    const { result } = await run(applied, items, requested);
    expect(result.quotas).toMatchObject(expected);
    expect(result.maxConcurrency).toBe(expected.maxConcurrency);
  });

  test('are in the result, together with the amount that an item uses', async () => {
    const { result } = await run({ [TRAINING]: 25, [TRANSFORM]: 9 }, [{ id: 'a' }]);
    expect(result.quotas).toEqual({
      requested: 10,
      maxConcurrency: 3,
      quotas: [
        { name: 'concurrent hyperparameter tuning jobs', value: 100, itemUses: 1 },
        { name: TRAINING, value: 25, itemUses: 8 },
        { name: TRANSFORM, value: 9, itemUses: 1 },
      ],
    });
    expect((await list({ input: { items: [{ id: 'a' }] } })).result).not.toHaveProperty('quotas');
  });

  test('do not limit an execution if they cannot be read', async () => {
    const { result } = await run({}, [{ id: 'a' }], 10, 'ServiceQuotas.AccessDeniedException: no');
    expect(result).toMatchObject({
      maxConcurrency: 10,
      quotas: { unknown: [TRAINING, TRANSFORM], error: 'ServiceQuotas.AccessDeniedException: no' },
    });
  });

  test('let an execution without items run', () => {
    const { maxConcurrency } = concurrencyOf(quotas({ [TRAINING]: 0 }).quotas, [], 10);
    expect(maxConcurrency).toBe(1);
  });

  test('that are too low for every item fail the execution', async () => {
    const items = [{ id: 'a', maxParallelTrainingJobs: 5 }, { id: 'b' }];
    await expect(run({ [TRAINING]: 0, [TRANSFORM]: 9 }, items)).rejects.toMatchObject({
      name: 'QuotaTooLow',
      message: `the quota "${TRAINING}" of Amazon SageMaker is 0 in this account and region, and each item needs at least 8. Request an increase in the Service Quotas console (AWS services, Amazon SageMaker), or lower maxParallelTrainingJobs`,
    });
  });
});

describe('a retry', () => {
  const FIRST = {
    items: [{ id: 'a', maxTrainingJobs: 3 }, { id: 'b' }],
    defaults: { maxTrainingJobs: 9, maxParallelTrainingJobs: 2 },
  };
  const inputs = (rows: Json[]) => Object.fromEntries(rows.map(({ id, input }) => [id, input]));
  const listOf = (rows: Json[], execution: string) => ({
    [`output/fleets/stores/${execution}/items.jsonl`]: rows.map((row) => JSON.stringify(row)).join('\n'),
  });

  test.each<[string, Wire, Json]>([
    ['has the earlier defaults', {}, { a: [3, 2], b: [9, 2] }],
    ['has new defaults, but an item keeps its own fields', { maxTrainingJobs: 1 }, { a: [3, 2], b: [1, 2] }],
  ])('%s, and so has its retry', async (_case, defaults, expected) => {
    const values = (rows: Json[]) =>
      Object.fromEntries(
        Object.entries<Json>(inputs(rows)).map(([id, input]) => [
          id,
          [input.maxTrainingJobs, input.maxParallelTrainingJobs],
        ]),
      );
    const { rows: first } = await list({ input: FIRST });
    const { rows: second } = await list({ input: { retry: 'one', defaults } }, listOf(first, 'one'));
    expect(values(second)).toEqual(expected);
    const { rows: third } = await list({ input: { retry: 'two' } }, listOf(second, 'two'));
    expect(values(third)).toEqual(expected);
    const { rows: fourth } = await list(
      { input: { retry: 'two', defaults: { maxTrainingJobs: 7 } } },
      listOf(third, 'two'),
    );
    expect(values(fourth)).toMatchObject({ a: [3, 2], b: [7, 2] });
  });

  test('of an execution without a summary runs all items of that execution', async () => {
    const { rows: first } = await list({ input: FIRST });
    const { rows } = await list({ input: { retry: 'stopped' } }, listOf(first, 'stopped'));
    expect(rows.map(({ id }) => id)).toEqual(['a', 'b']);
  });
});

describe('an item needs its own data if the fleet has no data for all items', () => {
  const sharedData = {};

  test('the data can be set in the item, in defaults, or by the folder', async () => {
    const items = [{ id: 'a', train: 's3://lake/a/' }];
    const { rows } = await list({
      sharedData,
      input: { items, defaults: { validation: 's3://lake/v/' } },
    });
    expect(rows[0].input).toEqual({ train: 's3://lake/a/', validation: 's3://lake/v/' });
    const source = { format: 'FOLDERS', uri: 's3://data/stores/' };
    expect((await list({ sharedData, source }, { 'stores/a/train/x.csv': 'x' })).rows).toHaveLength(1);
  });

  describe('in a list of folders', () => {
    const source = { format: 'FOLDERS', uri: 's3://data/stores/' };
    const validation = 's3://lake/validation/';
    const train = (id: string) => `s3://data/stores/${id}/train/`;

    test.each<[string, Wire]>([
      ['the fleet', { sharedData: { validation } }],
      ['defaults', { sharedData, input: { defaults: { validation } } }],
    ])('data that all items share by %s is used by folders that lack this data', async (_case, event) => {
      const { rows } = await list(
        { ...event, source },
        {
          'stores/a/train/x.csv': 'x',
          'stores/b/train/x.csv': 'x',
          'stores/b/validation/': '',
          'stores/c/train/x.csv': 'x',
          'stores/c/validation/': '',
          'stores/c/validation/x.csv': 'x',
        },
      );
      const inherited = event['input'] ? { validation } : {};
      expect(rows.map(({ input }) => input)).toEqual([
        { train: train('a'), ...inherited },
        { train: train('b'), ...inherited },
        { train: train('c'), validation: 's3://data/stores/c/validation/' },
      ]);
    });

    test.each(['validation/', 'shared/validation/'])(
      'a folder that contains only shared data is not an item: %s',
      async (folder) => {
        const { rows } = await list(
          { source, sharedData: { validation: `s3://data/stores/${folder}` } },
          { 'stores/a/train/x.csv': 'x', [`stores/${folder}x.csv`]: 'x' },
        );
        expect(rows.map(({ input }) => input)).toEqual([{ train: train('a') }]);
      },
    );

    test('an item can have the data that all items share', async () => {
      const { rows } = await list(
        { source, sharedData: { train: train('a') } },
        { 'stores/a/train/x.csv': 'x', 'stores/b/train/x.csv': 'x' },
      );
      expect(rows.map(({ input }) => input.train)).toEqual([train('a'), train('b')]);
    });

    test('no folder is listed if all data is in the folders', async () => {
      const { calls } = await list({ sharedData, source }, { 'stores/a/train/x.csv': 'x' });
      expect(calls.filter(({ operation }) => operation === 'ListObjectsV2')).toHaveLength(1);
    });
  });

  test('other items are refused', async () => {
    const items = [{ id: 'a' }, { id: 17, train: 's3://lake/17/' }];
    await expect(list({ sharedData, input: { items } })).rejects.toMatchObject({
      name: 'InvalidItems',
      message: expect.stringMatching(
        /^items\[0\]: train and validation must be given, here or in defaults, .*; items\[1\]: validation must be given/,
      ),
    });
  });
});

test('defaults apply to items without the field; each row has the names that its jobs need', async () => {
  const { rows, calls } = await list({
    input: {
      items: [{ id: 'Store 1/Nord', maxTrainingJobs: 3 }, { id: 'b' }],
      defaults: { maxTrainingJobs: 9, maxParallelTrainingJobs: 2 },
      maxConcurrency: 4,
    },
    encryptionKey: 'arn:key',
  });
  expect(rows[0]).toEqual({
    id: 'Store 1/Nord',
    ...namesOf('Store 1/Nord'),
    execution: EVENT.execution,
    input: { maxTrainingJobs: 3, maxParallelTrainingJobs: 2 },
    defaulted: ['maxParallelTrainingJobs'],
  });
  expect(rows[1].input.maxTrainingJobs).toBe(9);
  expect(calls).toMatchObject([{ operation: 'PutObject', input: { KmsKey: 'arn:key' } }]);
});

test.each<[string, RegExp, string]>([
  ['Store 1/Nord', /^store-1-nord-[0-9a-f]{16}\/$/, 'store'],
  ['店舗', /^item-[0-9a-f]{16}\/$/, 'item'],
  ['Zürich', /^zu-rich-[0-9a-f]{16}\/$/, 'zu-ric'],
  ['--a--', /^a-[0-9a-f]{16}\/$/, 'a'],
  ['../../etc', /^etc-[0-9a-f]{16}\/$/, 'etc'],
  ['x'.repeat(128), /^x{64}-[0-9a-f]{16}\/$/, 'xxxxxx'],
])('the ID %s gives a safe folder and a safe label', (id, folder, label) => {
  expect(namesOf(id)).toMatchObject({ folder: expect.stringMatching(folder), label });
  expect(namesOf(id).tag).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);
});

test('similar IDs have different folders', () => {
  const ids = [
    'a b',
    'a-b',
    'a_b',
    'A B',
    'a  b',
    'a.b',
    '店舗',
    '店',
    `${'x'.repeat(70)}1`,
    `${'x'.repeat(70)}2`,
  ];
  expect(new Set(ids.map((id) => namesOf(id).folder)).size).toBe(ids.length);
});

describe('a problem with the list is reported with its location', () => {
  const items = (...values: unknown[]): Wire => ({ input: { items: values } });

  test.each<[string, Wire, Readonly<Record<string, string>>, RegExp]>([
    ['no id', items({ id: 'a' }, {}), {}, /^items\[1\]: id must be .*, got nothing$/],
    ['an id of the wrong type', items({ id: ['a'] }), {}, /^items\[0\]: id must be .*, got \["a"\]$/],
    ['a long id', items({ id: 'x'.repeat(129) }), {}, /string of 1 to 128 characters/],
    ['outer white space', items({ id: ' a' }), {}, /outer white space, got " a"/],
    ['control characters', items({ id: 'a\u0000' }), {}, /without control characters/],
    ['no object', items('a'), {}, /^items\[0\]: must be an object with an id, got "a"$/],
    [
      'an ID that occurs twice, with different letter case',
      items({ id: 'A' }, { id: 'b' }, { id: 'a' }),
      {},
      /^items\[2\]: the id "a" is also the id of items\[0\], and ids must be unique \(upper and lower case are the same\)$/,
    ],
    ['an empty list', items(), {}, /^the list has no items: the field items of the input is an empty array$/],
    [
      'a list that is gone',
      { source: { format: 'CSV', uri: 's3://data/items' } },
      {},
      /^s3:\/\/data\/items does not exist$/,
    ],
    [
      'CSV without the column id',
      ...from('CSV', 'ID;train\nnorth;s3://lake/n/\n'),
      /^the header of s3:\/\/data\/items lacks the column id, and has only ID;train$/,
    ],
    [
      'an execution without a list',
      { input: { retry: 'gone' } },
      {},
      /^retry: no execution "gone" of this fleet has a list of items: s3:.*fleets\/stores\/gone\/items\.jsonl does not exist$/,
    ],
    [
      'a large JSON array',
      ...from('JSON', ' '.repeat(32 * 1024 * 1024 + 1)),
      /^s3:\/\/data\/items has 33554433 bytes, and at most 33554432 are allowed$/,
    ],
    [
      'large defaults',
      {
        input: {
          items: [1, 2, 3, 4, 5].map((id) => ({ id })),
          defaults: { train: 'x'.repeat(30 * 1024 * 1024) },
        },
      },
      {},
      /^the items with their defaults have more than 134217728 bytes$/,
    ],
    ['a broken line', ...from('JSON_LINES', '{"id":1}\n{"id":'), /^line 2 of s3:\/\/data\/items is not JSON/],
    ['no array', ...from('JSON', '{"id":1}'), /must have a JSON array of items/],
    ['an invalid CSV row', ...from('CSV', 'id,train\na,b,c\n'), /cannot be read as CSV: .*line 2/],
    [
      'a prefix without folders',
      { source: { format: 'FOLDERS', uri: 's3://data/x/' } },
      {},
      /no items: s3:\/\/data\/x\/$/,
    ],
  ])('%s', async (_case, event, objects, message) => {
    await expect(list(event, objects)).rejects.toMatchObject({
      name: 'InvalidItems',
      message: expect.stringMatching(message),
    });
  });

  test('many problems are cut', async () => {
    const wrong = Array.from({ length: 500 }, () => ({}));
    await expect(list(items(...wrong))).rejects.toThrow(/more problems are not listed$/);
  });

  test.each<[Wire | string, RegExp]>([
    ['x', /^the input must be an object, got "x"$/],
    [{ maxTrainingJobs: 3 }, /^maxTrainingJobs: is not a field of the input; .*belong in defaults$/],
    [{ items: 'x' }, /^items: must be an array/],
    [{ retry: 'a/b' }, /^retry: must be the name of an execution/],
    [{ retry: '$&' }, /^retry: must be the name of an execution/],
    [{ retry: 'x'.repeat(81) }, /^retry: must be the name of an execution/],
    [{ retry: 'a', items: [] }, /^retry: cannot be combined with items$/],
    [{ defaults: [] }, /^defaults: must be an object/],
    [
      { defaults: { eta: 0.1 } },
      /^defaults.eta: is not a field of an item; the fields are maxTrainingJobs, /,
    ],
    [{ defaults: { id: 'a' } }, /^defaults: must not have an id/],
    [{ maxConcurrency: 0 }, /^maxConcurrency: must be a whole number from 1 to 10000, got 0$/],
  ])('the input %j', async (input, message) => {
    await expect(list({ input })).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringMatching(message),
    });
  });
});

test('the bundle reports the error name', async () => {
  expect(await invokeBundle('list-fleet-items', { ...EVENT, input: { items: [{}] } }, {})).toMatchObject({
    type: 'InvalidItems',
  });
});
