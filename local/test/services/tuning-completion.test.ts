import {
  CreateHyperParameterTuningJobCommand,
  DescribeHyperParameterTuningJobCommand,
  type DescribeHyperParameterTuningJobCommandOutput,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  StopHyperParameterTuningJobCommand,
} from '@aws-sdk/client-sagemaker';
import { combineTrainers } from '../../src/training';
import {
  type Algorithm,
  closeServices,
  printX,
  runUntilStopped,
  sagemakerClient,
  samplerOf,
  start,
  trainerOf,
  tuningRequest,
  until,
  xs,
} from './helpers';

afterEach(closeServices);

type Json = Record<string, unknown>;
type StartOptions = NonNullable<Parameters<typeof start>[0]>;

const limits = (max: number, parallel = 1) => ({
  ResourceLimits: { MaxNumberOfTrainingJobs: max, MaxParallelTrainingJobs: parallel },
});

async function tune(options: StartOptions, config: Json, definition: Json = {}) {
  const services = await start(options);
  const client = sagemakerClient(services);
  const request = tuningRequest('Tune', config);
  await client.send(
    new CreateHyperParameterTuningJobCommand({
      ...request,
      TrainingJobDefinition: { ...request.TrainingJobDefinition, ...definition },
    } as never),
  );
  const describeJob = () =>
    client.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: 'Tune' }));
  return { services, client, describeJob, end: () => until(describeJob, hasEnded) };
}

function hasEnded({ HyperParameterTuningJobStatus: status }: DescribeHyperParameterTuningJobCommandOutput) {
  return status !== 'InProgress' && status !== 'Stopping';
}

const sum = (counters: object | undefined) =>
  Object.values(counters ?? {}).reduce((total: number, count: number) => total + count, 0);

describe('ConvergenceDetected', () => {
  const sets = xs(5, ...Array(12).fill(4.99));

  test('ends a search that does not improve', async () => {
    const { end } = await tune(
      { sampler: samplerOf(sets) },
      {
        ...limits(13),
        TuningJobCompletionCriteria: { ConvergenceDetected: { CompleteOnConvergence: 'Enabled' } },
      },
    );
    expect(await end()).toMatchObject({
      HyperParameterTuningJobStatus: 'Completed',
      TrainingJobStatusCounters: { Completed: 11, InProgress: 0 },
      TuningJobCompletionDetails: {
        NumberOfTrainingJobsObjectiveNotImproving: 10,
        ConvergenceDetectedTime: expect.any(Date),
      },
    });
  });

  test('is reported even if the tuning job continues', async () => {
    const { end } = await tune({ sampler: samplerOf(sets) }, limits(13));
    expect(await end()).toMatchObject({
      TrainingJobStatusCounters: { Completed: 13 },
      TuningJobCompletionDetails: { ConvergenceDetectedTime: expect.any(Date) },
    });
  });
});

test('a job that is stopped early and reaches the target value also ends the search', async () => {
  const { end } = await tune(
    { sampler: samplerOf(xs(1, 1), () => true), trainer: trainerOf(runUntilStopped) },
    {
      ...limits(2),
      TrainingJobEarlyStoppingType: 'Auto',
      TuningJobCompletionCriteria: { TargetObjectiveMetricValue: 1 },
    },
  );
  expect(await end()).toMatchObject({
    HyperParameterTuningJobStatus: 'Completed',
    TrainingJobStatusCounters: { Stopped: 1 },
    ObjectiveStatusCounters: { Succeeded: 1 },
    // No job has completed, so the best job is a stopped job.
    BestTrainingJob: { TrainingJobStatus: 'Stopped' },
  });
});

test('a tuning job completes after MaxRuntimeInSeconds; its running jobs are stopped and keep their metric', async () => {
  jest.useFakeTimers({
    doNotFake: [
      'Date',
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
    ],
  });
  try {
    const services = await start({ sampler: samplerOf(xs(1, 2, 3)), trainer: trainerOf(runUntilStopped) });
    const ResourceLimits = { MaxParallelTrainingJobs: 2, MaxRuntimeInSeconds: 120 };
    await services.router.call(
      'sagemaker',
      'CreateHyperParameterTuningJob',
      tuningRequest('Tune', { ResourceLimits }),
      services.user,
    );
    const job = () => services.jobs.tuning.get('Tune')?.description;
    const turns = async (isOver: () => boolean) => {
      while (!isOver()) await new Promise(setImmediate);
    };
    await turns(() => sum(job()?.TrainingJobStatusCounters) === 2);
    jest.advanceTimersByTime(119_000);
    expect(job()?.HyperParameterTuningJobStatus).toBe('InProgress');
    jest.advanceTimersByTime(1000);
    await turns(() => job()?.HyperParameterTuningJobStatus !== 'InProgress');
    expect(job()).toMatchObject({
      HyperParameterTuningJobStatus: 'Completed',
      TrainingJobStatusCounters: { Stopped: 2, InProgress: 0 },
      ObjectiveStatusCounters: { Succeeded: 2 },
    });
  } finally {
    jest.useRealTimers();
  }
});

describe('a job that Hyperband decides to stop at its last round', () => {
  const threeRounds: Algorithm = async (task) => {
    for (const loss of [3, 2, 1]) task.onLog(`loss=${loss};`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { status: task.signal.aborted ? 'Stopped' : 'Completed' };
  };
  const run = async (epochs: string) => {
    const { end } = await tune(
      { sampler: samplerOf(xs(1), (_trial, step) => step === 2), trainer: trainerOf(threeRounds) },
      { ...limits(1), Strategy: 'Hyperband' },
      { StaticHyperParameters: { epochs } },
    );
    return (await end()).BestTrainingJob?.TrainingJobStatus;
  };

  test('ends by itself', async () => expect(await run('3')).toBe('Completed'));
  test('is stopped if it has more rounds than that', async () => expect(await run('4')).toBe('Stopped'));
});

const CHECKPOINTS = { CheckpointConfig: { S3Uri: 's3://data-bucket/checkpoints' } };

test.each([
  ['from the beginning', {}, true, [0, 1, 0, 1]],
  ['from its checkpoints', CHECKPOINTS, true, [0, 1, 2, 3]],
  ['from the beginning, because its algorithm never resumes', CHECKPOINTS, false, [0, 1, 0, 1]],
])(
  'a job that restarts %s reports its rounds to the sampler accordingly',
  async (_name, definition, resumes, expected) => {
    const steps: number[] = [];
    let attempts = 0;
    const trainer = trainerOf((task) => {
      for (const loss of [3, 2]) task.onLog(`loss=${loss};`);
      attempts += 1;
      if (attempts === 1) throw new Error('no space left on device');
      return { status: 'Completed' };
    });
    const { end } = await tune(
      {
        sampler: samplerOf(xs(1), (_trial, step) => steps.push(step) < 0),
        trainer: combineTrainers([{ ...trainer, resumes: () => resumes }]),
      },
      { ...limits(1), TrainingJobEarlyStoppingType: 'Auto' },
      { RetryStrategy: { MaximumRetryAttempts: 1 }, ...definition },
    );
    await end();
    expect(steps).toEqual(expected);
  },
);

test('StopHyperParameterTuningJob fails while the job is stopping, and after it has ended', async () => {
  const { client, end, describeJob } = await tune(
    {
      sampler: samplerOf(xs(1, 2)),
      trainer: trainerOf(
        (task) =>
          new Promise((resolve) =>
            task.signal.addEventListener('abort', () => setTimeout(resolve, 200, { status: 'Stopped' })),
          ),
      ),
    },
    limits(2, 2),
  );
  const stop = () =>
    client.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName: 'Tune' }));
  await until(describeJob, (job) => job.TrainingJobStatusCounters?.InProgress === 2);
  await stop();
  expect(await describeJob()).toMatchObject({
    HyperParameterTuningJobStatus: 'Stopping',
    TrainingJobStatusCounters: { InProgress: 2 },
    ObjectiveStatusCounters: { Pending: 2 },
  });
  await expect(stop()).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'The request was rejected because the hyperparameter tuning job is in status Stopping.',
  });
  expect((await end()).HyperParameterTuningJobStatus).toBe('Stopped');
  await expect(stop()).rejects.toThrow(/is in status Stopped/);
});

describe('the counters of a tuning job add up whenever it is described', () => {
  /**
   * The hyperparameter `x` decides whether a job completes, fails, fails with InternalServerError, prints
   * nothing, or runs until it is stopped.
   */
  const mixed: Algorithm = async (task) => {
    const x = Number(task.hyperparameters['x']);
    task.onLog('loss=1;');
    await new Promise((resolve) => setTimeout(resolve, (x * 7) % 11));
    if (task.signal.aborted) return { status: 'Stopped' };
    if (x % 6 === 1) return { status: 'Failed', failureReason: 'AlgorithmError: as planned, exit code: 1' };
    if (x % 6 === 2) throw new Error('disk full');
    if (x % 6 === 3) return runUntilStopped(task);
    return printX(task);
  };
  const count = 36;
  const run = () =>
    tune(
      {
        trainer: trainerOf(mixed),
        sampler: samplerOf(
          xs(...Array.from({ length: count }, (_, i) => i)),
          (trial, step) => trial % 6 === 3 && step > 0,
        ),
        spotInterruptions: { perJob: 0.5, waitSeconds: 0 },
      },
      { ...limits(count, 5), TrainingJobEarlyStoppingType: 'Auto' },
      {
        EnableManagedSpotTraining: true,
        StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 60 },
        RetryStrategy: { MaximumRetryAttempts: 1 },
      },
    );

  type Running = Awaited<ReturnType<typeof run>>;

  async function poll({ client, describeJob }: Running) {
    const list = async () => {
      const command = new ListTrainingJobsForHyperParameterTuningJobCommand({
        HyperParameterTuningJobName: 'Tune',
        MaxResults: 100,
      });
      return (await client.send(command)).TrainingJobSummaries?.length ?? 0;
    };
    const before = await list();
    const job = await describeJob();
    const after = await list();
    const total = sum(job.TrainingJobStatusCounters);
    expect(sum(job.ObjectiveStatusCounters)).toBe(total);
    expect(total).toBeGreaterThanOrEqual(before);
    expect(total).toBeLessThanOrEqual(after);
    expect(job.TrainingJobStatusCounters?.InProgress).toBe(job.ObjectiveStatusCounters?.Pending);
    expect(job.TrainingJobStatusCounters?.InProgress).toBeLessThanOrEqual(5);
    return job;
  }

  test('with failures, retries, interruptions and early stops', async () => {
    const running = await run();
    const job = await until(() => poll(running), hasEnded);
    expect(job).toMatchObject({
      HyperParameterTuningJobStatus: 'Completed',
      TrainingJobStatusCounters: {
        Completed: 18,
        InProgress: 0,
        RetryableError: 6,
        NonRetryableError: 6,
        Stopped: 6,
      },
      ObjectiveStatusCounters: { Succeeded: 24, Pending: 0, Failed: 12 },
    });
  });

  test('if the tuning job is stopped while jobs run', async () => {
    const running = await run();
    await until(
      () => poll(running),
      (job) => (job.TrainingJobStatusCounters?.Completed ?? 0) > 4,
    );
    await running.client.send(
      new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName: 'Tune' }),
    );
    const job = await until(() => poll(running), hasEnded);
    expect(job).toMatchObject({
      HyperParameterTuningJobStatus: 'Stopped',
      TrainingJobStatusCounters: { InProgress: 0 },
    });
    expect(sum(job.TrainingJobStatusCounters)).toBeLessThan(count);
  });
});
