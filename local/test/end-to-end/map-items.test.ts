import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { LocalMode } from '../../src';
import { until } from '../services/helpers';
import { addFragment } from './fragment-support';
import {
  executionsIn,
  onlyExecutionIn,
  runInShell,
  runLocalMode,
  runShow,
  synthesize,
  temporaryFolder,
  trainingJobsIn,
  tuningJobsIn,
} from './support';

const CLI = `${process.execPath} --require ./scripts/typescript.cjs local/src/cli.ts`;

/** A state machine that tunes a model for each of three data sets. The second data set has no labels. */
function synthesizeMap(
  addMap: (stack: Stack) => { itemProcessor(processor: sfn.IChainable): sfn.IChainable },
  addProcessor: (stack: Stack) => sfn.IChainable = addTuning,
): string {
  return synthesize((stack) => {
    const processor = addProcessor(stack);
    const bucket = stack.node.findChild('Bucket') as s3.Bucket;
    const broken = temporaryFolder();
    writeFileSync(join(broken, 'broken.csv'), 'nan,1,2,3,4\nnan,2,3,4,5\n');
    new BucketDeployment(stack, 'Broken', {
      sources: [Source.asset(broken)],
      destinationBucket: bucket,
      destinationKeyPrefix: 'train/',
    });
    const start = sfn.Pass.jsonata(stack, 'Start', {
      outputs: ['houses', 'broken', 'cars'].map((id) => ({
        id,
        train: `s3://${bucket.bucketName}/train/${id === 'broken' ? id : 'train'}.csv`,
      })),
    });
    new sfn.StateMachine(stack, 'Each', {
      queryLanguage: sfn.QueryLanguage.JSONATA,
      definitionBody: sfn.DefinitionBody.fromChainable(
        sfn.Chain.start(start).next(addMap(stack).itemProcessor(processor) as sfn.Map),
      ),
    });
  });
}

function addTuning(stack: Stack): sfn.IChainable {
  return addFragment(stack, "{% {'train': $states.input.train} %}");
}

/** A state machine with a search, and a task that starts the state machine. Returns the task. */
function addStart(stack: Stack): sfn.IChainable {
  const stateMachine = new sfn.StateMachine(stack, 'Train', {
    definitionBody: sfn.DefinitionBody.fromChainable(addFragment(stack)),
    queryLanguage: sfn.QueryLanguage.JSONATA,
  });
  return tasks.StepFunctionsStartExecution.jsonata(stack, 'StartTraining', {
    stateMachine,
    input: sfn.TaskInput.fromObject({ train: '{% $states.input.train %}' }),
    integrationPattern: sfn.IntegrationPattern.RUN_JOB,
  });
}

const inline = (stack: Stack) => sfn.Map.jsonata(stack, 'TrainEach', { maxConcurrency: 1 });
const distributed = (stack: Stack) =>
  sfn.DistributedMap.jsonata(stack, 'TrainEach', { toleratedFailureCount: 1 });

/**
 * The table of items in the output: the fields of each line. Items that succeeded are sorted by name here. The output
 * sorts them by objective value, which can differ between two runs.
 */
function tableIn(output: string): string[][] {
  const lines = output.split('\n');
  const start = lines.findIndex((line) => line.startsWith('Map TrainEach'));
  const end = lines.findIndex((line, i) => i > start && (line === '' || line.startsWith(' Warnings about ')));
  const rows = lines
    .slice(start, end)
    .map((line) => line.trim().split(/ {2,}/))
    .filter(([item]) => item !== 'item');
  const hasSucceeded = ([, status]: string[]) => status === 'SUCCEEDED';
  return [...rows.filter((row) => !hasSucceeded(row)), ...rows.filter(hasSucceeded).sort()];
}

test('a distributed Map has one line per item, with failed items first, and every job names its item', async () => {
  const root = temporaryFolder();
  const { exitCode, output } = await runLocalMode(synthesizeMap(distributed), root);
  expect(exitCode).toBe(0);
  const table = [
    ['Map TrainEach', '1 FAILED, 2 SUCCEEDED'],
    [
      '1: broken',
      'FAILED',
      expect.stringMatching(/^NoCompletedTrainingJobError: AlgorithmError: XGB train call failed/),
    ],
    ['0: houses', 'SUCCEEDED', expect.stringMatching(/^validation:rmse \d/), expect.stringMatching(/-00\d-/)],
    ['2: cars', 'SUCCEEDED', expect.stringMatching(/^validation:rmse \d/), expect.stringMatching(/-00\d-/)],
  ];
  expect(tableIn(output)).toEqual(table);
  expect(output).toMatch(
    /^ Warnings about the data of 1 item, .*\n 1: broken {2}.*broken\.csv, line 1, column 1: 'nan' is not a number/m,
  );
  // The output has no sections about individual jobs.
  expect(output).not.toMatch(/^(Tuning job|Best training job|Final training job)$/m);
  // Each of the two items has five lines: two for the start of the tuning job and of the final training, and three for
  // the end of its training jobs.
  expect(
    output.match(/^\[(0: houses|2: cars)\] (Tuning job|Training job|\S+-00\d-\S+ Completed)/gm),
  ).toHaveLength(10);
  expect(output).toMatch(
    /^To see the logs of an item: ".* logs <item> --root .*". To see a job: ".* show <job> --root .*"\.$/m,
  );

  const { name, output: result } = onlyExecutionIn(root);
  expect(result).toHaveLength(2);
  const shown = await runShow(root, name);
  expect(tableIn(shown)).toEqual(table);
  expect(shown).not.toMatch(/^Jobs:/m);
  expect(JSON.parse(await runShow(root, name, '--json')).items).toMatchObject([
    { path: [{ map: 'TrainEach', index: 0, label: 'houses' }], status: 'SUCCEEDED' },
    { path: [{ index: 1 }], status: 'FAILED', error: 'NoCompletedTrainingJobError' },
    { path: [{ index: 2 }], status: 'SUCCEEDED' },
  ]);
  const [trial] = trainingJobsIn(root).filter(({ description }) => description.TuningJobArn);
  for (const job of [trial?.name ?? '', tuningJobsIn(root)[0]?.name ?? '']) {
    expect(await runShow(root, job)).toMatch(/^ {2}Item +\d: (houses|broken|cars)$/m);
  }
  const list = await runInShell(`${CLI} list --all --root ${root}`);
  expect(list.output).toMatch(/^ *started +what +status +time +item +name/);
  expect(list.output.match(/ training job .* \d: (houses|broken|cars) +\S+ *$/gm)).toHaveLength(8);
});

test('an inline Map stops at the first failure, and the output counts the items that were not started', async () => {
  const root = temporaryFolder();
  const { exitCode, output } = await runLocalMode(synthesizeMap(inline), root);
  expect(exitCode).toBe(1);
  expect(tableIn(output)).toMatchObject([
    ['Map TrainEach', '1 FAILED, 1 SUCCEEDED, 1 not started'],
    ['1: broken', 'FAILED', {}],
    ['0: houses', 'SUCCEEDED', {}, {}],
  ]);
});

test('if an item starts another execution, the jobs of that execution belong to the item', async () => {
  const root = temporaryFolder();
  const { output } = await runLocalMode(
    synthesizeMap(distributed, addStart),
    root,
    '--state-machine',
    'Each',
  );
  expect(tableIn(output)).toMatchObject(
    [
      ['Map TrainEach', '1 FAILED, 2 SUCCEEDED'],
      ['1: broken', 'FAILED', /^States.TaskFailed: /],
      ['0: houses', 'SUCCEEDED', /^validation:rmse \d/, /-00\d-/],
      ['2: cars', 'SUCCEEDED', /^validation:rmse \d/, /-00\d-/],
    ].map((row) => row.map((cell) => (typeof cell === 'string' ? cell : expect.stringMatching(cell)))),
  );
  expect(
    executionsIn(root)
      .map(({ place }) => place?.path[0]?.label)
      .sort(),
  ).toEqual(['broken', 'cars', 'houses', undefined]);
});

test("the jobs of a distributed Map's items continue when the execution is resumed", async () => {
  const assembly = synthesizeMap((stack) =>
    sfn.DistributedMap.jsonata(stack, 'TrainEach', { toleratedFailureCount: 1 }),
  );
  const root = temporaryFolder();
  const never = () => new Promise<Record<string, number>>(() => undefined);
  const stubTraining = () => ({ 'validation:rmse': 1 });
  const first = await LocalMode.deploy({ assembly, root, stubTraining: never });
  first.startExecution();
  await until(
    () => first.trainingJobs().length,
    (jobs) => jobs >= 3,
  );
  await first.close();
  const again = await LocalMode.deploy({ assembly, root, stubTraining });
  const { executions } = again.resume();
  const [record] = await Promise.all(executions.map(({ ended }) => ended));
  expect(record).toMatchObject({ status: 'SUCCEEDED' });
  expect(again.executionStore.items(record?.arn ?? '').map(({ status }) => status)).toEqual([
    'SUCCEEDED',
    'SUCCEEDED',
    'SUCCEEDED',
  ]);
  await again.close();
});
