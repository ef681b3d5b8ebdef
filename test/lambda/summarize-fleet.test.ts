import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { S3Client } from '@aws-sdk/client-s3';
import { parseEvent } from '../../lambda/summarize-fleet/event';
import { renderPage } from '../../lambda/summarize-fleet/page/render-page';
import { summarizeFleet } from '../../lambda/summarize-fleet/summarize-fleet';
import type { Json } from '../fixtures';
import { bundleOf, ENVIRONMENT, startS3, type Wire, type WireCall } from './wire-server';
import { withS3 } from './with-s3';

const FOLDER = 'output/fleets/stores/run/';
const EVENT = { folder: `s3://data/${FOLDER}` };
const ASSETS = { css: 'p{}', js: 'void 0' };

interface Item {
  readonly id: string;
  /** Objective of an item that succeeded. */
  readonly value?: number;
  /** @default - validation:rmse */
  readonly metric?: string;
  readonly error?: string;
  readonly cause?: string;
  /** @default - derived from `value` */
  readonly status?: string;
  readonly warmStarted?: boolean;
  readonly startsFromLastSuccess?: true;
}

const folderOf = (id: string) => `${encodeURIComponent(id)}-0123456789abcdef/`;

/**
 * The objects in the bucket after a fleet with these items has ended. An item that has neither a value, nor
 * an error, nor a status has no result.
 */
function objectsOf(items: readonly Item[], type = 'Minimize', bound?: Json): Record<string, string> {
  const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  const row = ({ id, startsFromLastSuccess }: Item) => ({
    id,
    folder: folderOf(id),
    bound,
    startsFromLastSuccess,
    input: {},
  });
  const child = (item: Item) => ({
    ExecutionArn: 'arn',
    Input: JSON.stringify(row(item)),
    InputDetails: { Included: true },
    Status: item.status ?? (item.value === undefined ? 'FAILED' : 'SUCCEEDED'),
    ...(item.value !== undefined && { Output: JSON.stringify(outputOf(item, type)) }),
    ...(item.error !== undefined && { Error: item.error, Cause: item.cause }),
    StartDate: '2026-11-29T10:00:00.000Z',
    StopDate: '2026-11-29T10:01:00.000Z',
  });
  const succeeded = items.filter(({ value }) => value !== undefined);
  const failed = items.filter(({ error, status }) => error !== undefined || status !== undefined);
  return {
    [`${FOLDER}items.jsonl`]: lines(items.map(row)),
    [`${FOLDER}results/map/SUCCEEDED_0.jsonl`]: lines(succeeded.map(child)),
    [`${FOLDER}results/map/FAILED_0.jsonl`]: lines(failed.map(child)),
    [`${FOLDER}results/map/manifest.json`]: JSON.stringify({
      ResultFiles: {
        FAILED: [{ Key: `${FOLDER}results/map/FAILED_0.jsonl` }],
        PENDING: [],
        SUCCEEDED: [{ Key: `${FOLDER}results/map/SUCCEEDED_0.jsonl` }],
      },
    }),
  };
}

function outputOf({ id, value = 0, metric = 'validation:rmse', warmStarted }: Item, type: string): Wire {
  return {
    ...(warmStarted !== undefined && { warmStarted }),
    tuningJob: { name: `tuning-${id}` },
    bestTrainingJob: { name: `best-${id}`, objective: { metric, type, value } },
    finalTrainingJob: {
      name: `final-${id}`,
      metrics: { 'train:rmse': value / 2 },
      modelArtifacts: `s3://m/${id}`,
    },
    evaluation: { metrics: { rmse: { value: value * 2 }, r2: { value: null } } },
    gate: { passed: value < 0.5 },
    modelPackage: { arn: `arn:${id}/1` },
    report: `s3://data/output/reports/${folderOf(id)}tuning-${id}/report.html`,
    instanceSeconds: 60,
  };
}

async function run(
  objects: Record<string, string>,
  event: Wire = {},
  modified: Record<string, string> = {},
): Promise<{ fleet: Json; files: Record<string, string> }> {
  const summarize = async (client: S3Client, calls: readonly WireCall[]) => {
    const result = await summarizeFleet(client, parseEvent({ ...EVENT, ...event }), ASSETS);
    const puts = calls.filter(({ operation }) => operation === 'PutObject');
    const files = Object.fromEntries(
      puts.map(({ input }) => [String(input['Key']).slice(FOLDER.length), String(input['Body'])]),
    );
    return { fleet: result?.fleet, files };
  };
  return withS3(objects, summarize, 100, modified);
}

const ITEMS: readonly Item[] = [
  { id: 'good', value: 0.1 },
  { id: 'bad', value: 0.9 },
  { id: 'fair', value: 0.4 },
  {
    id: 'broken',
    error: 'NoCompletedTrainingJobError',
    cause: JSON.stringify({
      errorMessage:
        'No training job completed: labels are nan. Report: s3://data/output/reports/broken-0123456789abcdef/t/report.html',
      errorType: 'NoCompletedTrainingJobError',
    }),
  },
  { id: 'invalid-1', error: 'InvalidInput', cause: 'eta: must be a string, got 1' },
  { id: 'invalid-2', error: 'InvalidInput', cause: 'eta: must be a string, got 1' },
  { id: 'stopped', status: 'ABORTED' },
  { id: 'later' },
];

test('the summary has the counts of items and the reasons for failures, with the most common reason first', async () => {
  const { fleet } = await run(objectsOf(ITEMS));
  expect(fleet).toEqual({
    items: 8,
    succeeded: 3,
    failed: 4,
    notStarted: 1,
    skipped: 0,
    reasons: [
      { error: 'InvalidInput', reason: 'eta: must be a string, got 1', example: 'invalid-1', count: 2 },
      {
        error: 'NoCompletedTrainingJobError',
        reason: 'No training job completed: labels are nan',
        example: 'broken',
        count: 1,
      },
    ],
    objective: { metric: 'validation:rmse', type: 'Minimize', best: 0.1, median: 0.4, worst: 0.9 },
    instanceSeconds: 180,
    unknownItems: 4,
    summary: `${EVENT.folder}fleet.html`,
    csv: `${EVENT.folder}fleet.csv`,
    json: `${EVENT.folder}fleet.json`,
    results: `${EVENT.folder}results/map/manifest.json`,
  });
});

test('objective values are not summarized if the items have different metrics', async () => {
  const items = [
    { id: 'a', value: 1 },
    { id: 'b', value: 2, metric: 'validation:mae' },
  ];
  const { fleet, files } = await run(objectsOf(items));
  expect(fleet).toMatchObject({ succeeded: 2 });
  expect(fleet).not.toHaveProperty('objective');
  const { results } = JSON.parse(files['fleet.json'] ?? '');
  expect(results.map(({ objective }: Json) => objective.metric).sort()).toEqual([
    'validation:mae',
    'validation:rmse',
  ]);
  expect(results[0]).toMatchObject({
    startedAt: '2026-11-29T10:00:00.000Z',
    endedAt: '2026-11-29T10:01:00.000Z',
  });
});

test('IDs and causes can contain Unicode line separators', async () => {
  const cause = 'no file\u2028train\u2029';
  const items = [
    { id: 'north\u2028west', value: 0.1 },
    { id: 'south\u2029', error: 'InvalidInput', cause },
  ];
  const { files } = await run(objectsOf(items));
  expect(JSON.parse(files['fleet.json'] ?? '').results).toMatchObject([
    { id: 'south\u2029', status: 'FAILED', reason: cause },
    { id: 'north\u2028west', status: 'SUCCEEDED', objective: { value: 0.1 } },
  ]);
});

test('how quotas limited the execution', async () => {
  const quotas = { requested: 20, maxConcurrency: 2, quotas: [{ name: 'q', value: 4, itemUses: 2 }] };
  const { fleet, files } = await run(objectsOf(ITEMS), { quotas });
  expect([fleet.quotas, JSON.parse(files['fleet.json'] ?? '').quotas]).toEqual([quotas, quotas]);
  expect(files['fleet.html']).toContain('<dt><bdi>Items at a time, by quotas</bdi></dt><dd>2 of 20</dd>');
});

test('a failed item has the results from its report', async () => {
  const report = {
    search: { name: 't' },
    objective: { metric: 'validation:rmse', type: 'Minimize' },
    bestJob: 't-1',
    jobs: [{ name: 't-1', value: 2 }],
    finalModel: { job: 'f', metrics: { 'train:rmse': 1 }, modelArtifacts: 's3://m/f' },
    evaluation: { metrics: { rmse: { value: 4 } } },
    gate: { passed: false },
    modelPackage: { arn: 'arn:model-package/broken/17' },
    cost: { billableSeconds: 7 },
  };
  const { fleet, files } = await run({
    ...objectsOf(ITEMS),
    'output/reports/broken-0123456789abcdef/t/report.json': JSON.stringify(report),
  });
  expect(fleet).toMatchObject({ instanceSeconds: 187, unknownItems: 3 });
  const results: Json[] = JSON.parse(files['fleet.json'] ?? '').results;
  expect(results.find(({ id }) => id === 'broken')).toMatchObject({
    status: 'FAILED',
    error: 'NoCompletedTrainingJobError',
    tuningJob: 't',
    bestTrainingJob: 't-1',
    objective: { metric: 'validation:rmse', type: 'Minimize', value: 2 },
    finalTrainingJob: 'f',
    model: 's3://m/f',
    metrics: { 'train:rmse': 1 },
    evaluation: { rmse: 4 },
    gatePassed: false,
    modelPackage: 'arn:model-package/broken/17',
    instanceSeconds: 7,
  });
  const page = files['fleet.html'] ?? '';
  expect(page).toContain('<th scope="col" class="t">Quality gate<th scope="col">Model version');
  expect(page).toContain('<td class="t" data-value="0">failed<td data-value="17">17<');
});

test('a report that cannot be read is in the summary; one that is missing is not', async () => {
  const key = 'output/reports/broken-0123456789abcdef/t/report.json';
  const { fleet, files } = await run({ ...objectsOf(ITEMS), [key]: '{"search":' });
  expect(fleet.unreadReports).toBe(1);
  const results: Json[] = JSON.parse(files['fleet.json'] ?? '').results;
  const errors = results.filter(({ reportError }) => reportError !== undefined);
  expect(errors).toMatchObject([
    {
      id: 'broken',
      reportError: expect.stringMatching(/^s3:\/\/data\/.*report\.html cannot be read: .*JSON/),
    },
  ]);
  expect(files['fleet.csv']).toMatch(/^.*,report_error,.*$/m);
  expect(files['fleet.html']).toContain('<dt><bdi>Reports that could not be read</bdi></dt><dd>1</dd>');
  expect((await run(objectsOf(ITEMS))).fleet).not.toHaveProperty('unreadReports');
});

test('an item does not count in the instance time if its report knows the time of only some jobs', async () => {
  const cost = { billableSeconds: 7, unknownJobs: 1 };
  const report = 'output/reports/broken-0123456789abcdef/t/report.json';
  const { fleet } = await run({ ...objectsOf(ITEMS), [report]: JSON.stringify({ cost }) });
  expect(fleet).toMatchObject({ instanceSeconds: 180, unknownItems: 4 });
});

test('with warmStartFromPrevious, each file says whether an item had its warm start', async () => {
  const items: Item[] = [
    { id: 'first', value: 1, warmStarted: false },
    { id: 'again', value: 2, warmStarted: true },
  ];
  const { files } = await run(objectsOf(items));
  const { results } = JSON.parse(files['fleet.json'] ?? '');
  expect(results).toMatchObject([
    { id: 'again', warmStarted: true },
    { id: 'first', warmStarted: false },
  ]);
  const [header = '', again = ''] = (files['fleet.csv'] ?? '').split(/\r?\n/);
  expect(again.split(',')[header.split(',').indexOf('warm_started')]).toBe('true');
  expect(files['fleet.html']).toContain('<th scope="col" class="t">Warm start');
  expect((await run(objectsOf(ITEMS))).files['fleet.html']).not.toContain('Warm start');
});

test('with warmStartFromPrevious, the report of a failed item says whether the item had its warm start', async () => {
  const report = (id: string) => `output/reports/${id}-0123456789abcdef/t/report.json`;
  const failed = (id: string, startsFromLastSuccess?: true): Item => ({
    id,
    error: 'QualityGateFailed',
    cause: `The model is worse. Report: s3://data/${report(id).replace('.json', '.html')}`,
    ...(startsFromLastSuccess && { startsFromLastSuccess }),
  });
  const warm = JSON.stringify({ search: { name: 't', warmStart: { parents: ['p'] } } });
  const cold = JSON.stringify({ search: { name: 't' } });
  const objects = {
    ...objectsOf([failed('warm', true), failed('refused', true), failed('own'), failed('unread', true)]),
    [report('warm')]: warm,
    [report('refused')]: cold,
    // The item's input has its own `warmStartFrom`.
    [report('own')]: warm,
  };
  const warmStartedIn = async (event: Wire) => {
    const results: Json[] = JSON.parse((await run(objects, event)).files['fleet.json'] ?? '').results;
    return Object.fromEntries(results.map(({ id, warmStarted }) => [id, warmStarted]));
  };
  expect(await warmStartedIn({ warmStartFromPrevious: true })).toEqual({
    warm: true,
    refused: false,
    own: false,
    unread: undefined,
  });
  expect(Object.values(await warmStartedIn({}))).toEqual([undefined, undefined, undefined, undefined]);
});

test('without a gate and a registry, the page has no columns for them', async () => {
  const { files } = await run(objectsOf([{ id: 'later' }]));
  expect(files['fleet.html']).not.toMatch(/Quality gate|Model version/);
});

describe('the instance time and cost that the items used are shown with their bounds', () => {
  const withBounds = (bound: Json) => objectsOf(ITEMS, 'Minimize', bound);

  test('in total and in each file', async () => {
    const { fleet, files } = await run(withBounds({ instanceSeconds: 600, cost: 6 }), {
      pricePerSecond: 0.01,
    });
    expect(fleet.cost).toEqual({
      bound: { instanceSeconds: 8 * 600, cost: 8 * 6 },
      used: { instanceSeconds: 180, cost: expect.closeTo(1.8, 9) },
    });
    const { results } = JSON.parse(files['fleet.json'] ?? '');
    const costOf = (id: string) => results.find((item: Json) => item.id === id).cost;
    const bound = { instanceSeconds: 600, cost: 6 };
    expect(costOf('good')).toEqual({ bound, used: { instanceSeconds: 60, cost: expect.closeTo(0.6, 9) } });
    expect([costOf('broken'), costOf('later')]).toEqual([{ bound }, { bound }]);
    const [head, ...rows] = (files['fleet.csv'] ?? '').split('\r\n');
    expect(head).toContain('instance_seconds,model_package,bound_instance_seconds,cost,bound_cost,');
    expect(rows.find((row) => row.startsWith('good,'))).toContain(',60,arn:good/1,600,0.6,6,');
    const page = files['fleet.html'] ?? '';
    expect(page).toContain(
      '<dt><bdi>Maximum instance time</bdi></dt><dd>1 h 20 min (3.8 % used, without 4 items of unknown time)</dd>',
    );
    expect(page).toContain(
      '<dt><bdi>Maximum cost</bdi></dt><dd>48 (3.8 % used, without 4 items of unknown time)</dd>',
    );
    expect(page).toContain('>Maximum<');
    expect(page).toContain('>Cost<');
  });

  test('without prices, and without a bound', async () => {
    const { fleet, files } = await run(withBounds({ instanceSeconds: 600 }));
    expect(fleet.cost).toEqual({ bound: { instanceSeconds: 4800 }, used: { instanceSeconds: 180 } });
    expect(files['fleet.html']).not.toContain('>Cost<');
    const unknown = await run(objectsOf([{ id: 'later' }], 'Minimize', { instanceSeconds: 600 }));
    expect(unknown.fleet.cost).toEqual({ bound: { instanceSeconds: 600 } });
    expect(unknown.files['fleet.html']).toContain('<dt><bdi>Maximum instance time</bdi></dt><dd>10 min</dd>');
    const plain = await run(objectsOf(ITEMS));
    expect(plain.files['fleet.csv']).not.toContain('bound');
    expect(plain.files['fleet.html']).not.toContain('Maximum');
  });
});

test.each([
  ['Minimize', ['bad', 'fair', 'good']],
  ['Maximize', ['good', 'fair', 'bad']],
])('the worst items come first: %s', async (type, order) => {
  const { files } = await run(objectsOf(ITEMS, type));
  const failed = ['broken', 'invalid-1', 'invalid-2', 'stopped', 'later'];
  expect(JSON.parse(files['fleet.json'] ?? '').results.map(({ id }: Json) => id)).toEqual([
    ...failed,
    ...order,
  ]);
  const ids = (files['fleet.csv'] ?? '')
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(',')[0]);
  expect(ids).toEqual([...failed, ...order]);
  const rows = [...(files['fleet.html'] ?? '').matchAll(/<tr[^>]*><td class="t"><bdi>([^<]*)</g)];
  expect(rows.map(([, id]) => id)).toEqual([...failed, ...order]);
});

test('items whose training jobs failed for the same reason are counted together', async () => {
  const cause = (item: string) =>
    `Hyperparameter tuning job t-${item} (Failed) has no training job with a value of its objective metric validation:rmse: 0 completed, 0 stopped, 2 failed. Most common reason for failure (2 of 2 failed training jobs, for example t-${item}-001-0a1b2c3d): AlgorithmError: label is nan at 10:11:12. Logs: CloudWatch log group /aws/sagemaker/TrainingJobs, log streams that start with t-${item}-`;
  const items = ['a', 'b'].map((id) => ({ id, error: 'NoCompletedTrainingJobError', cause: cause(id) }));
  const { fleet } = await run(objectsOf(items));
  expect(fleet.reasons).toEqual([
    {
      error: 'NoCompletedTrainingJobError',
      reason: 'AlgorithmError: label is nan at 10:11:12',
      example: 'a',
      count: 2,
    },
  ]);
});

test('items are counted together if their failure reasons differ only in names and numbers', async () => {
  const item = (id: string, rmse: number) => ({
    id,
    error: 'QualityGateFailed',
    cause: `The final model does not pass the quality gate: rmse is ${rmse}, the gate allows at most 0.3. Training job of the final model: stores-${id}-final, model s3://m/models/${folderOf(id)}model.tar.gz. Version 1 of group-${id}-0123456789abcdef is rejected. Report: s3://data/output/reports/${folderOf(id)}t/report.html`,
  });
  const { fleet, files } = await run(objectsOf([item('1', 0.4), item('11', 1.1), item('north', 12)]));
  expect(fleet.reasons).toEqual([
    {
      error: 'QualityGateFailed',
      reason:
        'The final model does not pass the quality gate: rmse is 0.4, the gate allows at most 0.3. Version 1 of group-1-0123456789abcdef is rejected',
      example: '1',
      count: 3,
    },
  ]);
  expect(JSON.parse(files['fleet.json'] ?? '').results[0]).toMatchObject({
    finalTrainingJob: 'stores-1-final',
    model: `s3://m/models/${folderOf('1')}model.tar.gz`,
  });
});

test('a result from a redrive replaces the earlier failure, whatever the order of the files', async () => {
  const before = objectsOf([{ id: 'a', error: 'X', cause: 'y' }]);
  const after = objectsOf([{ id: 'a', value: 1 }]);
  const both = {
    ...before,
    [`${FOLDER}results/map/SUCCEEDED_0.jsonl`]: after[`${FOLDER}results/map/SUCCEEDED_0.jsonl`] ?? '',
  };
  expect((await run(both)).fleet).toMatchObject({ items: 1, succeeded: 1, failed: 0, reasons: [] });
});

test('for a failed execution, the function finds the manifest, or fails so that it is retried', async () => {
  const objects = objectsOf(ITEMS);
  const { files } = await run(objects, { status: 'FAILED' });
  expect(files['fleet.html']).toContain('<span class="status status-failed">FAILED</span>');
  delete objects[`${FOLDER}results/map/manifest.json`];
  for (const status of ['FAILED', 'ABORTED', 'TIMED_OUT']) {
    await expect(run(objects, { status })).rejects.toMatchObject({ name: 'ResultsMissing' });
  }
  // If the list of items was invalid, no Map ran.
  expect(await run({}, { status: 'FAILED' })).toEqual({ fleet: undefined, files: {} });
});

test.each([
  ['before a redrive', '10:00:00', '10:01:00', false],
  ['after a redrive', '10:02:00', '10:01:00', true],
])(
  'results are summarized only if they are newer than the last summary: results %s',
  async (_when, results, summary, isNew) => {
    const objects = { ...objectsOf(ITEMS), [`${FOLDER}fleet.html`]: 'of the first end' };
    const summarized = run(
      objects,
      { status: 'FAILED' },
      {
        [`${FOLDER}results/map/manifest.json`]: `2026-11-29T${results}.000Z`,
        [`${FOLDER}fleet.html`]: `2026-11-29T${summary}.000Z`,
      },
    );
    if (isNew) expect((await summarized).fleet.items).toBe(8);
    else await expect(summarized).rejects.toMatchObject({ name: 'ResultsMissing' });
  },
);

test('the page shows at most the 10,000 worst items, and says where the others are', () => {
  const items = Array.from({ length: 10_001 }, (_, number) => ({
    id: `item-${number}`,
    folder: 'f/',
    status: 'FAILED' as const,
  }));
  const rowsOf = (count: number) => {
    const page = renderPage(
      {
        execution: 'run',
        createdAt: '2026-11-29T10:00:00Z',
        fleet: { items: count, succeeded: 0, failed: count, notStarted: 0, skipped: 0, reasons: [] },
        items: items.slice(0, count),
      },
      ASSETS,
    );
    return [page.match(/<tr class="failed">/g)?.length, page.includes('fleet.csv and fleet.json have all')];
  };
  expect(rowsOf(10_001)).toEqual([10_000, true]);
  expect(rowsOf(10_000)).toEqual([10_000, false]);
});

test('hostile strings are escaped, and a string that looks like a formula stays text', async () => {
  const id = '=1+1"><script>alert(1)</script>';
  const { files } = await run(objectsOf([{ id, error: '<b>', cause: '</script><img src=x onerror=y>' }]));
  const page = files['fleet.html'] ?? '';
  expect(page.replace(/<style>[\s\S]*?<\/style>|<script>void 0<\/script>/g, '')).not.toMatch(
    /<script|<img|<b>&/,
  );
  expect(page).toContain('&lt;img src=x onerror=y&gt;');
  expect(files['fleet.csv']).toContain(`"'=1+1""><script>`);
});

test('the metrics on test data and the gate decision have columns', async () => {
  const { files } = await run(
    objectsOf([
      { id: 'a', value: 0.4 },
      { id: 'b', value: 0.6 },
    ]),
  );
  const [head = '', ...rows] = (files['fleet.csv'] ?? '').trim().split('\r\n');
  const [test, gate] = ['test:rmse', 'gate'].map((name) => head.split(',').indexOf(name));
  expect(rows.map((row) => [row.split(',')[test ?? 0], row.split(',')[gate ?? 0]])).toEqual([
    ['1.2', 'failed'],
    ['0.8', 'passed'],
  ]);
});

test('a row of fleet.csv is always one line', async () => {
  const cause = 'AlgorithmError: failed\r\n  Traceback:\n    ValueError';
  const { files } = await run(objectsOf([{ id: 'a', error: 'AlgorithmError', cause }]));
  const [, row, ...others] = (files['fleet.csv'] ?? '').trim().split(/\r?\n/);
  expect(row).toContain('failed Traceback: ValueError');
  expect(others).toEqual([]);
});

test('the page links a report relative to the location of the summary', async () => {
  const { files } = await run(objectsOf([{ id: 'a', value: 1 }]));
  expect(files['fleet.html']).toContain(`href="../../../reports/${folderOf('a')}tuning-a/report.html"`);
});

/** Peak memory of the bundled function, in MiB, for this number of items with outputs of about 10 KB each. */
async function peakOf(count: number): Promise<number> {
  const top = Array.from({ length: 30 }, (_, number) => ({ name: `job-${number}`, text: 'x'.repeat(300) }));
  const objects = objectsOf(
    Array.from({ length: count }, (_, number) => ({ id: `item-${number}`, value: number })),
  );
  const key = `${FOLDER}results/map/SUCCEEDED_0.jsonl`;
  const padded = (objects[key] ?? '').replaceAll(
    '\\"report\\"',
    `\\"topTrainingJobs\\":${JSON.stringify(JSON.stringify(top)).slice(1, -1)},\\"report\\"`,
  );
  const server = await startS3('data', { ...objects, [key]: padded }, 100);
  try {
    const script = `require(process.argv[1]).handler(JSON.parse(process.argv[2]))
      .then(() => process.stdout.write(String(process.resourceUsage().maxRSS)))`;
    const { stdout: kilobytes } = await promisify(execFile)(
      process.execPath,
      ['-e', script, bundleOf('summarize-fleet'), JSON.stringify(EVENT)],
      { env: { ...ENVIRONMENT, AWS_ENDPOINT_URL: server.endpoint } },
    );
    return Number(kilobytes) / 1024;
  } finally {
    await server.close();
  }
}

test('10,000 items need less than 256 MB', async () => {
  expect(await peakOf(10_000)).toBeLessThan(256);
});
