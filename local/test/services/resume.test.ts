import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  CreateAutoMLJobV2Command,
  CreateHyperParameterTuningJobCommand,
  CreateTrainingJobCommand,
  DescribeHyperParameterTuningJobCommand,
  DescribeTrainingJobCommand,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  StopHyperParameterTuningJobCommand,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import type { RunningServices } from '../../src/services';
import { createOptunaSampler, type Sampler, type Trainer } from '../../src/training';
import type { AutoMLRunner } from '../../src/training/automl-runner';
import { environments } from '../training/support';
import { automlRequest } from './automl-support';
import {
  closeServices,
  deploymentIn,
  noNotice,
  printX,
  runUntilStopped,
  sagemakerClient,
  samplerOf,
  start,
  temporaryRoot,
  trainerOf,
  trainingRequest,
  tuningRequest,
  until,
} from './helpers';

let sampler: Sampler;

beforeAll(async () => {
  sampler = createOptunaSampler((await environments.forSampler()).python, noNotice);
});
afterEach(closeServices);
afterAll(() => sampler.close());

/** A trainer that completes the first `most` jobs and hangs in all others. `trained` lists the jobs that it received. */
function hangingAfter(most: number): Trainer & { readonly trained: string[] } {
  const trained: string[] = [];
  const trainer = trainerOf((task) => {
    trained.push(task.trainingJobName);
    return trained.length > most ? runUntilStopped(task) : printX(task);
  });
  return { ...trainer, trained };
}

async function interrupt(services: RunningServices): Promise<void> {
  services.beginEnd();
  await services.close();
}

const LIMITS = { MaxNumberOfTrainingJobs: 6, MaxParallelTrainingJobs: 2 };

test('resuming an interrupted tuning job keeps the ended training jobs and runs the interrupted ones again', async () => {
  const deployment = deploymentIn(temporaryRoot());
  const first = hangingAfter(3);
  const before = await start({ deployment, trainer: first, sampler });
  await sagemakerClient(before).send(
    new CreateHyperParameterTuningJobCommand(tuningRequest('Search', { ResourceLimits: LIMITS })),
  );
  await until(
    async () => first.trained.length === 5,
    (reached) => reached,
  );
  await interrupt(before);

  const second = hangingAfter(100);
  const services = await start({ deployment, trainer: second, sampler });
  const client = sagemakerClient(services);
  const name = { HyperParameterTuningJobName: 'Search' };
  expect(await client.send(new DescribeHyperParameterTuningJobCommand(name))).toMatchObject({
    HyperParameterTuningJobStatus: 'Stopped',
    TrainingJobStatusCounters: { Completed: 3, Stopped: 2 },
  });
  await services.resumeJobs(() => true);

  const description = await client.send(new DescribeHyperParameterTuningJobCommand(name));
  expect(description).toMatchObject({
    HyperParameterTuningJobStatus: 'Completed',
    TrainingJobStatusCounters: { Completed: 6, Stopped: 0, NonRetryableError: 0 },
    ObjectiveStatusCounters: { Succeeded: 6, Pending: 0, Failed: 0 },
  });
  expect(description.FailureReason).toBeUndefined();
  // After the resume, the two interrupted jobs run under the same names. Then the last job runs.
  expect(second.trained.slice(0, 2).sort()).toEqual(first.trained.slice(3).sort());
  expect(second.trained).toHaveLength(3);
  const { TrainingJobSummaries: jobs = [] } = await client.send(
    new ListTrainingJobsForHyperParameterTuningJobCommand({
      ...name,
      SortBy: 'Name',
      SortOrder: 'Ascending',
    }),
  );
  expect(jobs.map(({ TrainingJobName: each }) => each?.slice(0, 10))).toEqual(
    [1, 2, 3, 4, 5, 6].map((number) => `Search-00${number}`),
  );
  // All training jobs have different hyperparameters.
  expect(new Set(jobs.map(({ TunedHyperParameters: tuned }) => tuned?.['x'])).size).toBe(6);
});

test('the study of a resumed search has every trial exactly once, with its value', async () => {
  const deployment = deploymentIn(temporaryRoot());
  const before = await start({ deployment, trainer: hangingAfter(3), sampler });
  await sagemakerClient(before).send(
    new CreateHyperParameterTuningJobCommand(
      tuningRequest('Search', { ResourceLimits: LIMITS, TrainingJobEarlyStoppingType: 'Auto' }),
    ),
  );
  await until(
    async () => before.jobs.training.list().length === 5,
    (reached) => reached,
  );
  await interrupt(before);
  const services = await start({ deployment, sampler });
  await services.resumeJobs(() => true);
  const study = fs.readFileSync(path.join(deployment.root, 'sagemaker', 'studies', 'search.study'), 'utf8');
  const operations = study
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { op_code: number; trial_id?: number; values?: number[] });
  const told = operations.filter(({ values }) => values?.length === 1);
  expect(told.map(({ trial_id: trial }) => trial).sort()).toEqual([0, 1, 2, 3, 4, 5]);
});

test('a stopped tuning job is not resumed, and neither are its training jobs', async () => {
  const deployment = deploymentIn(temporaryRoot());
  const before = await start({ deployment, trainer: hangingAfter(1), sampler });
  const client = sagemakerClient(before);
  await client.send(
    new CreateHyperParameterTuningJobCommand(tuningRequest('Search', { ResourceLimits: LIMITS })),
  );
  const name = { HyperParameterTuningJobName: 'Search' };
  await client.send(new StopHyperParameterTuningJobCommand(name));
  await interrupt(before);
  const trainer = hangingAfter(100);
  const services = await start({ deployment, trainer, sampler });
  await services.resumeJobs(() => true);
  expect(trainer.trained).toEqual([]);
  expect(
    await sagemakerClient(services).send(new DescribeHyperParameterTuningJobCommand(name)),
  ).toMatchObject({ HyperParameterTuningJobStatus: 'Stopped' });
});

test('a resumed standalone training job runs again from its beginning', async () => {
  const deployment = deploymentIn(temporaryRoot());
  const before = await start({ deployment, trainer: hangingAfter(0) });
  await sagemakerClient(before).send(new CreateTrainingJobCommand(trainingRequest('Alone')));
  await until(
    async () => before.jobs.training.get('Alone')?.description.SecondaryStatus === 'Training',
    (reached) => reached,
  );
  await interrupt(before);
  expect(before.jobs.training.get('Alone')).toMatchObject({
    isInterrupted: true,
    description: { TrainingJobStatus: 'Stopped' },
  });
  const services = await start({ deployment });
  await services.resumeJobs(() => true);
  const described = await sagemakerClient(services).send(
    new DescribeTrainingJobCommand({ TrainingJobName: 'Alone' }),
  );
  expect(described).toMatchObject({
    TrainingJobStatus: 'Completed',
    FinalMetricDataList: [{ MetricName: 'loss', Value: 1 }],
  });
  const log = fs.readFileSync(path.join(deployment.root, 'logs', 'Alone.log'), 'utf8');
  expect(log).toMatch(/^loss=1;\n--- The training job starts again\. ---\nstarting Alone\nloss=1;\n$/);
});

/** A trainer whose jobs fail when `fail` is called, regardless of a stop. */
function failingLater(): Trainer & { fail(): void } {
  let fail: () => void = () => undefined;
  const called = new Promise<void>((resolve) => {
    fail = resolve;
  });
  const trainer = trainerOf(async () => {
    await called;
    return { status: 'Failed', failureReason: 'AlgorithmError: interrupted, exit code: 130' };
  });
  return { ...trainer, fail: () => fail() };
}

/** Starts services with the training job `Alone`. */
async function startAlone(trainer: Trainer): Promise<RunningServices> {
  const services = await start({ deployment: deploymentIn(temporaryRoot()), trainer });
  await sagemakerClient(services).send(new CreateTrainingJobCommand(trainingRequest('Alone')));
  await until(
    async () => services.jobs.training.get('Alone')?.description.SecondaryStatus === 'Training',
    (reached) => reached,
  );
  return services;
}

test('a training job that fails while local mode is closing counts as interrupted', async () => {
  const trainer = failingLater();
  const services = await startAlone(trainer);
  services.beginEnd();
  trainer.fail();
  await services.close();
  const record = services.jobs.training.get('Alone');
  expect(record).toMatchObject({ isInterrupted: true, description: { TrainingJobStatus: 'Stopped' } });
  expect(record?.description.FailureReason).toBeUndefined();
});

test('a training job that fails before local mode closes has failed, even if its metrics are read later', async () => {
  const failed = new AbortController();
  const trainer = trainerOf(async ({ onLog }) => {
    onLog(`${'a'.repeat(40)}!`);
    setTimeout(() => failed.abort(), 100);
    return { status: 'Failed', failureReason: 'AlgorithmError: no rows, exit code: 1' };
  });
  const services = await start({ deployment: deploymentIn(temporaryRoot()), trainer });
  const request = trainingRequest('Alone');
  const MetricDefinitions = [{ Name: 'slow', Regex: '(?:a+)+(\\d)$' }];
  const AlgorithmSpecification = { ...request.AlgorithmSpecification, MetricDefinitions };
  await sagemakerClient(services).send(new CreateTrainingJobCommand({ ...request, AlgorithmSpecification }));
  await until(
    async () => failed.signal.aborted,
    (reached) => reached,
  );
  services.beginEnd();
  await services.close();
  const record = services.jobs.training.get('Alone');
  expect(record).not.toHaveProperty('isInterrupted');
  expect(record?.description.FailureReason).toBe('AlgorithmError: no rows, exit code: 1');
});

test('a training job that a user stopped is not resumed, even if it fails while local mode is closing', async () => {
  const trainer = failingLater();
  const services = await startAlone(trainer);
  await sagemakerClient(services).send(new StopTrainingJobCommand({ TrainingJobName: 'Alone' }));
  services.beginEnd();
  trainer.fail();
  await services.close();
  const record = services.jobs.training.get('Alone');
  expect(record).toMatchObject({ description: { TrainingJobStatus: 'Stopped' } });
  expect(record).not.toHaveProperty('isInterrupted');
});

test('a tuning job whose last training job was cut short while local mode was closing counts as interrupted', async () => {
  const trainer = failingLater();
  const services = await start({
    deployment: deploymentIn(temporaryRoot()),
    trainer,
    sampler: samplerOf([{ x: '1' }]),
  });
  await sagemakerClient(services).send(
    new CreateHyperParameterTuningJobCommand(
      tuningRequest('Search', {
        ResourceLimits: { MaxNumberOfTrainingJobs: 1, MaxParallelTrainingJobs: 1 },
      }),
    ),
  );
  await until(
    async () => services.jobs.training.list()[0]?.description.SecondaryStatus === 'Training',
    (reached) => reached,
  );
  services.beginEnd();
  trainer.fail();
  const search = () => services.jobs.tuning.get('Search');
  await until(
    async () => search()?.description.HyperParameterTuningJobStatus,
    (status) => status !== 'InProgress' && status !== 'Stopping',
  );
  await services.close();
  expect(search()).toMatchObject({
    isInterrupted: true,
    description: { HyperParameterTuningJobStatus: 'Stopped' },
  });
});

test('a tuning job whose sampler fails while local mode is closing counts as interrupted', async () => {
  let fail: () => void = () => undefined;
  const failed = new Promise<undefined>((_resolve, reject) => {
    fail = () => reject(new Error('the sampler ended'));
  });
  const search = await samplerOf([]).start({} as never);
  const services = await start({
    deployment: deploymentIn(temporaryRoot()),
    sampler: { ...samplerOf([]), start: async () => ({ ...search, ask: () => failed }) },
  });
  await sagemakerClient(services).send(new CreateHyperParameterTuningJobCommand(tuningRequest('Search')));
  services.beginEnd();
  fail();
  await until(
    async () => services.jobs.tuning.get('Search')?.description.HyperParameterTuningJobStatus,
    (status) => status !== 'InProgress' && status !== 'Stopping',
  );
  await services.close();
  const record = services.jobs.tuning.get('Search');
  expect(record).toMatchObject({
    isInterrupted: true,
    description: { HyperParameterTuningJobStatus: 'Stopped' },
  });
  expect(record?.description.FailureReason).toBeUndefined();
});

test('an AutoML job that fails while local mode is closing counts as interrupted', async () => {
  let fail: () => void = () => undefined;
  const automl: AutoMLRunner = {
    prepare: async () => undefined,
    run: () =>
      new Promise((resolve) => {
        fail = () => resolve({ status: 'Failed', failureReason: 'InternalServerError: the process ended' });
      }),
  };
  const services = await start({ deployment: deploymentIn(temporaryRoot()), automl });
  const job = () => services.jobs.automl.get('Job');
  await sagemakerClient(services).send(
    new CreateAutoMLJobV2Command(automlRequest('Job', { TargetAttributeName: 'y' })),
  );
  await until(
    async () => job()?.description.AutoMLJobSecondaryStatus,
    (status) => status === 'AnalyzingData',
  );
  services.beginEnd();
  fail();
  await until(
    async () => job()?.description.AutoMLJobStatus,
    (status) => status !== 'InProgress' && status !== 'Stopping',
  );
  await services.close();
  expect(job()).toMatchObject({ isInterrupted: true, description: { AutoMLJobStatus: 'Stopped' } });
  expect(job()?.description.FailureReason).toBeUndefined();
});

test('an attempt of a task that repeats its request gets the same job; another attempt gets an error', async () => {
  const services = await start();
  const task = { executionArn: 'arn:aws:states:us-east-1:123456789012:execution:M:e', token: 'first try' };
  const create = (token: string) =>
    services.router.call('sagemaker', 'CreateTrainingJob', trainingRequest('Once'), {
      ...services.user,
      task: { ...task, token },
    });
  const created = await create('first try');
  expect(await create('first try')).toEqual(created);
  await expect(create('second try')).rejects.toMatchObject({ code: 'ResourceInUse' });
  expect(services.jobs.training.list()).toHaveLength(1);
});
