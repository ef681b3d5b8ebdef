import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { checkTabularData } from '../../lambda/check-tabular-data/check-tabular-data';
import { parseEvent as parseTabularEvent } from '../../lambda/check-tabular-data/event';
import { approvedVersionReader } from '../../lambda/evaluate-model/approved-version';
import type { EvaluateModelEvent } from '../../lambda/evaluate-model/event';
import { readPredictions } from '../../lambda/evaluate-model/read-predictions';
import { parseEvent } from '../../lambda/list-fleet-items/event';
import { listFleetItems } from '../../lambda/list-fleet-items/list-fleet-items';
import { readBestIteration } from '../../lambda/prepare-final-training/best-iteration';
import type { ReportClients } from '../../lambda/report/clients';
import { writeReport } from '../../lambda/report/write-report';
import { openObject } from '../../lambda/shared/s3-objects';
import { TRANSIENT_ERRORS } from '../../lambda/shared/transient-errors';
import type { ItemResult } from '../../lambda/summarize-fleet/fleet-data';
import { withReports } from '../../lambda/summarize-fleet/read-reports';
import { readResults } from '../../lambda/summarize-fleet/read-results';
import { TRANSIENT_ERRORS as RETRIED } from '../../lib/private/retries';
import { ITEM_FIELDS } from './item-fields';
import { withS3 } from './with-s3';

/** A client whose requests fail. */
const failing = (name: string) => {
  const send = () => Promise.reject(Object.assign(new Error('Please reduce your request rate'), { name }));
  return { send } as unknown as S3Client & SageMakerClient;
};

const FLEET = {
  input: {},
  source: { format: 'JSON', uri: 's3://data/items.json' },
  itemFields: ITEM_FIELDS,
  dataFields: ['train'],
  sharedData: { train: 's3://data/shared/' },
  maxConcurrency: 1,
  execution: 'arn:aws:states:eu-west-1:1:execution:fleet:run',
  output: 's3://data/output/fleets/run/',
};

const FAILED_ITEMS: readonly ItemResult[] = [
  { id: 'a', folder: 'a/', status: 'FAILED', report: 's3://data/reports/a/t/report.html' },
];

const DATA = {
  locations: { train: 's3://data/train/' },
  shared: [],
  allowed: ['s3://data/'],
};

const MODEL = { ModelQuality: { Statistics: { S3Uri: 's3://data/evaluation.json' } } };
const REGISTRY = {
  send: async () => ({ ModelPackageSummaryList: [{ ModelPackageArn: 'arn:3' }], ModelMetrics: MODEL }),
} as unknown as SageMakerClient;

const LISTED = {
  ...FLEET,
  input: { items: [{ id: 'a' }] },
  lastSuccess: { settings: 's', warmStart: false, data: DATA },
};

/** A client that finds no success records, and cannot list the data. */
const withoutRecords = (name: string) => {
  const send = async ({ input }: { readonly input: { readonly Prefix?: string } }) =>
    input.Prefix?.includes('successes') ? {} : failing(name).send({} as never);
  return { send } as unknown as S3Client;
};

test('the state machine retries all transient errors', () => {
  expect(RETRIED).toEqual(TRANSIENT_ERRORS);
});

test.each<[string, (name: string) => Promise<unknown>]>([
  ['the best number of rounds', (name) => readBestIteration(failing(name), 's3://data/model.tar.gz')],
  ['the list of the items', (name) => listFleetItems(failing(name), parseEvent(FLEET))],
  ['the data of the items', (name) => listFleetItems(withoutRecords(name), parseEvent(LISTED))],
  [
    'the statistics of the approved version',
    (name) =>
      approvedVersionReader({ s3: failing(name), sagemaker: REGISTRY }, {
        modelPackageGroup: 'prices',
      } as EvaluateModelEvent)(),
  ],
  [
    'the search of a report',
    (name) =>
      writeReport(
        { s3: failing(name), sagemaker: failing(name), logs: failing(name) } as unknown as ReportClients,
        { tuningJobName: 'churn', output: 's3://data/reports/' },
        { links: { console: 'https://console' } as never, assets: '' },
      ),
  ],
  ["an item's report", (name) => withReports(failing(name), FAILED_ITEMS, undefined)],
])(
  'if a function cannot read %s because of a transient error, it fails with the name of that error',
  async (_what, read) => {
    await expect(read('SlowDown')).rejects.toMatchObject({ name: 'SlowDown' });
    await expect(read('ThrottlingException')).rejects.toMatchObject({ name: 'ThrottlingException' });
  },
);

/** Objects whose last bytes a function needs. */
const OBJECTS: Readonly<Record<string, string | Buffer>> = {
  'model.tar.gz': gzipSync('no such attribute'),
  'items.json': '[{"id": "a"}]',
  'items.jsonl': '{"id": "a"}\n',
  'items.csv': 'id\na\n',
  'evaluation.json': '{}',
  'reports/a/t/report.json': '{}',
  'manifest.json': '{}',
  'predictions/part.csv.out': '1,2\n3,4\n',
  'table/part.csv': 'a,b\n1,2\n',
  'packed/part.csv': gzipSync('a,b\n1,2\n'),
};

const fleetOf = (format: string, extension: string) => (client: S3Client) =>
  listFleetItems(client, parseEvent({ ...FLEET, source: { format, uri: `s3://data/items.${extension}` } }));

const tabular = (train: string, gzip: boolean) => (client: S3Client) =>
  checkTabularData(client, parseTabularEvent({ target: 'b', train, gzip }));

test.each<[string, (client: S3Client) => Promise<unknown>]>([
  ['the best number of rounds', (client) => readBestIteration(client, 's3://data/model.tar.gz')],
  ['a JSON list of items', fleetOf('JSON', 'json')],
  ['a JSON Lines list of items', fleetOf('JSON_LINES', 'jsonl')],
  ['a CSV list of items', fleetOf('CSV', 'csv')],
  [
    'the statistics of the approved version',
    (s3) =>
      approvedVersionReader({ s3, sagemaker: REGISTRY }, {
        modelPackageGroup: 'prices',
      } as EvaluateModelEvent)(),
  ],
  ["an item's report", (client) => withReports(client, FAILED_ITEMS, undefined)],
  ['the results of a fleet', (client) => readResults(client, 'data', 'manifest.json').next()],
  [
    'predictions',
    (client) =>
      readPredictions(
        client,
        {
          predictions: 's3://data/predictions/',
          columns: ['label', 'prediction'],
          problem: { type: 'Regression', threshold: 0.5, classes: 0 },
          statistics: 's3://data/evaluation.json',
        },
        () => {},
      ),
  ],
  ['a table', tabular('s3://data/table/', false)],
  ['a compressed table', tabular('s3://data/packed/', true)],
])(
  'if the connection breaks while a function reads %s, the state machine retries the function',
  async (_what, read) => {
    const reading = withS3(OBJECTS, read, undefined, undefined, true);
    await expect(reading).rejects.toMatchObject({
      name: expect.stringMatching(new RegExp(`^(${RETRIED.join('|')})$`)),
    });
  },
);

test.each([
  'Connection lost or stream closed before all data was received.',
  'Checksum mismatch: expected "a" but received "b" in response header "x-amz-checksum-crc32".',
])('the state machine retries a function that receives an incomplete object (%s)', async (message) => {
  const Body = new Readable({ read: () => Body.destroy(new Error(message)) });
  const client = { send: async () => ({ Body }) } as unknown as S3Client;
  const content = await openObject(client, { bucket: 'data', key: 'object' });
  await expect(text(content)).rejects.toMatchObject({ name: 'TimeoutError', message });
});

test('an error of a reader keeps its name', async () => {
  const Body = Readable.from(['content']);
  const client = { send: async () => ({ Body }) } as unknown as S3Client;
  const content = await openObject(client, { bucket: 'data', key: 'object' });
  content.destroy(Object.assign(new Error('invalid'), { code: 'Z_DATA_ERROR' }));
  await expect(text(content)).rejects.toMatchObject({ name: 'Error', message: 'invalid' });
});
