import { parseEvent } from '../../lambda/summarize-fleet/event';
import { summarizeFleet } from '../../lambda/summarize-fleet/summarize-fleet';
import type { Json } from '../fixtures';
import { withS3 } from './with-s3';

const FOLDER = 'output/fleets/stores/run/';
const FINGERPRINT = { data: 'd', settings: 's', search: 'h' };

const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

const row = (id: string) => ({ id, folder: `${id}-0/`, fingerprint: FINGERPRINT, input: {} });

const skipped = (id: string, value: number) => ({
  id,
  folder: `${id}-0/`,
  status: 'SUCCEEDED',
  tuningJob: `tuning-${id}`,
  bestTrainingJob: `best-${id}`,
  objective: { metric: 'validation:rmse', type: 'Minimize', value },
  model: `s3://m/${id}`,
  report: `s3://data/output/reports/${id}-0/t/report.html`,
});

const child = (id: string, status: string, value = 0) => ({
  Input: JSON.stringify(row(id)),
  Status: status,
  ...(status === 'SUCCEEDED'
    ? {
        Output: JSON.stringify({
          tuningJob: { name: `tuning-${id}` },
          bestTrainingJob: {
            name: `best-${id}`,
            objective: { metric: 'validation:rmse', type: 'Minimize', value },
          },
          instanceSeconds: 60,
        }),
      }
    : { Error: 'X', Cause: 'y' }),
});

const RESULTS = {
  [`${FOLDER}items.jsonl`]: lines(['new', 'broken'].map(row)),
  [`${FOLDER}results/map/0.jsonl`]: lines([child('new', 'SUCCEEDED', 0.5), child('broken', 'FAILED')]),
  [`${FOLDER}results/map/manifest.json`]: JSON.stringify({
    ResultFiles: { SUCCEEDED: [{ Key: `${FOLDER}results/map/0.jsonl` }] },
  }),
};

const SKIPPED = { [`${FOLDER}skipped.jsonl`]: lines([skipped('old', 0.9), skipped('older', 0.1)]) };

function run(
  objects: Readonly<Record<string, string>>,
  event: Json = {},
): Promise<{ readonly fleet: Json; readonly files: Record<string, string> }> {
  return withS3(
    objects,
    async (client, calls) => {
      const parsed = parseEvent({ folder: `s3://data/${FOLDER}`, ...event });
      const result = await summarizeFleet(client, parsed, { css: '', js: '' });
      const puts = calls.filter(({ operation }) => operation === 'PutObject');
      const files = puts.map(({ input }) => [String(input['Key']), String(input['Body'])]);
      return { fleet: result?.fleet, files: Object.fromEntries(files) };
    },
    100,
  );
}

test('skipped items are counted and are in all files, with the results of their last success', async () => {
  const { fleet, files } = await run({ ...RESULTS, ...SKIPPED });
  expect(fleet).toMatchObject({ items: 4, succeeded: 1, failed: 1, notStarted: 0, skipped: 2 });
  // The objective values of skipped items are included, but skipped items used no instances.
  expect(fleet).toMatchObject({ objective: { best: 0.1, median: 0.5, worst: 0.9 }, instanceSeconds: 60 });
  const { results } = JSON.parse(files[`${FOLDER}fleet.json`] ?? '');
  expect(results.map(({ id, status }: Json) => [id, status])).toEqual([
    ['broken', 'FAILED'],
    ['old', 'SKIPPED'],
    ['new', 'SUCCEEDED'],
    ['older', 'SKIPPED'],
  ]);
  expect(results[1]).toEqual({ ...skipped('old', 0.9), status: 'SKIPPED' });
  const [, , csv] = (files[`${FOLDER}fleet.csv`] ?? '').split('\r\n');
  for (const part of ['old', 'SKIPPED', '0.9', 'best-old', 's3://m/old', 'report.html'])
    expect(csv).toContain(part);
  const page = files[`${FOLDER}fleet.html`] ?? '';
  expect(page).toContain('<dt><bdi>Skipped</bdi></dt><dd>2</dd>');
  expect(page).toContain('href="../../../reports/old-0/t/report.html"');
  expect(page.match(/<tr class="failed">/g)).toHaveLength(1);
});

test('if all items were skipped, the function reads no results of a Map', async () => {
  const objects = { ...SKIPPED, [`${FOLDER}items.jsonl`]: '' };
  const { fleet, files } = await run(objects, { manifest: null });
  expect(fleet).toMatchObject({ items: 2, succeeded: 0, failed: 0, skipped: 2, objective: { best: 0.1 } });
  expect(fleet).not.toHaveProperty('results');
  expect(fleet).not.toHaveProperty('instanceSeconds');
  expect(Object.keys(files).sort()).toEqual(
    ['fleet.csv', 'fleet.html', 'fleet.json'].map((name) => `${FOLDER}${name}`),
  );
});

test('for an item that succeeded, only a record of the success is written', async () => {
  const { files } = await run({ ...RESULTS, ...SKIPPED }, { status: 'FAILED', encryptionKey: 'arn:key' });
  const records = Object.entries(files).filter(([key]) => !key.startsWith(FOLDER));
  expect(records.map(([key]) => key)).toEqual(['output/successes/stores/new-0.json']);
  const { fingerprint, result } = JSON.parse(records[0]?.[1] ?? '');
  expect(fingerprint).toEqual(FINGERPRINT);
  expect(result).toMatchObject({ id: 'new', tuningJob: 'tuning-new', bestTrainingJob: 'best-new' });
  expect(result).not.toHaveProperty('instanceSeconds');
});

test('if a fleet does not record successes, it writes only its summary', async () => {
  const { files } = await run(JSON.parse(JSON.stringify(RESULTS).replaceAll('fingerprint', 'other')));
  expect(Object.keys(files).filter((key) => !key.startsWith(FOLDER))).toEqual([]);
});
