import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { approvedVersionReader } from '../../lambda/evaluate-model/approved-version';
import type { EvaluateModelEvent } from '../../lambda/evaluate-model/event';
import { parseEvent } from '../../lambda/list-fleet-items/event';
import { listFleetItems } from '../../lambda/list-fleet-items/list-fleet-items';
import { readBestIteration } from '../../lambda/prepare-final-training/best-iteration';
import type { ReportClients } from '../../lambda/report/clients';
import { writeReport } from '../../lambda/report/write-report';
import { TRANSIENT_ERRORS } from '../../lambda/shared/transient-errors';
import { withReports } from '../../lambda/summarize-fleet/read-reports';
import { TRANSIENT_ERRORS as RETRIED } from '../../lib/private/retries';
import { ITEM_FIELDS } from './item-fields';

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
  [
    "an item's report",
    (name) =>
      withReports(failing(name), [
        { id: 'a', folder: 'a/', status: 'FAILED', report: 's3://data/reports/a/t/report.html' },
      ]),
  ],
])(
  'if a function cannot read %s because of a transient error, it fails with the name of that error',
  async (_what, read) => {
    await expect(read('SlowDown')).rejects.toMatchObject({ name: 'SlowDown' });
    await expect(read('ThrottlingException')).rejects.toMatchObject({ name: 'ThrottlingException' });
  },
);
