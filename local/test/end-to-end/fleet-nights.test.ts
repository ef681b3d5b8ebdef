import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteHyperParameterTuningJobCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { context } from '../../../cdk.json';
import { ToleratedFailures } from '../../../lib';
import { LocalMode } from '../../src';
import { renderSkippedItems } from '../../src/report/skipped-items';
import { addFleet, deployFleet, folderOf, synthesizeFleet, trainingOf } from './stub-fleet';
import { temporaryFolder } from './support';

const IDS = ['i0', 'i1', 'i2'];

const PROPS = {
  skipUnchanged: true,
  warmStartFromPrevious: true,
  // Each item has its own training data.
  trainPrefix: undefined,
  toleratedFailures: ToleratedFailures.percentage(40),
};

test('each night runs only the items that changed or failed, with a warm start from their last success', async () => {
  const root = temporaryFolder();
  const failing = new Set(['i2']);
  const { stub, jobs } = trainingOf(failing);
  let stack = await deployFleet(synthesizeFleet(PROPS), root, stub);
  const bucket = stack.bucket('Fleet/Bucket');
  const write = (id: string, text: string) => bucket.put(`input/stores/${id}/data.csv`, text);
  for (const id of IDS) await write(id, '1,2,3\n');
  const items = IDS.map((id) => ({ id, train: `s3://${bucket.name}/input/stores/${id}/` }));

  const folders = new Map<string, string>();
  /**
   * Runs an execution. Returns the items that ran, the counts of the summary, and the warm start parents of its tuning
   * jobs.
   */
  const night = async (name: string, input: object = {}) => {
    jobs.clear();
    const before = stack.tuningJobs().length;
    const execution = stack.startExecution({ name, input: { items, ...input } });
    folders.set(name, folderOf(execution));
    const record = await execution.ended;
    expect(record.status).toBe('SUCCEEDED');
    const { fleet } = record.output as { fleet: Record<string, number> };
    const { succeeded, failed, skipped } = fleet;
    const parents = stack
      .tuningJobs()
      .slice(before)
      .map(
        ({ WarmStartConfig }) =>
          WarmStartConfig?.ParentHyperParameterTuningJobs[0]?.HyperParameterTuningJobName,
      );
    return { ran: [...jobs.keys()].sort(), counts: [succeeded, failed, skipped], parents, record };
  };
  /** The result of an item in the summary of an execution. */
  const resultOf = (name: string, id: string) => {
    const file = join(root, 's3', bucket.name, folders.get(name) ?? '', 'fleet.json');
    const { results } = JSON.parse(readFileSync(file, 'utf8'));
    return results.find((result: { id: string }) => result.id === id);
  };

  expect(await night('monday')).toMatchObject({
    ran: IDS,
    counts: [2, 1, 0],
    parents: [undefined, undefined, undefined],
  });

  // Only one item runs, and it fails. One failed item of three is less than the tolerated 40 percent.
  expect(await night('still-broken')).toMatchObject({ ran: ['i2'], counts: [0, 1, 2] });

  failing.clear();
  expect(await night('tuesday')).toMatchObject({ ran: ['i2'], counts: [1, 0, 2], parents: [undefined] });

  const wednesday = await night('wednesday');
  expect(wednesday).toMatchObject({ ran: [], counts: [0, 0, 3], parents: [] });
  expect(stack.executionStore.items(wednesday.record.arn)).toEqual([]);
  expect(renderSkippedItems(wednesday.record)).toEqual([
    'Skipped: 3 items, unchanged since the last success',
  ]);
  for (const [id, success] of [
    ['i0', 'monday'],
    ['i2', 'tuesday'],
  ] as const) {
    const { instanceSeconds: _, ...earlier } = resultOf(success, id);
    expect(resultOf('wednesday', id)).toEqual({ ...earlier, status: 'SKIPPED' });
  }

  await write('i1', '4,5,6\n');
  const { tuningJob: parent } = resultOf('monday', 'i1');
  expect(await night('thursday')).toMatchObject({ ran: ['i1'], counts: [1, 0, 2], parents: [parent] });
  expect(await night('friday', { skipUnchanged: false })).toMatchObject({ ran: IDS, counts: [3, 0, 0] });
  expect(await night('saturday')).toMatchObject({ ran: [], counts: [0, 0, 3] });

  // SageMaker refuses the warm start request.
  const { tuningJob: deleted } = resultOf('friday', 'i0');
  const sagemaker = new SageMakerClient(stack.clientConfig());
  await sagemaker.send(new DeleteHyperParameterTuningJobCommand({ HyperParameterTuningJobName: deleted }));
  sagemaker.destroy();
  await write('i0', '7,8,9\n');
  expect(await night('without-parent')).toMatchObject({
    ran: ['i0'],
    counts: [1, 0, 2],
    parents: [undefined],
  });
  await stack.close();

  stack = await deployFleet(synthesizeFleet({ ...PROPS, hyperparameters: { num_round: '7' } }), root, stub);
  const sunday = await night('sunday');
  expect(sunday).toMatchObject({ ran: IDS, counts: [3, 0, 0] });
  // SageMaker refuses a parent whose hyperparameters differ.
  expect(sunday.parents).toEqual([undefined, undefined, undefined]);
  await stack.close();
});

test('two fleets with the same output location have separate summaries and records', async () => {
  const { stub, jobs } = trainingOf(new Set());
  const app = new App({ context, outdir: temporaryFolder() });
  const scope = new Stack(app, 'Test');
  const bucket = new Bucket(scope, 'Shared');
  for (const id of ['Fleet', 'Other']) addFleet(scope, id, { bucket, skipUnchanged: true });
  const stack = await LocalMode.deploy({
    assembly: app.synth().directory,
    root: temporaryFolder(),
    stubTraining: stub,
  });
  for (const channel of ['train', 'validation'])
    await stack.bucket('Shared').put(`input/${channel}/a.csv`, '1\n');
  const night = async (fleet: string, name: string) => {
    jobs.clear();
    const input = { items: [{ id: 'i0' }] };
    await stack.startExecution({ stateMachine: `${fleet}/StateMachine`, name, input }).ended;
    return jobs.size;
  };
  // The executions have the same name, and the items have the same ID.
  expect([await night('Fleet', 'monday'), await night('Other', 'monday')]).toEqual([1, 1]);
  expect([await night('Fleet', 'tuesday'), await night('Other', 'tuesday')]).toEqual([0, 0]);
  await stack.close();
});
