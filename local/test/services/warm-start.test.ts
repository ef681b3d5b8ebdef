import * as fs from 'node:fs';
import * as path from 'node:path';
import type { RunningServices } from '../../src/services';
import type { SearchSpecification } from '../../src/training';
import {
  BUCKET,
  closeServices,
  deploymentIn,
  IMAGE,
  samplerOf,
  start,
  temporaryRoot,
  trainerOf,
  tuningRequest,
  until,
} from './helpers';

type Json = Record<string, unknown>;

const STATIC = { depth: '3', a: '1', b: '2', c: '3', d: '4', e: '5', f: '6' };
const RANGES = {
  ContinuousParameterRanges: [{ Name: 'x', MinValue: '0', MaxValue: '10' }],
  IntegerParameterRanges: [{ Name: 'n', MinValue: '1', MaxValue: '9' }],
  CategoricalParameterRanges: [{ Name: 'kind', Values: ['red', 'blue', 'green'] }],
};
const [X] = RANGES.ContinuousParameterRanges;
const [N] = RANGES.IntegerParameterRanges;
const LIMITS = { MaxNumberOfTrainingJobs: 2, MaxParallelTrainingJobs: 2 };

interface Change {
  readonly config?: Json;
  readonly definition?: Json;
  readonly statics?: Record<string, string>;
  readonly type?: 'IdenticalDataAndAlgorithm' | 'TransferLearning';
  readonly parents?: readonly string[];
}

function request(name: string, { config, definition, statics = STATIC, type, parents = ['Parent'] }: Change) {
  const base = tuningRequest(name, { ParameterRanges: RANGES, ResourceLimits: LIMITS, ...config });
  return {
    ...base,
    TrainingJobDefinition: {
      ...base.TrainingJobDefinition,
      StaticHyperParameters: statics,
      ...definition,
    },
    ...(type !== undefined && {
      WarmStartConfig: {
        WarmStartType: type,
        ParentHyperParameterTuningJobs: parents.map((each) => ({ HyperParameterTuningJobName: each })),
      },
    }),
  };
}

let services: RunningServices;
let specification: SearchSpecification | undefined;
let children = 0;

/** Creates a child job, waits until it has ended, and returns its description. */
async function child(change: Change) {
  children += 1;
  const name = `Child-${children}`;
  await create(request(name, { type: 'TransferLearning', ...change }));
  return ended(name);
}

const create = (input: object) =>
  services.router.call('sagemaker', 'CreateHyperParameterTuningJob', { ...input }, services.user);

function ended(name: string) {
  return until(
    () => services.jobs.tuning.get(name)?.description,
    (job) => !['InProgress', 'Stopping'].includes(job?.HyperParameterTuningJobStatus ?? ''),
  );
}

beforeAll(async () => {
  const deployment = deploymentIn(temporaryRoot());
  const other = path.join(deployment.root, 's3', BUCKET, 'other');
  fs.mkdirSync(other);
  fs.writeFileSync(path.join(other, 'train.csv'), '3,4\n');
  const sampler = samplerOf([
    { x: '4', n: '2', kind: 'red' },
    { x: '3', n: '5', kind: 'blue' },
  ]);
  services = await start({
    deployment,
    trainer: {
      ...trainerOf((task) => {
        task.onLog(`loss=${Number(task.hyperparameters['x']) + Number(task.hyperparameters['depth'] ?? 0)};`);
        return { status: 'Completed' };
      }),
      accepts: () => true,
    },
    sampler: {
      ...sampler,
      start: async (given) => {
        specification = given;
        return sampler.start(given);
      },
    },
  });
  await create(request('Parent', {}));
  await ended('Parent');
});
afterAll(closeServices);

const channel = (prefix: string, ChannelName = 'train') => ({
  ChannelName,
  ContentType: 'text/csv',
  DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${BUCKET}/${prefix}/` } },
});

describe('a child tuning job', () => {
  test('starts with the training jobs of its parents as trials', async () => {
    await child({ type: 'IdenticalDataAndAlgorithm' });
    expect(specification?.previousTrials).toEqual([
      { hyperparameters: { x: '4', n: '2', kind: 'red' }, value: 7 },
      { hyperparameters: { x: '3', n: '5', kind: 'blue' }, value: 6 },
    ]);
  });

  test('starts with these trials even if a hyperparameter was static and is now tuned, or vice versa', async () => {
    const { depth: _depth, ...statics } = STATIC;
    await child({
      statics: { ...statics, n: '5' },
      config: {
        ParameterRanges: {
          ...RANGES,
          IntegerParameterRanges: [{ Name: 'depth', MinValue: '1', MaxValue: '9' }],
        },
      },
    });
    expect(specification?.previousTrials).toEqual([
      { hyperparameters: { x: '4', depth: '3', kind: 'red' }, value: 7 },
      { hyperparameters: { x: '3', depth: '3', kind: 'blue' }, value: 6 },
    ]);
  });

  test('has the best training job of parent and child as OverallBestTrainingJob, on identical data only', async () => {
    const worse = { statics: { ...STATIC, depth: '5' } };
    const identical = await child({ ...worse, type: 'IdenticalDataAndAlgorithm' });
    expect(identical).toMatchObject({
      BestTrainingJob: { FinalHyperParameterTuningJobObjectiveMetric: { Value: 8 } },
      OverallBestTrainingJob: {
        TrainingJobName: expect.stringMatching(/^Parent-002-/),
        TuningJobName: 'Parent',
        FinalHyperParameterTuningJobObjectiveMetric: { Type: 'Minimize', MetricName: 'loss', Value: 6 },
      },
    });
    const better = await child({ statics: { ...STATIC, depth: '1' }, type: 'IdenticalDataAndAlgorithm' });
    expect(better?.OverallBestTrainingJob).toEqual(better?.BestTrainingJob);
    expect((await child(worse))?.OverallBestTrainingJob).toBeUndefined();
  });
});

test.each<[string, Change]>([
  ['other data', { definition: { InputDataConfig: [channel('other')] } }],
  [
    'another version of the image',
    {
      definition: {
        AlgorithmSpecification: {
          TrainingImage: IMAGE.replace(':1', ':2'),
          TrainingInputMode: 'File',
          MetricDefinitions: [{ Name: 'loss', Regex: 'loss=([0-9.e-]+);' }],
        },
      },
    },
  ],
  ['more jobs at once', { config: { ResourceLimits: { ...LIMITS, MaxParallelTrainingJobs: 1 } } }],
])('%s is allowed with TransferLearning, but not with IdenticalDataAndAlgorithm', async (_name, change) => {
  await expect(child({ ...change, type: 'IdenticalDataAndAlgorithm' })).rejects.toMatchObject({
    code: 'ValidationException',
    message: expect.stringMatching(
      /^WarmStartConfig: IdenticalDataAndAlgorithm requires the .* of the parent Parent/,
    ),
  });
  expect(await child({ ...change, type: 'TransferLearning' })).toMatchObject({
    HyperParameterTuningJobStatus: 'Completed',
  });
});

test.each<[string, Change]>([
  [
    'other ranges',
    { config: { ParameterRanges: { ...RANGES, IntegerParameterRanges: [{ ...N, MaxValue: '99' }] } } },
  ],
  ['more training jobs', { config: { ResourceLimits: { ...LIMITS, MaxNumberOfTrainingJobs: 20 } } }],
  [
    'the output location',
    { definition: { OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/elsewhere/` } } },
  ],
  ['the time limit of jobs', { definition: { StoppingCondition: { MaxRuntimeInSeconds: 60 } } }],
  ['empty values', { definition: { Environment: {}, EnableNetworkIsolation: false } }],
  ['five static values', { statics: { ...STATIC, a: '0', b: '0', c: '0', d: '0', e: '0' } }],
])('IdenticalDataAndAlgorithm allows changing: %s', async (_name, change) => {
  expect(await child({ ...change, type: 'IdenticalDataAndAlgorithm' })).toMatchObject({
    HyperParameterTuningJobStatus: 'Completed',
  });
});

const { f: _f, ...WITHOUT_F } = STATIC;

test.each<[string, Change, RegExp]>([
  ['a missing parent', { parents: ['Parent', 'Nobody'] }, /can't find a tuning job called Nobody/],
  [
    'another objective',
    { config: { HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'loss' } } },
    /objective metric must be that of the parent Parent: Minimize loss, got Maximize loss/,
  ],
  [
    'a missing hyperparameter',
    { statics: WITHOUT_F },
    /^The set of tunable plus static HyperParameter names is not the same across current and parent tuning jobs\./,
  ],
  [
    'a hyperparameter of another name',
    { statics: { ...WITHOUT_F, g: '6' } },
    /^The set of tunable plus static HyperParameter names is not the same/,
  ],
  [
    'another type of a hyperparameter',
    {
      config: {
        ParameterRanges: {
          ContinuousParameterRanges: [X, { Name: 'n', MinValue: '1', MaxValue: '9' }],
          CategoricalParameterRanges: RANGES.CategoricalParameterRanges,
        },
      },
    },
    /type of the hyperparameter "n" must be that of the parent Parent: integer, got continuous/,
  ],
  [
    'six static values',
    { statics: { ...STATIC, a: '0', b: '0', c: '0', d: '0', e: '0', f: '0' } },
    /at most 10 hyperparameter changes .*, got 12/,
  ],
  [
    'a tuned hyperparameter with three values that is now static, and four more static hyperparameters',
    {
      statics: { ...STATIC, a: '0', b: '0', c: '0', d: '0', kind: 'red' },
      config: { ParameterRanges: { ...RANGES, CategoricalParameterRanges: [] } },
    },
    /at most 10 hyperparameter changes .*, got 11/,
  ],
  [
    'another environment',
    { definition: { Environment: { MODE: 'fast' } } },
    /^Only the following fields in TrainingJobDefinition are allowed to change: \[algorithmSpecification, .*, checkpointConfig\]\. .*: \[environment\]/,
  ],
  [
    'another image',
    {
      definition: {
        AlgorithmSpecification: {
          TrainingImage: IMAGE.replace('test-algorithm', 'other-algorithm'),
          TrainingInputMode: 'File',
          MetricDefinitions: [{ Name: 'loss', Regex: 'loss=([0-9.e-]+);' }],
        },
      },
    },
    /allows only other versions of the parent Parent's training image \(test-algorithm\), got other-algorithm/,
  ],
])('%s is refused', async (_name, change, message) => {
  await expect(child(change)).rejects.toMatchObject({
    code: 'ValidationException',
    message: expect.stringMatching(message),
  });
});

test("the parents' training jobs count toward the limit", async () => {
  await expect(
    child({ config: { ResourceLimits: { ...LIMITS, MaxNumberOfTrainingJobs: 749 } } }),
  ).rejects.toMatchObject({
    code: 'ResourceLimitExceeded',
    message: 'MaxNumberOfTrainingJobs: at most 750 including the 2 training jobs of the parents, got 749',
  });
  const job = await child({ config: { ResourceLimits: { MaxParallelTrainingJobs: 2 } } });
  expect(job?.HyperParameterTuningJobConfig.ResourceLimits.MaxNumberOfTrainingJobs).toBe(748);
});

test('a running parent', async () => {
  const sampler = samplerOf([{ x: '1' }]);
  const own = await start({
    sampler,
    trainer: trainerOf(
      (task) =>
        new Promise((resolve) => task.signal.addEventListener('abort', () => resolve({ status: 'Stopped' }))),
    ),
  });
  const call = (input: object) =>
    own.router.call('sagemaker', 'CreateHyperParameterTuningJob', { ...input }, own.user);
  await call(request('Parent', {}));
  await expect(call(request('Child', { type: 'TransferLearning' }))).rejects.toThrow(
    /the parent Parent is still InProgress: wait until it has ended/,
  );
});
