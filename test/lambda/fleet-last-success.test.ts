import { parseEvent } from '../../lambda/list-fleet-items/event';
import { namesOf } from '../../lambda/list-fleet-items/item-names';
import { listFleetItems } from '../../lambda/list-fleet-items/list-fleet-items';
import type { Json } from '../fixtures';
import { ITEM_FIELDS } from './item-fields';
import type { Wire, WireCall } from './wire-server';
import { withS3 } from './with-s3';

type Objects = Readonly<Record<string, string>>;

const LAST_SUCCESS = {
  settings: 'deployed-1',
  warmStart: false,
  data: {
    locations: { train: 's3://data/default/train/', validation: 's3://data/validation/' },
    shared: ['s3://data/weights/'],
    allowed: ['s3://data/stores/', 's3://data/default/train/', 's3://data/validation/', 's3://gone/'],
  },
};

const EVENT = {
  input: {},
  source: { format: 'FOLDERS', uri: 's3://data/stores/' },
  itemFields: ITEM_FIELDS,
  dataFields: ['train'],
  sharedData: {},
  maxConcurrency: 10,
  execution: 'arn:aws:states:eu-west-1:1:execution:fleet:run',
  output: 's3://data/output/fleets/stores/run/',
  lastSuccess: LAST_SUCCESS,
};

const DATA: Objects = {
  'stores/a/train/1.csv': 'one',
  'stores/a/train/2.csv': 'two',
  'stores/b/train/1.csv': 'one',
  'validation/1.csv': 'three',
  'weights/1.csv': 'four',
};

interface Listed {
  readonly result: Json;
  /** The IDs of the items to run. `rows` has the rows of all items to run. */
  readonly ran: readonly string[];
  readonly rows: readonly Json[];
  readonly skipped: readonly Json[];
  readonly calls: readonly WireCall[];
}

function list(event: Wire = {}, objects: Objects = DATA, pageSize?: number): Promise<Listed> {
  return withS3(
    objects,
    async (client, calls) => {
      const result = await listFleetItems(client, parseEvent({ ...EVENT, ...event }));
      const [rows = [], skipped = []] = ['items.jsonl', 'skipped.jsonl'].map((name) => {
        const put = calls.find(
          ({ operation, input }) => operation === 'PutObject' && String(input['Key']).endsWith(name),
        );
        const lines = String(put?.input['Body'] ?? '').split('\n');
        return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
      });
      return { result, ran: rows.map(({ id }) => id), rows, skipped, calls };
    },
    pageSize,
  );
}

/** Success records for all items of a list. */
function recordsOf({ rows }: Listed): Objects {
  return Object.fromEntries(
    rows.map(({ id, folder, fingerprint }) => [
      `output/successes/stores/${folder.replace('/', '')}.json`,
      JSON.stringify({ fingerprint, result: { id, folder, status: 'SUCCEEDED', tuningJob: `tuning-${id}` } }),
    ]),
  );
}

/** Lists the items, assumes that all items succeed, and lists the items again with the given changes. */
async function listAgain(
  event: Wire,
  objects: Objects = {},
  { before = {}, without }: { before?: Wire; without?: string } = {},
): Promise<Listed> {
  const records = recordsOf(await list(before));
  const all = Object.entries({ ...DATA, ...records, ...objects }).filter(([key]) => key !== without);
  return list(event, Object.fromEntries(all));
}

test('if there are no success records, all items run and get fingerprints for their records', async () => {
  const { ran, rows, skipped, result } = await list();
  expect(ran).toEqual(['a', 'b']);
  const hash = expect.stringMatching(/^[\w-]{43}$/);
  expect(rows[0].fingerprint).toEqual({ data: hash, settings: hash, search: hash });
  expect(skipped).toEqual([]);
  expect(result).toMatchObject({ items: 2, skipped: 0 });
});

test('unchanged items are skipped and keep the results of their last success', async () => {
  const { ran, skipped, result } = await listAgain({});
  expect(ran).toEqual([]);
  expect(skipped).toEqual(
    ['a', 'b'].map((id) => ({
      id,
      folder: namesOf(id).folder,
      status: 'SUCCEEDED',
      tuningJob: `tuning-${id}`,
    })),
  );
  expect(result).toMatchObject({ items: 0, skipped: 2 });
});

const items = (a: Wire, b: Wire = {}): Wire => ({
  input: {
    items: [
      { id: 'a', train: 's3://data/stores/a/train/', ...a },
      { id: 'b', train: 's3://data/stores/b/train/', ...b },
    ],
  },
});

test.each<[string, Wire, Objects, string | undefined, string[]]>([
  ['an object has other content of the same size', {}, { 'stores/a/train/2.csv': 'six' }, undefined, ['a']],
  ['an object was added', {}, { 'stores/a/train/3.csv': 'six' }, undefined, ['a']],
  ['an object was deleted', {}, {}, 'stores/a/train/2.csv', ['a']],
  ['an empty object such as a marker was added', {}, { 'stores/a/train/_SUCCESS': '' }, undefined, []],
  ['an object outside the data location was added', {}, { 'stores/a/notes.txt': 'x' }, undefined, []],
  ['data that the props set for all items', {}, { 'validation/1.csv': 'x' }, undefined, ['a', 'b']],
  ['data of another channel', {}, { 'weights/2.csv': 'x' }, undefined, ['a', 'b']],
  ['the states', { lastSuccess: { ...LAST_SUCCESS, settings: 'deployed-2' } }, {}, undefined, ['a', 'b']],
  ['defaults', { input: { defaults: { maxTrainingJobs: 3 } } }, {}, undefined, ['a', 'b']],
  ['a field of an item', items({ maxTrainingJobs: 3 }), {}, undefined, ['a']],
  ['the location', items({ train: 's3://data/stores/b/train/' }), {}, undefined, ['a']],
  ['nothing, except the format of the list', items({}), {}, undefined, []],
  [
    'nothing, but the input disables skipping',
    { input: { skipUnchanged: false } },
    {},
    undefined,
    ['a', 'b'],
  ],
])('the right items run again after this change: %s', async (_case, event, objects, without, expected) => {
  expect((await listAgain(event, objects, without === undefined ? {} : { without })).ran).toEqual(expected);
});

test('a different order of fields is not a change', async () => {
  const before = items({ maxTrainingJobs: 3, hyperparameters: { eta: '1', gamma: '2' } });
  const after = items({ hyperparameters: { gamma: '2', eta: '1' }, maxTrainingJobs: 3 });
  expect((await listAgain(after, {}, { before })).ran).toEqual([]);
});

test('a retry skips an item that has succeeded in the meantime', async () => {
  const first = await list();
  const earlier = {
    'output/fleets/stores/monday/items.jsonl': first.rows.map((row) => JSON.stringify(row)).join('\n'),
  };
  const [[name = '', record = ''] = []] = Object.entries(recordsOf(first));
  const { ran, skipped } = await list(
    { input: { retry: 'monday' } },
    { ...DATA, ...earlier, [name]: record },
  );
  expect([ran, skipped.map(({ id }) => id)]).toEqual([['b'], ['a']]);
});

describe('data', () => {
  const listings = ({ calls }: Listed) =>
    calls.flatMap(({ operation, input }) => (operation === 'ListObjectsV2' ? String(input['Prefix']) : []));

  test('is not read, and a location that items share is listed only once', async () => {
    const listed = await list();
    const all = listings(listed).filter((prefix) => /^(stores\/.|validation|weights)/.test(prefix));
    expect(all.sort()).toEqual(['stores/a/train/', 'stores/b/train/', 'validation/', 'weights/']);
    expect(listed.calls.filter(({ operation }) => operation === 'GetObject')).toEqual([]);
  });

  test.each([
    ['outside the allowed locations', 's3://other/train/'],
    ['that is not a string', 7],
  ])('in a location %s is not listed; the item runs and fails with its own error', async (_case, train) => {
    const { ran, rows, skipped } = await listAgain(items({ train }), {}, { before: items({ train }) });
    expect([ran, skipped.length]).toEqual([['a'], 1]);
    expect(rows[0].fingerprint.data).toBeUndefined();
  });

  test('that cannot be listed makes the list invalid, because otherwise all items would run again in each execution', async () => {
    await expect(list(items({ train: 's3://gone/train/' }))).rejects.toMatchObject({
      name: 'InvalidItems',
      message: expect.stringMatching(/^items\[0\]: s3:\/\/gone\/train\/ cannot be listed: /),
    });
  });

  test('with more pages than the function lists counts as changed', async () => {
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, number) => [`stores/c/train/${number}.csv`, 'x']));
    const skippedWith = async (count: number) => {
      const objects = { ...DATA, ...many(count) };
      const { skipped } = await list({}, { ...objects, ...recordsOf(await list({}, objects)) });
      return skipped.map(({ id }) => id);
    };
    // Each page of the object list has two objects.
    expect(await skippedWith(200)).toEqual(['a', 'b', 'c']);
    expect(await skippedWith(201)).toEqual(['a', 'b']);
    expect(console.warn).toHaveBeenCalledWith(
      expect.stringContaining('s3://data/stores/c/train/ has more than'),
    );
  });
});

describe('a warm start', () => {
  const warm = (changes: Wire = {}) => ({
    lastSuccess: { settings: 'deployed-1', warmStart: true, ...changes },
  });
  const parents = ({ rows }: Listed) => rows.map(({ input }) => input.warmStartFrom);

  test.each<[string, Wire, unknown]>([
    ['nothing has changed', {}, ['tuning-a']],
    ['the location has changed', { train: 's3://data/stores/b/train/' }, ['tuning-a']],
    ['the number of jobs has changed', { maxTrainingJobs: 3 }, ['tuning-a']],
    ['the hyperparameters have changed', { hyperparameters: { eta: '1' } }, undefined],
    ['the item names another parent', { warmStartFrom: ['mine'] }, ['mine']],
  ])('if %s', async (_case, fields, expected) => {
    const listed = await listAgain(
      { ...items(fields), ...warm() },
      {},
      { before: { ...items({}), ...warm() } },
    );
    expect(parents(listed)).toEqual([expected, ['tuning-b']]);
    expect(listed.skipped).toEqual([]);
  });

  test('is not used after a change of the states or without an earlier success', async () => {
    expect(parents(await listAgain(warm({ settings: 'other' }), {}, { before: warm() }))).toEqual([
      undefined,
      undefined,
    ]);
    expect(parents(await list(warm()))).toEqual([undefined, undefined]);
  });

  test('is not a change: an item that ran with a warm start is skipped', async () => {
    const both = { lastSuccess: { ...LAST_SUCCESS, warmStart: true } };
    const second = await listAgain({ ...both, input: { skipUnchanged: false } }, {}, { before: both });
    expect(parents(second)).toEqual([['tuning-a'], ['tuning-b']]);
    expect((await list(both, { ...DATA, ...recordsOf(second) })).ran).toEqual([]);
  });

  test('of a retry is chosen again', async () => {
    const second = await listAgain(warm(), {}, { before: warm() });
    const objects = {
      ...DATA,
      'output/fleets/stores/monday/items.jsonl': second.rows.map((row) => JSON.stringify(row)).join('\n'),
    };
    const retry = { ...warm(), input: { retry: 'monday' } };
    expect(parents(await list(retry, objects))).toEqual([undefined, undefined]);
    const newer = JSON.parse(JSON.stringify(recordsOf(second)).replaceAll('tuning-', 'newer-'));
    expect(parents(await list(retry, { ...objects, ...newer }))).toEqual([['newer-a'], ['newer-b']]);
  });
});

test.each<[string, Wire, RegExp]>([
  ['another type', { skipUnchanged: 'no' }, /^skipUnchanged: must be true or false, got "no"$/],
  [
    'true, but nothing is recorded',
    { skipUnchanged: true },
    /^skipUnchanged: cannot be true, .* set the property skipUnchanged of the fleet/,
  ],
])('the input skipUnchanged: %s', async (_case, input, message) => {
  await expect(list({ input, lastSuccess: null })).rejects.toMatchObject({
    name: 'InvalidInput',
    message: expect.stringMatching(message),
  });
});
