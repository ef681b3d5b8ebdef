import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { makeReport } from '../../lambda/report/make-report';
import {
  ALGORITHM,
  type Answers,
  answersFor,
  countOf,
  DATA,
  denied,
  described,
  EVENT,
  fakeClients,
  jobs,
  summary,
  tuningJob,
} from './report-support';
import { tar } from './tar';

describe('learning curves', () => {
  test('are read for the five best training jobs and the final training job, with rounds counted from 1', async () => {
    const { clients, calls } = fakeClients(answersFor(jobs(20)));
    const { learningCurves } = await makeReport(clients, EVENT);
    expect(learningCurves.map(({ job, metric }) => `${job} ${metric}`)).toEqual(
      ['001', '002', '003', '004', '005', 'final'].flatMap((id) => [
        `churn-1-${id} train:rmse`,
        `churn-1-${id} validation:rmse`,
      ]),
    );
    expect(learningCurves[0]).toMatchObject({
      unit: 'round',
      points: [
        [1, 3],
        [2, 2],
        [3, 1],
      ],
    });
    const [first] = calls.filter(({ operation }) => operation === 'FilterLogEvents');
    expect(first?.input).toMatchObject({
      logGroupName: '/aws/sagemaker/TrainingJobs',
      logStreamNamePrefix: 'churn-1-001/algo-1-',
      startTime: 1_700_000_001_000,
    });
  });

  test.each<[string, readonly string[], readonly (readonly number[])[]]>([
    [
      'without round numbers',
      ['val=3', 'x', 'val=2'],
      [
        [1, 3],
        [2, 2],
      ],
    ],
    [
      'with values that are none',
      ['val=3', 'val=nan', 'val=1e-300'],
      [
        [1, 3],
        [2, 1e-300],
      ],
    ],
    [
      'with lines of hostile length',
      ['val=3', `val=9${'!'.repeat(100_000)}`, 'val=2'],
      [
        [1, 3],
        [2, 2],
      ],
    ],
    [
      'with rounds trained again',
      ['[0] val=3', '[1] val=2', '[1] val=1', '[2] val=0'],
      [
        [1, 3],
        [2, 1],
        [3, 0],
      ],
    ],
  ])('come from logs %s', async (_what, lines, points) => {
    const metric = { Name: 'validation:rmse', Regex: 'val=(\\S+)' };
    const { clients } = fakeClients(
      answersFor(jobs(1), {
        DescribeHyperParameterTuningJob: () =>
          tuningJob({ TrainingJobDefinition: { AlgorithmSpecification: { MetricDefinitions: [metric] } } }),
        FilterLogEvents: () => ({ events: lines.map((message) => ({ message })) }),
      }),
    );
    const { learningCurves } = await makeReport(clients, { tuningJobName: 'churn-1' });
    expect(learningCurves).toEqual([
      { job: 'churn-1-001', metric: 'validation:rmse', unit: 'round', points },
    ]);
  });

  test('are missing if the logs cannot be read, and a notice gives the reason', async () => {
    const { clients } = fakeClients(answersFor(jobs(3), { FilterLogEvents: denied('logs:FilterLogEvents') }));
    const { learningCurves, learningCurvesNotice } = await makeReport(clients, EVENT);
    expect(learningCurves).toEqual([]);
    expect(learningCurvesNotice).toBe(
      'There are no learning curves: reading the logs failed with AccessDeniedException: is not authorized to perform: logs:FilterLogEvents',
    );
  });
});

describe('the importance of features', () => {
  const features = { data: DATA, names: ['area', 'rooms'] };
  const withModel = (content: Buffer): Partial<Answers> => ({
    GetObject: () => ({ Body: require('node:stream').Readable.from([content]) }),
  });

  test.each<[string, Partial<Answers>, RegExp]>([
    [
      'a model that the role may not read',
      { GetObject: denied('s3:GetObject') },
      /AccessDeniedException: .*s3:GetObject/,
    ],
    ['a model that is no archive', withModel(Buffer.from('<script>')), /is missing: /],
    ['an archive without a model', withModel(gzipSync(Buffer.alloc(1024))), /has no xgboost-model/],
  ])('is missing for %s, and a notice gives the reason', async (_what, change, reason) => {
    const { clients } = fakeClients(answersFor(jobs(3), change));
    const { featureImportance, notices } = await makeReport(clients, { ...EVENT, features });
    expect(featureImportance).toBeUndefined();
    expect(notices).toEqual([expect.stringMatching(reason)]);
  });

  test.each([
    ['has the names of the columns in a definition with the same data', 'shallow', 'rooms'],
    ['has no names in a definition with its own data', 'other', 'f1'],
  ])('%s', async (_what, TrainingJobDefinitionName, name) => {
    const definition = (DefinitionName: string, uri: string) => ({
      DefinitionName,
      AlgorithmSpecification: ALGORITHM,
      TuningObjective: { MetricName: 'validation:rmse', Type: 'Minimize' },
      InputDataConfig: [{ ChannelName: 'train', DataSource: { S3DataSource: { S3Uri: uri } } }],
    });
    const TrainingJobDefinitions = [
      definition('deep', DATA),
      definition('shallow', DATA),
      definition('other', 's3://bucket/input/other/'),
    ];
    const model = readFileSync(join(__dirname, 'models/plain.ubj'));
    const { clients } = fakeClients(
      answersFor([summary(1, { TrainingJobDefinitionName })], {
        DescribeHyperParameterTuningJob: () =>
          tuningJob({ TrainingJobDefinition: undefined, TrainingJobDefinitions }),
        ...withModel(gzipSync(tar({ 'xgboost-model': model }))),
      }),
    );
    const event = { ...EVENT, bestTrainingJobName: 'churn-1-001', features };
    const { featureImportance } = await makeReport(clients, event);
    expect(featureImportance?.['gain']?.map(({ feature }) => feature)).toContain(name);
  });

  test('is not read from the models of other algorithms', async () => {
    const { clients, calls } = fakeClients(
      answersFor(jobs(3), {
        DescribeTrainingJob: (input) => ({
          ...described(input),
          AlgorithmSpecification: { TrainingImage: 'mine:1' },
        }),
      }),
    );
    expect((await makeReport(clients, EVENT)).notices).toEqual([]);
    expect(countOf(calls, /GetObject/)).toBe(0);
  });
});
