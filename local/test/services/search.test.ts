import {
  CreateHyperParameterTuningJobCommand,
  CreateTrainingJobCommand,
  type SageMakerClient,
  SearchCommand,
  type SearchCommandInput,
  type SearchExpression,
} from '@aws-sdk/client-sagemaker';
import type { RunningServices } from '../../src/services';
import {
  closeServices,
  deploymentIn,
  sagemakerClient,
  samplerOf,
  start,
  temporaryRoot,
  trainingRequest,
  tuningRequest,
  until,
  xs,
} from './helpers';

let services: RunningServices;
let client: SageMakerClient;

beforeAll(async () => {
  services = await start({ sampler: samplerOf(xs(7)) });
  client = sagemakerClient(services);
  for (const [name, x, team] of [
    ['alpha', '0.5', 'red'],
    ['beta', '3', 'blue'],
    ['gamma', '20', 'red'],
  ] as const) {
    const Tags = [{ Key: 'team', Value: team }];
    await client.send(new CreateTrainingJobCommand({ ...trainingRequest(name, { x }), Tags }));
  }
  const limits = { ResourceLimits: { MaxNumberOfTrainingJobs: 1, MaxParallelTrainingJobs: 1 } };
  await client.send(new CreateHyperParameterTuningJobCommand(tuningRequest('search', limits)));
  await until(
    () => services.jobs.training.list(),
    (jobs) => jobs.length === 4 && jobs.every((job) => job.description.TrainingJobStatus === 'Completed'),
  );
});
afterAll(closeServices);

const search = (input: Partial<SearchCommandInput> = {}) =>
  client.send(new SearchCommand({ Resource: 'TrainingJob', ...input }));
const names = async (input: Partial<SearchCommandInput>) =>
  ((await search(input)).Results ?? []).map(({ TrainingJob: job }) => job?.TrainingJobName);
const where = (Name: string, Operator: string, Value?: string) =>
  ({ Filters: [{ Name, Operator, ...(Value !== undefined && { Value }) }] }) as SearchExpression;

const BY_LOSS = { SortBy: 'Metrics.loss', SortOrder: 'Ascending' } as const;
const ALONE = where('TuningJobArn', 'NotExists');

test.each<[string, SearchExpression, string[]]>([
  ['a name', where('TrainingJobName', 'Equals', 'beta'), ['beta']],
  [
    'part of a name',
    { Filters: [{ Name: 'TrainingJobName', Operator: 'Contains', Value: 'am' }] },
    ['gamma'],
  ],
  ['one of several names', where('TrainingJobName', 'In', 'alpha, gamma'), ['alpha', 'gamma']],
  ['a metric', where('Metrics.loss', 'GreaterThan', '7'), ['gamma']],
  ['a hyperparameter', where('HyperParameters.x', 'LessThanOrEqualTo', '3'), ['alpha', 'beta']],
  ['a decimal compared with an integer', where('HyperParameters.x', 'Equals', '0'), ['alpha']],
  [
    'a decimal compared with a decimal',
    where('HyperParameters.x', 'GreaterThanOrEqualTo', '0.6'),
    ['beta', 'gamma'],
  ],
  ['a tag', where('Tags.team', 'Equals', 'red'), ['alpha', 'gamma']],
  ['another tag, or none', where('Tags.team', 'NotEquals', 'red'), ['beta']],
  [
    'nested properties',
    where('ResourceConfig.InstanceType', 'Equals', 'ml.m5.large'),
    ['alpha', 'beta', 'gamma'],
  ],
  ['a time', where('CreationTime', 'GreaterThan', '2026-01-01T00:00:00'), ['alpha', 'beta', 'gamma']],
  ['a time to come', where('CreationTime', 'GreaterThan', '2126-01-01T00:00:00Z'), []],
  ['a switch', where('EnableNetworkIsolation', 'Equals', 'false'), ['alpha', 'beta', 'gamma']],
  ['unknown properties', where('FailureReason', 'Exists'), []],
  [
    'an item of a list',
    {
      NestedFilters: [
        {
          NestedPropertyName: 'InputDataConfig',
          Filters: [
            { Name: 'InputDataConfig.ChannelName', Operator: 'Equals', Value: 'train' },
            { Name: 'InputDataConfig.DataSource.S3DataSource.S3Uri', Operator: 'Exists' },
          ],
        },
      ],
    },
    ['alpha', 'beta', 'gamma'],
  ],
  [
    'one condition or another',
    {
      Operator: 'Or',
      SubExpressions: [where('TrainingJobName', 'Equals', 'beta'), where('Metrics.loss', 'LessThan', '1')],
    },
    ['alpha', 'beta'],
  ],
])('training jobs by %s', async (_name, expression, expected) => {
  const SearchExpression = { SubExpressions: [ALONE, expression] };
  expect(await names({ SearchExpression, ...BY_LOSS })).toEqual(expected);
});

test('results are sorted by any property, by default with the last change first, and returned in pages', async () => {
  const first = await search({ SortBy: 'HyperParameters.x', MaxResults: 3, SearchExpression: ALONE });
  expect(first.Results?.map(({ TrainingJob: job }) => job?.TrainingJobName)).toEqual([
    'gamma',
    'beta',
    'alpha',
  ]);
  expect(first.TotalHits).toEqual({ Value: 3, Relation: 'EqualTo' });
  const { NextToken, Results } = await search({ ...BY_LOSS, MaxResults: 3 });
  expect(Results).toHaveLength(3);
  expect(await names({ ...BY_LOSS, MaxResults: 3, NextToken: String(NextToken) })).toEqual(['gamma']);
  const changed = (await search()).Results?.map(({ TrainingJob: job }) => Number(job?.LastModifiedTime));
  expect(changed).toEqual([...(changed ?? [])].sort((left, right) => right - left));
});

test('a record contains the description of a training job or a tuning job, and its tags', async () => {
  const { Results } = await search({ SearchExpression: where('TrainingJobName', 'Equals', 'beta') });
  expect(Results?.[0]?.TrainingJob).toMatchObject({
    TrainingJobName: 'beta',
    FinalMetricDataList: [{ MetricName: 'loss', Value: 3, Timestamp: expect.any(Date) }],
    Tags: [{ Key: 'team', Value: 'blue' }],
  });
  const tuning = await search({ Resource: 'HyperParameterTuningJob' });
  expect(tuning.Results).toMatchObject([
    {
      HyperParameterTuningJob: { HyperParameterTuningJobName: 'search', BestTrainingJob: expect.anything() },
    },
  ]);
});

test('no jobs of other accounts are found', async () => {
  expect(await names({ CrossAccountFilterOption: 'CrossAccount' })).toEqual([]);
});

test.each<[string, Partial<SearchCommandInput>, RegExp]>([
  ['other resources', { Resource: 'Endpoint' }, /only searches TrainingJob and HyperParameterTuningJob/],
  ['visibility', { VisibilityConditions: [{ Key: 'Tags.a', Value: 'b' }] }, /VisibilityConditions/],
  ['no value', { SearchExpression: where('TrainingJobName', 'Equals') }, /TrainingJobName needs a Value/],
  ['an order of strings', { SearchExpression: where('TrainingJobName', 'LessThan', 'b') }, /not supported/],
  [
    'several parts',
    {
      SearchExpression: {
        SubExpressions: [
          where('TrainingJobName', 'Contains', 'a'),
          where('TrainingJobName', 'Contains', 'b'),
        ],
      },
    },
    /'CONTAINS' operator usage limit of 1 exceeded/,
  ],
])('%s: refused', async (_name, input, message) => {
  await expect(search(input)).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(message),
  });
});

test('needs sagemaker:Search on all resources', async () => {
  const arn = 'arn:aws:iam::123456789012:role/searcher';
  const outcome = async (Resource: string) => {
    const statement = { Effect: 'Allow', Action: 'sagemaker:Search', Resource };
    const role = {
      ...{ logicalId: 'Searcher', name: 'searcher', arn, policies: [{ Statement: [statement] }] },
      trustPolicy: { Statement: [] },
    };
    const { router } = await start({ deployment: deploymentIn(temporaryRoot(), { roles: [role] }) });
    return router.call('sagemaker', 'Search', { Resource: 'TrainingJob' }, { arn });
  };
  expect(await outcome('*')).toEqual({ Results: [], TotalHits: { Value: 0, Relation: 'EqualTo' } });
  await expect(outcome('arn:aws:sagemaker:*:*:training-job/*')).rejects.toThrow(
    /sagemaker:Search on resource: \*/,
  );
});
