import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withoutTuningHyperparameters } from '../../lambda/shared/hyperparameters';
import { RESULT_BUDGET_BYTES } from '../../lambda/shared/result-budget';
import { type FakeData, startFakeSageMaker } from './fake-sagemaker';
import {
  allFailed,
  arnOf,
  config,
  details,
  failed,
  failure,
  job,
  lists,
  nameOf,
  objective,
  run,
  TUNING_JOB,
  tuningJob,
} from './tuning-job-fixtures';
import { bundleOf, invokeBundle } from './wire-server';

describe('findBestTrainingJob', () => {
  test('returns the best training job of a tuning job that minimizes its objective', async () => {
    const jobs = [
      job(1, 0.31),
      job(2, 0.28),
      job(3, 0.35, { TrainingJobStatus: 'Stopped' }),
      failed(4, 'no memory'),
    ];
    const { result, calls } = await run({
      tuningJob: tuningJob({
        BestTrainingJob: jobs[1],
        TrainingJobStatusCounters: {
          Completed: 2,
          Stopped: 1,
          InProgress: 0,
          NonRetryableError: 3,
          RetryableError: 4,
        },
      }),
      trainingJobs: jobs,
      details: {
        [nameOf(2)]: {
          ...details(2),
          HyperParameters: {
            _tuning_objective_metric: 'validation:rmse',
            _kfold: '5',
            _num_cv_round: '2',
            eta: '0.02',
            objective: 'reg:squarederror',
          },
          FinalMetricDataList: [
            { MetricName: 'train:rmse', Value: 0.15, Timestamp: 1 },
            { MetricName: 'validation:rmse', Value: 0.28, Timestamp: 1 },
            { MetricName: 'ObjectiveMetric', Value: 0.28, Timestamp: 1 },
            { MetricName: 'train:broken', Value: 'NaN', Timestamp: 1 },
          ],
        },
      },
    });

    expect(result).toEqual({
      tuningJob: {
        name: TUNING_JOB,
        arn: `arn:aws:sagemaker:eu-west-1:111122223333:hyper-parameter-tuning-job/${TUNING_JOB}`,
        status: 'Completed',
        trainingJobs: { completed: 2, stopped: 1, failed: 7 },
      },
      bestTrainingJob: {
        name: nameOf(2),
        arn: arnOf(2),
        objective: { metric: 'validation:rmse', type: 'Minimize', value: 0.28 },
        metrics: { 'train:rmse': 0.15, 'validation:rmse': 0.28, ObjectiveMetric: 0.28 },
        hyperparameters: { _kfold: '5', _num_cv_round: '2', eta: '0.02', objective: 'reg:squarederror' },
        tunedHyperparameters: { eta: '0.02' },
        modelArtifacts: `s3://bucket/models/${nameOf(2)}/output/model.tar.gz`,
      },
      topTrainingJobs: [
        { name: nameOf(2), status: 'Completed', objectiveValue: 0.28, tunedHyperparameters: { eta: '0.02' } },
        { name: nameOf(1), status: 'Completed', objectiveValue: 0.31, tunedHyperparameters: { eta: '0.01' } },
        { name: nameOf(3), status: 'Stopped', objectiveValue: 0.35, tunedHyperparameters: { eta: '0.03' } },
      ],
    });
    expect(calls.map(({ operation }) => operation)).toEqual([
      'DescribeHyperParameterTuningJob',
      'ListTrainingJobsForHyperParameterTuningJob',
      'DescribeTrainingJob',
    ]);
  });

  test('ranks from high to low for a tuning job that maximizes its objective', async () => {
    const jobs = [job(1, 0.71), job(2, 0.93), job(3, 0.88)];
    const { result } = await run(
      {
        tuningJob: tuningJob({
          HyperParameterTuningJobConfig: config('Maximize', 'validation:auc'),
          BestTrainingJob: jobs[1],
        }),
        trainingJobs: jobs,
        details: { [nameOf(2)]: details(2) },
      },
      { topTrainingJobs: 2 },
    );
    expect(result.bestTrainingJob.objective).toEqual({
      metric: 'validation:auc',
      type: 'Maximize',
      value: 0.93,
    });
    expect(result.topTrainingJobs.map(({ objectiveValue }) => objectiveValue)).toEqual([0.93, 0.88]);
  });

  test.each(['Minimize', 'Maximize'] as const)(
    'lists the best of many training jobs for %s',
    async (type) => {
      const values = Array.from({ length: 40 }, (_, index) => (index * 7) % 40);
      const jobs = values.map((value, index) => job(index + 1, value));
      const best = jobs[values.indexOf(type === 'Minimize' ? 0 : 39)];
      const { result } = await run(
        {
          tuningJob: tuningJob({
            HyperParameterTuningJobConfig: config(type, 'validation:rmse'),
            BestTrainingJob: best,
          }),
          trainingJobs: jobs,
          details: { [String(best?.['TrainingJobName'])]: details(1) },
        },
        { topTrainingJobs: 3 },
      );
      expect(result.topTrainingJobs.map(({ objectiveValue }) => objectiveValue)).toEqual(
        type === 'Minimize' ? [0, 1, 2] : [39, 38, 37],
      );
    },
  );

  describe('when BestTrainingJob is missing', () => {
    test('returns the best completed training job, even if a stopped or failed job has a better value', async () => {
      const jobs = [
        job(1, 0.4),
        job(2, 0.3),
        job(3, 0.2, { TrainingJobStatus: 'Stopped' }),
        job(4, 0.1, { TrainingJobStatus: 'Failed' }),
      ];
      const { result } = await run({
        tuningJob: tuningJob({ HyperParameterTuningJobStatus: 'Stopped' }),
        trainingJobs: jobs,
        details: { [nameOf(2)]: details(2) },
      });
      expect(result.bestTrainingJob.name).toBe(nameOf(2));
      expect(result.tuningJob.status).toBe('Stopped');
    });

    test('finds a completed training job even after as many stopped ones as were requested', async () => {
      const stopped = Array.from({ length: 30 }, (_, index) =>
        job(index + 1, index, { TrainingJobStatus: 'Stopped' }),
      );
      const { result } = await run(
        {
          tuningJob: tuningJob({}),
          trainingJobs: [...stopped, job(31, 30)],
          details: { [nameOf(31)]: details(31) },
        },
        { topTrainingJobs: 2 },
      );
      expect(result.bestTrainingJob.name).toBe(nameOf(31));
      expect(result.topTrainingJobs.map(({ name }) => name)).toEqual([nameOf(1), nameOf(2)]);
    });

    test('returns a stopped training job if none completed, with null as its model if it has none', async () => {
      const { result } = await run({
        tuningJob: tuningJob({ HyperParameterTuningJobStatus: 'Stopped' }),
        trainingJobs: [job(1, 0.4, { TrainingJobStatus: 'Stopped' })],
        details: { [nameOf(1)]: { ...details(1), ModelArtifacts: undefined } },
      });
      expect(result.bestTrainingJob.name).toBe(nameOf(1));
      expect(result.bestTrainingJob.modelArtifacts).toBeNull();
    });

    test('never returns a failed training job, even if it has a value', async () => {
      const { name } = await failure({
        tuningJob: tuningJob({}),
        trainingJobs: [job(1, 0.1, { TrainingJobStatus: 'Failed' })],
        details: { [nameOf(1)]: details(1) },
      });
      expect(name).toBe('NoCompletedTrainingJobError');
    });

    test('compares by the objective of the definitions if there are several definitions', async () => {
      const definition = (name: string) => ({
        DefinitionName: name,
        TuningObjective: { Type: 'Maximize', MetricName: 'validation:r2' },
      });
      const jobs = [1, 2].map((n) => job(n, n / 10, { TrainingJobDefinitionName: 'trees' }));
      const { result } = await run({
        tuningJob: tuningJob({
          HyperParameterTuningJobConfig: undefined,
          TrainingJobDefinition: undefined,
          TrainingJobDefinitions: [definition('trees'), definition('linear')],
        }),
        trainingJobs: jobs,
        details: { [nameOf(2)]: details(2) },
      });
      expect(result.bestTrainingJob).toMatchObject({
        name: nameOf(2),
        definitionName: 'trees',
        objective: { metric: 'validation:r2', type: 'Maximize', value: 0.2 },
      });
      expect(result.topTrainingJobs).toMatchObject([
        { name: nameOf(2), definitionName: 'trees' },
        { name: nameOf(1), definitionName: 'trees' },
      ]);
    });
  });

  test('returns no definition name if there is only one definition', async () => {
    const best = job(1, 0.2, { TrainingJobDefinitionName: 'only' });
    const { result } = await run({
      tuningJob: tuningJob({ BestTrainingJob: best }),
      trainingJobs: [best],
      details: { [nameOf(1)]: details(1) },
    });
    expect(result.bestTrainingJob).not.toHaveProperty('definitionName');
    expect(result.topTrainingJobs[0]).not.toHaveProperty('definitionName');
  });

  test.each(['TrainingJobName', 'TrainingJobArn', 'TrainingJobStatus'])(
    'leaves out a training job that SageMaker lists without its %s',
    async (member) => {
      const best = job(2, 0.2);
      const { result } = await run({
        tuningJob: tuningJob({ BestTrainingJob: best }),
        trainingJobs: [{ ...job(1, 0.1), [member]: undefined }, best],
        details: { [nameOf(2)]: { ...details(2), FinalMetricDataList: [{ Value: 1 }, { MetricName: 'm' }] } },
      });
      expect(result.topTrainingJobs.map(({ name }) => name)).toEqual([nameOf(2)]);
      expect(result.bestTrainingJob.metrics).toEqual({});
    },
  );

  test.each([
    ['its name, ARN or status', { HyperParameterTuningJobArn: undefined }],
    ['its name, ARN or status', { HyperParameterTuningJobStatus: undefined }],
    ['has no objective', { HyperParameterTuningJobConfig: {} }],
    ['has no objective', { HyperParameterTuningJobConfig: objective({ Type: 'Minimize' }) }],
    ['has no objective', { HyperParameterTuningJobConfig: objective({ MetricName: 'loss' }) }],
  ])("reports that SageMaker's description lacks a field: %s (%j)", async (problem, override) => {
    const { name, message } = await failure({ tuningJob: tuningJob(override) });
    expect(name).toBe('UnexpectedResponseError');
    expect(message).toContain(problem);
  });

  test.each([
    ['DescribeHyperParameterTuningJob', undefined],
    ['ListTrainingJobsForHyperParameterTuningJob', undefined],
    ["DescribeTrainingJob, of the parent's", nameOf(2)],
  ])('does not hide an error of %s', async (operation, onlyFor) => {
    const own = job(1, 0.4);
    const error = await failure({
      tuningJob: tuningJob({ BestTrainingJob: own, OverallBestTrainingJob: job(2, 0.3) }),
      trainingJobs: [own],
      details: { [nameOf(1)]: details(1) },
      refuses: { operation: String(operation.split(',')[0]), ...(onlyFor && { onlyFor }) },
    });
    expect(error).toMatchObject({ name: 'ValidationException', message: 'refused' });
  });

  test('skips values that are not numbers, even across pages', async () => {
    const broken = Array.from({ length: 45 }, (_, index) => job(index + 1, 'NaN'));
    const { result, calls } = await run({
      tuningJob: tuningJob({ BestTrainingJob: broken[0] }),
      trainingJobs: [...broken, job(46, 0.5), job(47, 0.4)],
      details: { [nameOf(47)]: details(47) },
    });
    expect(result.bestTrainingJob.name).toBe(nameOf(47));
    expect(result.topTrainingJobs.map(({ name }) => name)).toEqual([nameOf(47), nameOf(46)]);
    expect(lists(calls).map(({ input }) => input['NextToken'])).toEqual([undefined, '20', '40']);
  });

  test('returns the best training job even if the tuning state failed', async () => {
    const best = job(1, 0.4);
    const { result } = await run(
      {
        tuningJob: tuningJob({ HyperParameterTuningJobStatus: 'Failed', BestTrainingJob: best }),
        trainingJobs: [best],
        details: { [nameOf(1)]: details(1) },
      },
      { failure: { Error: 'States.TaskFailed', Cause: '{}' } },
    );
    expect(result.tuningJob.status).toBe('Failed');
    expect(result.bestTrainingJob.name).toBe(nameOf(1));
  });

  test('uses the objective of the definition to which the best training job belongs', async () => {
    const best = job(2, 0.2, { TrainingJobDefinitionName: 'linear' });
    const { result } = await run({
      tuningJob: tuningJob({
        HyperParameterTuningJobConfig: { Strategy: 'Bayesian', ResourceLimits: {} },
        TrainingJobDefinition: undefined,
        TrainingJobDefinitions: [
          { DefinitionName: 'trees', TuningObjective: { Type: 'Maximize', MetricName: 'validation:r2' } },
          { DefinitionName: 'linear', TuningObjective: { Type: 'Minimize', MetricName: 'validation:loss' } },
        ],
        BestTrainingJob: best,
      }),
      trainingJobs: [job(1, 0.3, { TrainingJobDefinitionName: 'trees' }), best],
      details: { [nameOf(2)]: details(2) },
    });
    expect(result.bestTrainingJob.objective).toEqual({
      metric: 'validation:loss',
      type: 'Minimize',
      value: 0.2,
    });
    expect(result.topTrainingJobs.map(({ name }) => name)).toEqual([nameOf(2), nameOf(1)]);
  });

  test.each([
    ['one definition', { TrainingJobDefinition: { DefinitionName: 'trees', TuningObjective: {} } }],
    [
      'several definitions',
      {
        HyperParameterTuningJobConfig: { HyperParameterTuningJobObjective: {} },
        TrainingJobDefinition: {},
        TrainingJobDefinitions: [
          { DefinitionName: 'trees', TuningObjective: { Type: 'Minimize', MetricName: 'validation:rmse' } },
        ],
      },
    ],
  ])('ignores empty objectives in the description of a tuning job with %s', async (_what, description) => {
    const best = job(1, 0.2, { TrainingJobDefinitionName: 'trees' });
    const { result } = await run({
      tuningJob: tuningJob(description),
      trainingJobs: [best],
      details: { [nameOf(1)]: details(1) },
    });
    expect(result.bestTrainingJob.objective).toMatchObject({ metric: 'validation:rmse', type: 'Minimize' });
  });

  describe('after a warm start', () => {
    const own = job(1, 0.4);
    const parents = { ...job(2, 0.3), TrainingJobName: 'parent-002-0a1b2c3d', TuningJobName: 'parent' };
    const data = {
      tuningJob: tuningJob({ BestTrainingJob: own, OverallBestTrainingJob: parents }),
      trainingJobs: [own],
      details: { [nameOf(1)]: details(1), 'parent-002-0a1b2c3d': details(2) },
    };

    test("returns a better training job of a parent, but lists only the child's own training jobs", async () => {
      const { result } = await run(data);
      expect(result.bestTrainingJob).toMatchObject({
        name: 'parent-002-0a1b2c3d',
        objective: { value: 0.3 },
        tunedHyperparameters: { eta: '0.02' },
      });
      expect(result.topTrainingJobs.map(({ name }) => name)).toEqual([nameOf(1)]);
    });

    test.each([
      ['its role may not describe', { denied: ['parent-002-0a1b2c3d'] }],
      ['does not exist any more', { details: { [nameOf(1)]: details(1) } }],
    ])("returns the child's own best training job if the parent's %s", async (_, override) => {
      const { result } = await run({ ...data, ...override });
      expect(result.bestTrainingJob.name).toBe(nameOf(1));
    });

    test("returns the child's own best training job if it is equally good", async () => {
      const { result } = await run({
        ...data,
        tuningJob: { ...data.tuningJob, BestTrainingJob: job(1, 0.3) },
      });
      expect(result.bestTrainingJob.name).toBe(nameOf(1));
    });
  });

  test('limits the size of the result for 600 training jobs with large hyperparameters by dropping the worst', async () => {
    const fat = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`parameter-${index}`.padEnd(40, 'x'), 'ü'.repeat(128)]),
    );
    const jobs = Array.from({ length: 600 }, (_, index) =>
      job(index + 1, 600 - index, { TunedHyperParameters: fat }),
    );
    const best = jobs[599];
    const { result, calls } = await run(
      {
        tuningJob: tuningJob({ BestTrainingJob: best }),
        trainingJobs: jobs,
        details: {
          [nameOf(600)]: {
            ...details(600),
            HyperParameters: {
              ...fat,
              ...Object.fromEntries(
                Array.from({ length: 40 }, (_, index) => [`static-${index}`, 'v'.repeat(1000)]),
              ),
            },
          },
        },
      },
      { topTrainingJobs: 50 },
    );
    const size = Buffer.byteLength(JSON.stringify(result));
    expect(size).toBeLessThanOrEqual(RESULT_BUDGET_BYTES);
    // Nothing is dropped needlessly: another entry of about 9.5 KiB would not fit.
    expect(size).toBeGreaterThan(RESULT_BUDGET_BYTES - 10_000);
    expect(Object.keys(result.bestTrainingJob.hyperparameters)).toHaveLength(70);
    const count = result.topTrainingJobs.length;
    expect(result.topTrainingJobs.map(({ objectiveValue }) => objectiveValue)).toEqual(
      Array.from({ length: count }, (_, index) => index + 1),
    );
    expect(lists(calls)).toHaveLength(1);
  });

  test('retries throttled calls', async () => {
    const best = job(1, 0.4);
    const { result, calls } = await run({
      tuningJob: tuningJob({ BestTrainingJob: best }),
      trainingJobs: [best],
      details: { [nameOf(1)]: details(1) },
      throttle: 1,
    });
    expect(result.bestTrainingJob.name).toBe(nameOf(1));
    expect(calls).toHaveLength(4);
  });

  test('fails with AccessDeniedException if its role cannot describe the best training job', async () => {
    const best = job(1, 0.4);
    const data = {
      tuningJob: tuningJob({ BestTrainingJob: best }),
      trainingJobs: [best],
      denied: [nameOf(1)],
    };
    await expect(run(data)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

test('only hyperparameters whose names start with _tuning_ are removed', () => {
  expect(
    withoutTuningHyperparameters({
      _tuning_objective_metric: 'm',
      _tuning_new: 'n',
      _tuning: 't',
      _kfold: '5',
      eta: '1',
    }),
  ).toEqual({ _tuning: 't', _kfold: '5', eta: '1' });
});

describe('the bundle', () => {
  /** Calls the handler as Lambda does. */
  async function invoke(data: FakeData, event: unknown) {
    const server = await startFakeSageMaker(data);
    try {
      return await invokeBundle('find-best-training-job', event, { AWS_ENDPOINT_URL: server.endpoint });
    } finally {
      await server.close();
    }
  }

  test('returns the same results as the source', async () => {
    const best = job(1, 0.4);
    const data = {
      tuningJob: tuningJob({ BestTrainingJob: best }),
      trainingJobs: [best],
      details: { [nameOf(1)]: details(1) },
    };
    const { result } = await invoke(data, { tuningJobName: TUNING_JOB });
    expect(result).toEqual((await run(data)).result);
  });

  test.each([
    ['NoCompletedTrainingJobError', { tuningJobName: TUNING_JOB }],
    ['TuningJobNotFoundError', { tuningJobName: 'another' }],
    ['InvalidEventError', {}],
  ])('throws %s by its name', async (type, event) => {
    await expect(invoke(allFailed(), event)).resolves.toMatchObject({ type });
  });

  test('is minified and contains no path of the build machine', () => {
    const text = readFileSync(bundleOf('find-best-training-job'), 'utf8');
    expect(text).not.toContain(join(__dirname, '../..'));
    expect(text.length).toBeLessThan(1_000_000);
    expect(text.split('\n').length).toBeLessThan(2000);
  });
});
