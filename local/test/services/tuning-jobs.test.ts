import {
  CreateHyperParameterTuningJobCommand,
  DescribeHyperParameterTuningJobCommand,
  DescribeTrainingJobCommand,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  StopHyperParameterTuningJobCommand,
} from '@aws-sdk/client-sagemaker';
import { describeTuningJob, type RunningServices } from '../../src/services';
import type { Sampler } from '../../src/training';
import {
  type Algorithm,
  BUCKET,
  closeServices,
  deploymentIn,
  printX,
  runUntilStopped,
  sagemakerClient,
  samplerOf,
  start,
  temporaryRoot,
  trainerOf,
  tuningRequest,
  until,
  xs,
} from './helpers';

afterEach(closeServices);

function ended(services: RunningServices, name: string) {
  const client = sagemakerClient(services);
  return until(
    () => client.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name })),
    (job) => !['InProgress', 'Stopping'].includes(job.HyperParameterTuningJobStatus ?? ''),
  );
}

async function tune(sampler: Sampler, algorithm: Algorithm = printX, config: Record<string, unknown> = {}) {
  const services = await start({ sampler, trainer: trainerOf(algorithm) });
  const client = sagemakerClient(services);
  await client.send(new CreateHyperParameterTuningJobCommand(tuningRequest('Tune', config) as never));
  return { services, client, job: () => ended(services, 'Tune') };
}

const limits = (max: number, parallel = 1) => ({
  ResourceLimits: { MaxNumberOfTrainingJobs: max, MaxParallelTrainingJobs: parallel },
});

test('a tuning job runs its training jobs and finds the best', async () => {
  const sampler = samplerOf(xs(3, 1, 2, 0));
  const { client, job } = await tune(sampler);
  const description = await job();
  expect(description).toMatchObject({
    HyperParameterTuningJobArn: 'arn:aws:sagemaker:us-east-1:123456789012:hyper-parameter-tuning-job/tune',
    HyperParameterTuningJobStatus: 'Completed',
    HyperParameterTuningEndTime: expect.any(Date),
    TrainingJobStatusCounters: {
      Completed: 3,
      InProgress: 0,
      RetryableError: 0,
      NonRetryableError: 0,
      Stopped: 0,
    },
    ObjectiveStatusCounters: { Succeeded: 3, Pending: 0, Failed: 0 },
    BestTrainingJob: {
      TrainingJobName: expect.stringMatching(/^Tune-002-[0-9a-f]{8}$/),
      TunedHyperParameters: { x: '1' },
      FinalHyperParameterTuningJobObjectiveMetric: { MetricName: 'loss', Type: 'Minimize', Value: 1 },
      ObjectiveStatus: 'Succeeded',
    },
    ConsumedResources: { RuntimeInSeconds: expect.any(Number) },
    TuningJobCompletionDetails: { NumberOfTrainingJobsObjectiveNotImproving: expect.any(Number) },
  });
  expect(sampler.told).toEqual(
    new Map([
      [0, 3],
      [1, 1],
      [2, 2],
    ]),
  );

  const best = await client.send(
    new DescribeTrainingJobCommand({ TrainingJobName: description.BestTrainingJob?.TrainingJobName }),
  );
  expect(best).toMatchObject({
    TuningJobArn: description.HyperParameterTuningJobArn,
    HyperParameters: { x: '1', fixed: 'yes', _tuning_objective_metric: 'loss' },
    FinalMetricDataList: [{ MetricName: 'loss' }, { MetricName: 'ObjectiveMetric', Value: 1 }],
    ModelArtifacts: { S3ModelArtifacts: `s3://${BUCKET}/output/${best.TrainingJobName}/output/model.tar.gz` },
  });
});

test('with Maximize, the highest value is the best', async () => {
  const config = { HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'loss' } };
  const { job } = await tune(samplerOf(xs(3, 1, 2)), printX, config);
  expect((await job()).BestTrainingJob?.TunedHyperParameters).toEqual({ x: '3' });
});

test('MaxParallelTrainingJobs is respected, and the counters add up after every change', async () => {
  let running = 0;
  let most = 0;
  const services = await start({
    sampler: samplerOf(xs(...Array.from({ length: 12 }, (_, i) => i))),
    trainer: trainerOf(async (task) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, Number(task.hyperparameters['x']) % 3));
      running--;
      return Number(task.hyperparameters['x']) % 4 === 3
        ? { status: 'Failed', failureReason: 'as planned' }
        : printX(task);
    }),
  });
  const seen: string[] = [];
  const check = (): void => {
    const record = services.jobs.tuning.get('Tune');
    if (record === undefined) {
      return;
    }
    const { TrainingJobStatusCounters: jobs, ObjectiveStatusCounters: objectives } = describeTuningJob(
      services.jobs,
      record,
    );
    const total = services.jobs.training.list().length;
    expect(Object.values(jobs).reduce((sum, each) => sum + each, 0)).toBe(total);
    expect(Object.values(objectives).reduce((sum, each) => sum + each, 0)).toBe(total);
    seen.push(JSON.stringify(jobs));
  };
  services.jobs.training.onChange(check);
  services.jobs.tuning.onChange(check);
  await services.router.call(
    'sagemaker',
    'CreateHyperParameterTuningJob',
    tuningRequest('Tune', limits(12, 4)),
    services.user,
  );
  expect(await ended(services, 'Tune')).toMatchObject({
    HyperParameterTuningJobStatus: 'Completed',
    TrainingJobStatusCounters: { Completed: 9, NonRetryableError: 3 },
  });
  expect(most).toBe(4);
  expect(new Set(seen).size).toBeGreaterThan(10);
});

test('five failures without a success end the tuning job', async () => {
  const { job, services } = await tune(
    samplerOf(xs(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)),
    () => ({ status: 'Failed', failureReason: 'bad' }),
    limits(10),
  );
  const description = await job();
  expect(description).toMatchObject({
    HyperParameterTuningJobStatus: 'Failed',
    FailureReason:
      'No training job succeeded after 5 attempts. Please take a look at the training job failures to get more details.',
    TrainingJobStatusCounters: { NonRetryableError: 5 },
  });
  expect(description.BestTrainingJob).toBeUndefined();
  expect(services.jobs.training.list()).toHaveLength(5);
});

test('a tuning job with fewer than five training jobs ends when all of them have failed', async () => {
  const { job } = await tune(
    samplerOf(xs(0, 1)),
    () => ({ status: 'Failed', failureReason: 'bad' }),
    limits(2),
  );
  expect((await job()).FailureReason).toMatch(/^No training job succeeded after 2 attempts\./);
});

test('a tuning job fails if no training job prints the objective', async () => {
  const { job } = await tune(samplerOf(xs(0, 1)), () => ({ status: 'Completed' }), limits(2));
  expect(await job()).toMatchObject({
    HyperParameterTuningJobStatus: 'Failed',
    FailureReason: expect.stringMatching(/^No objective metrics found after running 2 training jobs\./),
    ObjectiveStatusCounters: { Failed: 2 },
  });
});

test('an exhausted search space ends the tuning job', async () => {
  const ranges = { CategoricalParameterRanges: [{ Name: 'x', Values: ['1', '2'] }] };
  const { job } = await tune(samplerOf(xs(1, 2)), printX, {
    Strategy: 'Grid',
    ParameterRanges: ranges,
    ResourceLimits: { MaxParallelTrainingJobs: 5 },
  });
  expect(await job()).toMatchObject({
    HyperParameterTuningJobStatus: 'Completed',
    TrainingJobStatusCounters: { Completed: 2 },
  });
});

test('a tuning job can be stopped, and stops its training jobs', async () => {
  const { client, job, services } = await tune(samplerOf(xs(0, 1, 2)), runUntilStopped);
  await until(
    () => services.jobs.training.list(),
    (jobs) => jobs.length === 2,
  );
  await client.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName: 'Tune' }));
  expect(await job()).toMatchObject({
    HyperParameterTuningJobStatus: 'Stopped',
    TrainingJobStatusCounters: { Stopped: 2 },
  });
});

test('early stopping stops a job, which keeps its metric', async () => {
  const sampler = samplerOf(xs(1, 2), (trial) => trial === 1);
  const { job } = await tune(
    sampler,
    (task) => (task.hyperparameters['x'] === '1' ? printX(task) : runUntilStopped(task)),
    { ...limits(2), TrainingJobEarlyStoppingType: 'Auto' },
  );
  expect(await job()).toMatchObject({
    HyperParameterTuningJobStatus: 'Completed',
    TrainingJobStatusCounters: { Completed: 1, Stopped: 1 },
    ObjectiveStatusCounters: { Succeeded: 2 },
  });
  expect(sampler.specification).toMatchObject({
    earlyStopping: true,
    direction: 'Minimize',
    strategy: 'Bayesian',
  });
  expect(sampler.told.get(1)).toBe(1);
});

test('a target value ends the tuning job', async () => {
  const { job } = await tune(samplerOf(xs(5, 4, 3, 2)), printX, {
    ...limits(4),
    TuningJobCompletionCriteria: { TargetObjectiveMetricValue: 4 },
  });
  expect(await job()).toMatchObject({
    HyperParameterTuningJobStatus: 'Completed',
    TrainingJobStatusCounters: { Completed: 2 },
  });
});

test('a tuning job ends after MaxNumberOfTrainingJobsNotImproving jobs without improvement', async () => {
  const { job } = await tune(samplerOf(xs(5, 4, 4, 6, 3.99, 1, 0)), printX, {
    ...limits(7),
    TuningJobCompletionCriteria: { BestObjectiveNotImproving: { MaxNumberOfTrainingJobsNotImproving: 3 } },
  });
  expect(await job()).toMatchObject({
    TrainingJobStatusCounters: { Completed: 5 },
    TuningJobCompletionDetails: { NumberOfTrainingJobsObjectiveNotImproving: 3 },
  });
});

test('a broken sampler fails the tuning job', async () => {
  const sampler: Sampler = {
    ready: Promise.resolve(),
    start: () => Promise.reject(new Error('no Python')),
    close: async () => undefined,
  };
  const { job } = await tune(sampler);
  expect(await job()).toMatchObject({
    HyperParameterTuningJobStatus: 'Failed',
    FailureReason: 'InternalServerError: no Python',
  });
});

test('a sampler that breaks during the search also fails the tuning job', async () => {
  const whole = samplerOf(xs(1, 2, 3, 4));
  const sampler: Sampler = {
    ...whole,
    start: async (specification) => ({
      ...(await whole.start(specification)),
      tell: () => Promise.reject(new Error('the sampler process has ended')),
    }),
  };
  const { job } = await tune(sampler);
  expect(await job()).toMatchObject({
    HyperParameterTuningJobStatus: 'Failed',
    FailureReason: 'InternalServerError: the sampler process has ended',
  });
});

test("warm start passes the parents' trials to the sampler", async () => {
  const sampler = samplerOf(xs(3, 1));
  const { client, job, services } = await tune(sampler, printX, limits(2));
  await job();
  const child = (parent: string) =>
    new CreateHyperParameterTuningJobCommand({
      ...tuningRequest('Child', limits(1)),
      WarmStartConfig: {
        ParentHyperParameterTuningJobs: [{ HyperParameterTuningJobName: parent }],
        WarmStartType: 'TransferLearning',
      },
    } as never);
  await expect(client.send(child('Nobody'))).rejects.toThrow(/can't find a tuning job called Nobody/);
  await client.send(child('Tune'));
  await ended(services, 'Child');
  expect(sampler.specification?.previousTrials).toEqual([
    { hyperparameters: { x: '3' }, value: 3 },
    { hyperparameters: { x: '1' }, value: 1 },
  ]);
});

test('training jobs are listed by page, filtered and sorted', async () => {
  const { client, job } = await tune(
    samplerOf(xs(3, 1, 2, 9)),
    (task) => (task.hyperparameters['x'] === '9' ? { status: 'Failed', failureReason: 'bad' } : printX(task)),
    limits(4),
  );
  await job();
  const list = async (input: object) => {
    const command = new ListTrainingJobsForHyperParameterTuningJobCommand({
      HyperParameterTuningJobName: 'Tune',
      ...input,
    });
    const { TrainingJobSummaries = [], NextToken } = await client.send(command);
    return { xs: TrainingJobSummaries.map((each) => each.TunedHyperParameters?.['x']), NextToken };
  };
  expect(await list({})).toEqual({ xs: ['3', '1', '2', '9'], NextToken: undefined });
  expect((await list({ SortBy: 'FinalObjectiveMetricValue' })).xs).toEqual(['1', '2', '3']);
  expect((await list({ SortBy: 'Name', SortOrder: 'Descending' })).xs).toEqual(['9', '2', '1', '3']);
  expect((await list({ StatusEquals: 'Failed' })).xs).toEqual(['9']);
  const first = await list({ MaxResults: 3 });
  expect(first.xs).toHaveLength(3);
  expect(await list({ MaxResults: 3, NextToken: first.NextToken })).toEqual({
    xs: ['9'],
    NextToken: undefined,
  });
});

test('a missing tuning job and a name that is already used are refused', async () => {
  const { client, job } = await tune(samplerOf(xs(1)), printX, limits(1));
  await job();
  await expect(
    client.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: 'Nobody' })),
  ).rejects.toMatchObject({
    name: 'ResourceNotFound',
    message: "Amazon SageMaker can't find a tuning job called Nobody. Type another name.",
  });
  await expect(
    client.send(new CreateHyperParameterTuningJobCommand(tuningRequest('Tune') as never)),
  ).rejects.toMatchObject({
    name: 'ResourceInUse',
    message: 'A hyperparameter tuning job with the name, Tune, already exists. Choose a different name.',
  });
});

test('the decision to stop a training job has no effect if the job has already ended', async () => {
  const sampler = samplerOf(xs(1, 2), () => true);
  const slow: Sampler = {
    ...sampler,
    start: async (specification) => {
      const search = await sampler.start(specification);
      // The early stopping rule decides after the job has ended. This can happen with jobs that take a few
      // milliseconds.
      const report: typeof search.report = async (...values) => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        return search.report(...values);
      };
      return { ...search, report };
    },
  };
  const { job, services } = await tune(slow, printX, limits(2));
  expect(await job()).toMatchObject({
    HyperParameterTuningJobStatus: 'Completed',
    TrainingJobStatusCounters: { Completed: 2, InProgress: 0, Stopped: 0 },
    BestTrainingJob: { TunedHyperParameters: { x: '1' } },
  });
  expect(services.jobs.training.list().map(({ description }) => description.TrainingJobStatus)).toEqual([
    'Completed',
    'Completed',
  ]);
});

test('a tuning job with the maximum time limit does not end at once', async () => {
  const config = {
    ResourceLimits: {
      MaxNumberOfTrainingJobs: 2,
      MaxParallelTrainingJobs: 1,
      MaxRuntimeInSeconds: 15_768_000,
    },
  };
  const slowly: Algorithm = async (task) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return printX(task);
  };
  const { job } = await tune(samplerOf(xs(1, 2)), slowly, config);
  expect((await job()).TrainingJobStatusCounters).toMatchObject({ Completed: 2 });
});

test('another process with the same root sees the training jobs of a tuning job and can use them for a warm start', async () => {
  const deployment = deploymentIn(temporaryRoot());
  const sampler = samplerOf(xs(1));
  const other = await start({ deployment, sampler });
  const mine = await start({ deployment, sampler: samplerOf(xs(3, 1)) });
  const tuneOn = (services: RunningServices, request: unknown) =>
    sagemakerClient(services).send(new CreateHyperParameterTuningJobCommand(request as never));
  await tuneOn(mine, tuningRequest('Tune', limits(2)));
  await ended(mine, 'Tune');
  expect(await ended(other, 'Tune')).toMatchObject({
    TrainingJobStatusCounters: { Completed: 2 },
    BestTrainingJob: { TunedHyperParameters: { x: '1' } },
  });
  await tuneOn(other, {
    ...tuningRequest('Child', limits(1)),
    WarmStartConfig: {
      ParentHyperParameterTuningJobs: [{ HyperParameterTuningJobName: 'Tune' }],
      WarmStartType: 'TransferLearning',
    },
  });
  await ended(other, 'Child');
  expect(sampler.specification?.previousTrials).toHaveLength(2);
  expect(other.jobs.tuning.listOwn().map(({ name }) => name)).toEqual(['Child']);
});
