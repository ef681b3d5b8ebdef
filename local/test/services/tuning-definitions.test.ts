import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  CreateHyperParameterTuningJobCommand,
  DescribeHyperParameterTuningJobCommand,
  DescribeTrainingJobCommand,
  ListTrainingJobsForHyperParameterTuningJobCommand,
} from '@aws-sdk/client-sagemaker';
import type { RunningServices } from '../../src/services';
import { createOptunaSampler, createPythonEnvironments, type Sampler } from '../../src/training';
import {
  type Algorithm,
  closeServices,
  deploymentIn,
  noNotice,
  printX,
  sagemakerClient,
  samplerOf,
  start,
  temporaryRoot,
  trainerOf,
  trainingDefinition,
  until,
  xs,
} from './helpers';

afterEach(closeServices);

type Json = Record<string, unknown>;

/** A definition that searches `x`. */
function definition(name: string, change: Json = {}): Json {
  return {
    DefinitionName: name,
    TuningObjective: { Type: 'Minimize', MetricName: 'loss' },
    HyperParameterRanges: { ContinuousParameterRanges: [{ Name: 'x', MinValue: '0', MaxValue: '10' }] },
    ...trainingDefinition(),
    StaticHyperParameters: { who: name },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 10 },
    ...change,
  };
}

function request(definitions: readonly Json[], config: Json = {}, change: Json = {}) {
  return {
    HyperParameterTuningJobName: 'Tune',
    HyperParameterTuningJobConfig: {
      Strategy: 'Bayesian',
      ResourceLimits: { MaxNumberOfTrainingJobs: 5, MaxParallelTrainingJobs: 2 },
      ...config,
    },
    TrainingJobDefinitions: definitions,
    ...change,
  };
}

async function tune(input: object, sampler: Sampler, algorithm: Algorithm = printX, root = temporaryRoot()) {
  const services = await start({ deployment: deploymentIn(root), sampler, trainer: trainerOf(algorithm) });
  const client = sagemakerClient(services);
  await client.send(new CreateHyperParameterTuningJobCommand(input as never));
  const job = await until(
    () => client.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: 'Tune' })),
    ({ HyperParameterTuningJobStatus: status }) => status !== 'InProgress',
  );
  const list = async (given: object = {}) => {
    const command = new ListTrainingJobsForHyperParameterTuningJobCommand({
      HyperParameterTuningJobName: 'Tune',
      MaxResults: 100,
      ...given,
    });
    return (await client.send(command)).TrainingJobSummaries ?? [];
  };
  return { services, client, job, list };
}

test('each definition gets its share of the training jobs, and the best job wins with its own hyperparameters', async () => {
  const { client, job, list } = await tune(
    request([
      definition('first'),
      definition('second', {
        TuningObjective: { Type: 'Minimize', MetricName: 'error' },
        AlgorithmSpecification: {
          ...trainingDefinition().AlgorithmSpecification,
          MetricDefinitions: [{ Name: 'error', Regex: 'error=([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?);' }],
        },
      }),
    ]),
    samplerOf(xs(3, 2, 1)),
    (task) => {
      if (task.hyperparameters['who'] === 'first') return printX(task);
      task.onLog(`error=${Number(task.hyperparameters['x']) / 10};`);
      return { status: 'Completed' };
    },
  );
  expect(job).toMatchObject({
    HyperParameterTuningJobStatus: 'Completed',
    TrainingJobStatusCounters: { Completed: 5 },
    TrainingJobDefinitions: [
      { DefinitionName: 'first', StaticHyperParameters: { who: 'first', _tuning_objective_metric: 'loss' } },
      {
        DefinitionName: 'second',
        StaticHyperParameters: { _tuning_objective_metric: 'error' },
        AlgorithmSpecification: { MetricDefinitions: [{ Name: 'error' }, { Name: 'ObjectiveMetric' }] },
      },
    ],
    BestTrainingJob: {
      TrainingJobDefinitionName: 'second',
      TunedHyperParameters: { x: '2' },
      FinalHyperParameterTuningJobObjectiveMetric: { MetricName: 'error', Type: 'Minimize', Value: 0.2 },
    },
  });
  expect(job.TrainingJobDefinition).toBeUndefined();
  const names = (await list({ SortBy: 'Name' })).map((each) => each.TrainingJobDefinitionName);
  expect(names).toEqual(['first', 'second', 'first', 'second', 'first']);
  const values = (await list({ SortBy: 'FinalObjectiveMetricValue' })).map(
    (each) => each.FinalHyperParameterTuningJobObjectiveMetric?.Value,
  );
  expect(values).toEqual([0.2, 0.3, 1, 2, 3]);

  const best = await client.send(
    new DescribeTrainingJobCommand({ TrainingJobName: job.BestTrainingJob?.TrainingJobName }),
  );
  expect(best.HyperParameters).toEqual({ x: '2', who: 'second', _tuning_objective_metric: 'error' });
  for (const member of [
    'DefinitionName',
    'TuningObjective',
    'HyperParameterRanges',
    'StaticHyperParameters',
  ]) {
    expect(best).not.toHaveProperty(member);
  }
});

test('an exhausted definition leaves its share to the others; grid search tries all combinations', async () => {
  const values = (...given: string[]) => ({
    HyperParameterRanges: { CategoricalParameterRanges: [{ Name: 'x', Values: given }] },
  });
  const sets: Record<string, Record<string, string>[]> = { a: xs(1), b: xs(4, 5, 6) };
  const started: string[] = [];
  const sampler: Sampler = {
    ready: Promise.resolve(),
    start: async (specification) => {
      started.push(path.basename(specification.studyFile));
      return samplerOf(sets[started.length === 1 ? 'a' : 'b'] ?? []).start(specification);
    },
    close: async () => undefined,
  };
  const { list } = await tune(
    request([definition('a', values('1')), definition('b', values('4', '5', '6'))], {
      Strategy: 'Grid',
      ResourceLimits: { MaxParallelTrainingJobs: 1 },
    }),
    sampler,
  );
  const order = (await list()).map((each) => each.TrainingJobDefinitionName);
  expect(order).toEqual(['a', 'b', 'b', 'b']);
  expect(started).toEqual(['tune.1-a.study', 'tune.2-b.study']);
});

test('a target value that one definition reaches ends the whole tuning job', async () => {
  const { job } = await tune(
    request([definition('first'), definition('second')], {
      ResourceLimits: { MaxNumberOfTrainingJobs: 5, MaxParallelTrainingJobs: 1 },
      TuningJobCompletionCriteria: { TargetObjectiveMetricValue: 1 },
    }),
    samplerOf(xs(10, 1, 9)),
    (task) => {
      const isFirst = task.hyperparameters['who'] === 'first';
      task.onLog(`loss=${isFirst ? 5 : Number(task.hyperparameters['x'])};`);
      return { status: 'Completed' };
    },
  );
  expect(job.TrainingJobStatusCounters).toMatchObject({ Completed: 4 });
  expect(job.BestTrainingJob?.TrainingJobDefinitionName).toBe('second');
});

test('Optuna searches each definition in a separate study', async () => {
  const environments = createPythonEnvironments({
    folder: path.resolve(__dirname, '../../../.venv'),
    onNotice: () => undefined,
  });
  const sampler = createOptunaSampler((await environments.forSampler()).python, noNotice);
  try {
    const root = temporaryRoot();
    const { job } = await tune(
      request([definition('First'), definition('Second')], {
        ResourceLimits: { MaxNumberOfTrainingJobs: 6, MaxParallelTrainingJobs: 2 },
      }),
      sampler,
      printX,
      root,
    );
    expect(job.TrainingJobStatusCounters).toMatchObject({ Completed: 6 });
    expect(fs.readdirSync(path.join(root, 'sagemaker', 'studies')).sort()).toEqual([
      'tune.1-first.study',
      'tune.2-second.study',
    ]);
  } finally {
    await sampler.close();
  }
}, 300_000);

describe('refused:', () => {
  const two = [definition('a'), definition('b')];
  test.each<[string, object, RegExp]>([
    [
      'neither form',
      request([], {}, { TrainingJobDefinitions: undefined }),
      /^Exactly one of .* is required, got neither/,
    ],
    [
      'both forms',
      request(two, {}, { TrainingJobDefinition: definition('c') }),
      /^Exactly one of .* is required, got both/,
    ],
    ['none', request([]), /'trainingJobDefinitions' failed .* length greater than or equal to 1/],
    [
      'more than ten',
      request(Array.from({ length: 11 }, (_, i) => definition(`d${i}`))),
      /'trainingJobDefinitions' failed .* length less than or equal to 10/,
    ],
    [
      'no name',
      request([definition('a'), definition('b', { DefinitionName: undefined })]),
      /DefinitionName is required in each; definition 2 has none/,
    ],
    ['a name twice', request([definition('a'), definition('a')]), /a different DefinitionName, got a, a/],
    [
      'no objective',
      request([definition('a', { TuningObjective: undefined })]),
      /TuningObjective is required in each; definition 1 has none/,
    ],
    [
      'no ranges',
      request([definition('a', { HyperParameterRanges: undefined })]),
      /HyperParameterRanges is required in each/,
    ],
    [
      'an objective for the whole tuning job',
      request(two, { HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: 'loss' } }),
      /set TuningObjective and HyperParameterRanges in each definition/,
    ],
    [
      'ranges of the whole job',
      request(two, { ParameterRanges: {} }),
      /HyperParameterRanges in each definition/,
    ],
    [
      'different directions',
      request([
        definition('a'),
        definition('b', { TuningObjective: { Type: 'Maximize', MetricName: 'loss' } }),
      ]),
      /the Type of every TuningObjective must be the same/,
    ],
    [
      'warm start',
      request(
        two,
        {},
        {
          WarmStartConfig: {
            ParentHyperParameterTuningJobs: [{ HyperParameterTuningJobName: 'parent' }],
            WarmStartType: 'TransferLearning',
          },
        },
      ),
      /warm start requires a single TrainingJobDefinition/,
    ],
    [
      'early stopping',
      request(two, { TrainingJobEarlyStoppingType: 'Auto' }),
      /early stopping \(Auto\) requires a single TrainingJobDefinition/,
    ],
    [
      'too many environment variables in total',
      request(
        ['a', 'b'].map((name) =>
          definition(name, {
            Environment: Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`V${i}`, 'x'])),
          }),
        ),
      ),
      /at most 48 variables in all training definitions together, got 50/,
    ],
    [
      'an invalid range, and the error names the definition',
      request([
        definition('a'),
        definition('b', {
          HyperParameterRanges: { ContinuousParameterRanges: [{ Name: 'x', MinValue: '2', MaxValue: '1' }] },
        }),
      ]),
      /^TrainingJobDefinitions, "b": The range of "x" must go from a smaller/,
    ],
    [
      'more training jobs than combinations in total',
      request(
        ['a', 'b'].map((name) =>
          definition(name, {
            HyperParameterRanges: { CategoricalParameterRanges: [{ Name: 'x', Values: ['1', '2'] }] },
          }),
        ),
      ),
      /total number of hyperparameter combinations for the provided ranges \[4\] must be equal or greater/,
    ],
    [
      'a custom image without metrics',
      request([
        definition('a', {
          AlgorithmSpecification: {
            ...trainingDefinition().AlgorithmSpecification,
            MetricDefinitions: undefined,
          },
        }),
      ]),
      /^A metric is required for this hyperparameter tuning job objective/,
    ],
    [
      'an entry point of the container, which only standalone training jobs support',
      request([
        definition('a', {
          AlgorithmSpecification: {
            ...trainingDefinition().AlgorithmSpecification,
            ContainerEntrypoint: ['python'],
          },
        }),
      ]),
      /ContainerEntrypoint: not available in tuning jobs/,
    ],
    [
      'too many hyperparameters',
      request([
        definition('a', {
          StaticHyperParameters: Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`h${i}`, '1'])),
        }),
      ]),
      /at most 100 hyperparameters are allowed \(static, tuned and the one that SageMaker adds\), got 101/,
    ],
  ])('%s', async (_name, input, message) => {
    const services: RunningServices = await start();
    const call = services.router.call(
      'sagemaker',
      'CreateHyperParameterTuningJob',
      { ...input },
      services.user,
    );
    await expect(call).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringMatching(message),
    });
    expect(services.jobs.tuning.list()).toEqual([]);
  });
});
