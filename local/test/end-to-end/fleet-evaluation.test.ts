import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeModelPackageCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { ModelRegistry, ParameterRange, QualityGate, ToleratedFailures } from '../../../lib';
import { LocalMode } from '../../src';
import { openReports } from '../../src/library/open-reports';
import { noNotice } from '../services/helpers';
import { writeRegressionCsv } from '../training/support';
import { folderOf, synthesizeFleet } from './stub-fleet';
import { temporaryFolder } from './support';

const PROPS = {
  hyperparameters: { num_round: '20' },
  parameterRanges: [ParameterRange.continuous('eta', { min: 0.2, max: 0.5 })],
  finalTraining: {},
  evaluation: {},
  qualityGate: QualityGate.betterThanBaseline(),
  registry: ModelRegistry.group({ name: 'stores' }),
  skipUnchanged: true,
  toleratedFailures: ToleratedFailures.percentage(100),
  maxConcurrency: 3,
  // Each item has its own folder below input/.
  trainPrefix: undefined,
  validationPrefix: undefined,
};

/** The fields of an item in the summary. */
interface Result {
  readonly id: string;
  readonly status: string;
  readonly error?: string;
  readonly gatePassed?: boolean;
  readonly modelPackage?: string;
  readonly [field: string]: unknown;
}

let stack: LocalMode;

afterAll(() => stack.close());

test("the summary has each item's gate decision and model version, and a retry runs only failed items", async () => {
  stack = await LocalMode.deploy({
    assembly: synthesizeFleet(PROPS),
    root: temporaryFolder(),
    waitTimeScale: 0.01,
  });
  const bucket = stack.bucket('Fleet/Bucket');
  const file = (rows: number, seed: number) =>
    readFileSync(writeRegressionCsv(join(temporaryFolder(), 'a.csv'), rows, 3, seed), 'utf8');
  const test = file(60, 3);
  /** The test rows with labels that do not depend on the features. */
  const unrelated = test.replace(/^[^,]+/gm, (_label, place: number) => String(100 + (place % 7)));
  const tests = { good: test, rejected: unrelated, unreadable: test.replace(/^[^,]+/, 'label') };
  for (const [id, data] of Object.entries(tests)) {
    await bucket.put(`input/${id}/train/a.csv`, file(120, 1));
    await bucket.put(`input/${id}/validation/a.csv`, file(60, 2));
    await bucket.put(`input/${id}/test/a.csv`, data);
  }

  /** Runs an execution. Returns its counts, the results by item, the rows of fleet.csv, and the HTML of the summary. */
  const night = async (name: string, input: object = {}) => {
    const before = stack.tuningJobs().length;
    const execution = stack.startExecution({ name, input });
    const { status, output } = await execution.ended;
    expect(status).toBe('SUCCEEDED');
    const { succeeded, failed, skipped } = (output as { fleet: Record<string, number> }).fleet;
    const read = (each: string) =>
      readFileSync(join(stack.root, 's3', bucket.name, folderOf(execution), each), 'utf8');
    const results: Result[] = JSON.parse(read('fleet.json')).results;
    return {
      counts: [succeeded, failed, skipped],
      searches: stack.tuningJobs().length - before,
      results: Object.fromEntries(results.map((result) => [result.id, result])),
      csv: read('fleet.csv').trim().split('\r\n'),
      html: read('fleet.html'),
    };
  };

  const monday = await night('monday');
  expect(monday).toMatchObject({ counts: [1, 2, 0], searches: 3 });
  const of = { good: expect.stringMatching(/stores-good-\w+\/1$/), rejected: expect.stringMatching(/\/1$/) };
  expect(monday.results).toMatchObject({
    good: { status: 'SUCCEEDED', gatePassed: true, modelPackage: of.good },
    rejected: {
      status: 'FAILED',
      error: 'QualityGateFailed',
      reason: expect.stringContaining('does not pass the quality gate: rmse'),
      gatePassed: false,
      modelPackage: of.rejected,
      objective: { metric: 'validation:rmse', value: expect.any(Number) },
      evaluation: { rmse: expect.any(Number) },
    },
    unreadable: {
      status: 'FAILED',
      error: 'EvaluationFailed',
      bestTrainingJob: expect.any(String),
      instanceSeconds: expect.any(Number),
    },
  });
  expect(monday.results['unreadable']).not.toHaveProperty('gatePassed');
  const gateOf = (row: string) => /,(passed|failed|),s3:/.exec(row)?.[1];
  expect(Object.fromEntries(monday.csv.slice(1).map((row) => [row.split(',')[0], gateOf(row)]))).toEqual({
    good: 'passed',
    rejected: 'failed',
    unreadable: '',
  });
  expect(monday.html).toMatch(/<td class="t"[^>]*>passed<td data-value="1">1</);
  expect(monday.html).toMatch(/<td class="t"[^>]*>failed<td data-value="1">1</);
  const sagemaker = new SageMakerClient(stack.clientConfig());
  const statusOf = async (id: string) => {
    const command = new DescribeModelPackageCommand({ ModelPackageName: monday.results[id]?.modelPackage });
    return (await sagemaker.send(command)).ModelApprovalStatus;
  };
  expect([await statusOf('good'), await statusOf('rejected')]).toEqual(['Approved', 'Rejected']);
  sagemaker.destroy();

  // Only the failed items run again, both in a retry of the first execution and in the execution of the next night.
  await bucket.put('input/unreadable/test/a.csv', test);
  const retry = await night('retry', { retry: 'monday' });
  expect(retry).toMatchObject({ counts: [1, 1, 0], searches: 2 });
  expect(retry.results).toMatchObject({ unreadable: { gatePassed: true }, rejected: { gatePassed: false } });
  await bucket.put('input/rejected/test/a.csv', test);
  const tuesday = await night('tuesday');
  expect(tuesday).toMatchObject({ counts: [1, 0, 2], searches: 1 });
  expect(tuesday.results).toMatchObject({
    good: { status: 'SKIPPED', gatePassed: true, modelPackage: of.good },
    rejected: { status: 'SUCCEEDED', modelPackage: expect.stringMatching(/\/3$/) },
  });

  // The command `report` writes the report of an item to the same location as the execution did.
  const { tuningJob, report } = tuesday.results['rejected'] as Result &
    Record<'tuningJob' | 'report', string>;
  const reports = openReports(stack.root, noNotice);
  const page = await reports.make({ kind: 'tuning job', name: tuningJob });
  expect(page).toBe(report.replace('s3:/', join(stack.root, 's3')));
  await reports.close();
});
