import type { RoleResource } from '../../src/assembly';
import type { Principal, RunningServices } from '../../src/services';
import {
  closeServices,
  deploymentIn,
  start,
  type TimedLine,
  TRAINING_ROLE,
  temporaryRoot,
  trainerOf,
  trainingRequest,
  until,
  writeLog,
} from './helpers';

afterEach(closeServices);

const NAMESPACE = '/aws/sagemaker/TrainingJobs';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The start of a recent minute. */
const NOON = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE;

interface Datapoint {
  readonly Timestamp: number;
  readonly [statistic: string]: unknown;
}
interface Series {
  readonly Id: string;
  readonly Label: string;
  readonly Timestamps: readonly number[];
  readonly Values: readonly number[];
  readonly StatusCode: string;
}
interface DataOutput {
  readonly MetricDataResults: readonly Series[];
  readonly NextToken?: string;
}

function call<Output>(
  services: RunningServices,
  operation: string,
  input: object,
  caller: Principal = services.user,
): Promise<Output> {
  return services.router.call('monitoring', operation, { ...input }, caller) as Promise<Output>;
}

const dimensions = (job: string) => [{ Name: 'TrainingJobName', Value: job }];
const metricOf = (job: string, MetricName = 'loss') => ({
  Namespace: NAMESPACE,
  MetricName,
  Dimensions: dimensions(job),
});

/** Statistics of the metric `loss` of the job `job`, for the minutes around `NOON`. */
async function statistics(services: RunningServices, input: object = {}): Promise<readonly Datapoint[]> {
  const request = {
    ...metricOf('job'),
    StartTime: NOON / 1000,
    EndTime: (NOON + 5 * MINUTE) / 1000,
    Period: 60,
    Statistics: ['Average'],
    ...input,
  };
  const { Datapoints } = await call<{ Datapoints: readonly Datapoint[] }>(
    services,
    'GetMetricStatistics',
    request,
  );
  return Datapoints;
}

const statOf = (job: string, Stat = 'Average', Period = 1, name = 'loss') => ({
  Metric: metricOf(job, name),
  Stat,
  Period,
});

async function data(
  services: RunningServices,
  queries: readonly object[],
  input: object = {},
): Promise<DataOutput> {
  return call<DataOutput>(services, 'GetMetricData', {
    MetricDataQueries: queries,
    StartTime: NOON / 1000,
    EndTime: (NOON + 5 * MINUTE) / 1000,
    ScanBy: 'TimestampAscending',
    ...input,
  });
}

/** Runs a job and replaces its log with the given lines, each with its own time. */
async function trained(
  root: string,
  services: RunningServices,
  name: string,
  lines: readonly TimedLine[],
): Promise<void> {
  await services.router.call('sagemaker', 'CreateTrainingJob', { ...trainingRequest(name) }, services.user);
  await until(
    () => services.jobs.training.get(name)?.description.TrainingJobStatus,
    (status) => status === 'Completed',
  );
  writeLog(root, name, lines);
}

const LINES = [
  [NOON, 'starting'],
  [NOON + 100, 'loss=8;'],
  [NOON + 30_000, 'loss=4; accuracy=0.5'],
  [NOON + 30_900, 'loss=2;'],
  [NOON + 2 * MINUTE, 'loss=1;'],
] as const;

async function withJob(lines: readonly TimedLine[] = LINES) {
  const root = temporaryRoot();
  const services = await start({
    deployment: deploymentIn(root),
    trainer: trainerOf((task) => {
      task.onLog('loss=1;');
      return { status: 'Completed' };
    }),
  });
  await trained(root, services, 'job', lines);
  return { root, services };
}

test("the statistics are computed from the matches of the metric's regex in the log, by minute and by second", async () => {
  const { services } = await withJob();
  const at = (milliseconds: number) => (NOON + milliseconds) / 1000;
  expect(
    await statistics(services, { Statistics: ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'] }),
  ).toEqual([
    { Timestamp: at(0), SampleCount: 3, Sum: 14, Average: 14 / 3, Minimum: 2, Maximum: 8, Unit: 'None' },
    { Timestamp: at(2 * MINUTE), SampleCount: 1, Sum: 1, Average: 1, Minimum: 1, Maximum: 1, Unit: 'None' },
  ]);
  const seconds = await statistics(services, { Period: 1, Statistics: ['Average'] });
  expect(seconds.map(({ Timestamp, Average }) => [Timestamp, Average])).toEqual([
    [at(0), 8],
    [at(30_000), 3],
    [at(2 * MINUTE), 1],
  ]);
  const halves = await statistics(services, { Period: 30, Statistics: ['Maximum'] });
  expect(halves.map(({ Timestamp, Maximum }) => [Timestamp, Maximum])).toEqual([
    [at(0), 8],
    [at(30_000), 4],
    [at(2 * MINUTE), 1],
  ]);
  const [all] = await statistics(services, {
    Statistics: undefined,
    ExtendedStatistics: ['p0', 'p50', 'p100', 'p75.0'],
    Period: 300,
  });
  expect(all?.['ExtendedStatistics']).toEqual({ p0: 1, p50: 3, p100: 8, 'p75.0': 5 });
});

test('a time range is rounded to the minute, and excludes its end', async () => {
  const { services } = await withJob();
  const times = async (start: number, end: number, Period = 60) =>
    (
      await statistics(services, {
        StartTime: (NOON + start) / 1000,
        EndTime: new Date(NOON + end).toISOString(),
        Period,
      })
    ).map(({ Timestamp }) => Timestamp * 1000 - NOON);
  expect(await times(45_000, 5 * MINUTE)).toEqual([0, 2 * MINUTE]);
  expect(await times(MINUTE, 2 * MINUTE + 59_000)).toEqual([]);
  // The first period begins at the start time of the request.
  expect(await times(-MINUTE, 5 * MINUTE, 180)).toEqual([-MINUTE, 2 * MINUTE]);
  expect(await times(31_000, 125_000, 1)).toEqual([2 * MINUTE]);
});

test.each<[string, number, number, boolean]>([
  ['seconds of two hours ago', 2 * HOUR, 1, true],
  ['seconds of four hours ago', 4 * HOUR, 1, false],
  ['minutes of four hours ago', 4 * HOUR, 60, true],
  ['minutes of 16 days ago', 16 * DAY, 60, false],
  ['five minutes of 16 days ago', 16 * DAY, 300, true],
  ['five minutes of 64 days ago', 64 * DAY, 300, false],
  ['an hour of 64 days ago', 64 * DAY, 3600, true],
  ['an hour of 456 days ago', 456 * DAY, 3600, false],
])('%s are kept or deleted, as in CloudWatch', async (_name, age, Period, isKept) => {
  const time = Date.now() - age;
  const { services } = await withJob([[time, 'loss=1;']]);
  const input = { StartTime: (time - 10_000) / 1000, EndTime: (time + HOUR) / 1000, Period };
  const { MetricDataResults } = await data(
    services,
    [{ Id: 'a', MetricStat: statOf('job', 'Sum', Period) }],
    input,
  );
  expect(MetricDataResults[0]?.Values).toEqual(isKept ? [1] : []);
});

test('several metrics are returned together, in pages, in ascending or descending order', async () => {
  const { root, services } = await withJob();
  await trained(root, services, 'other', [[NOON + MINUTE, 'loss=5;']]);
  const queries = [
    { Id: 'a', MetricStat: statOf('job') },
    { Id: 'hidden', MetricStat: statOf('job'), ReturnData: false },
    { Id: 'none', MetricStat: statOf('nobody') },
    { Id: 'b', MetricStat: statOf('other', 'Maximum', 60), Label: 'mine' },
  ];
  const at = (milliseconds: number) => (NOON + milliseconds) / 1000;
  const all = await data(services, queries);
  expect(all).toMatchObject({
    MetricDataResults: [
      { Id: 'a', Label: 'loss', Timestamps: [at(0), at(30_000), at(2 * MINUTE)], Values: [8, 3, 1] },
      { Id: 'none', Label: 'loss', Timestamps: [], Values: [] },
      { Id: 'b', Label: 'mine', Timestamps: [at(MINUTE)], Values: [5] },
    ],
  });
  const latest = await data(services, queries, { ScanBy: undefined });
  expect(latest.MetricDataResults[0]?.Values).toEqual([1, 3, 8]);

  const pages: DataOutput[] = [];
  let page: DataOutput | undefined;
  while (page === undefined || page.NextToken !== undefined) {
    page = await data(services, queries, { MaxDatapoints: 2, NextToken: page?.NextToken });
    pages.push(page);
  }
  expect(
    pages.map(({ MetricDataResults }) =>
      MetricDataResults.map((each) => [each.Id, each.Values, each.StatusCode]),
    ),
  ).toEqual([
    [
      ['a', [8, 3], 'PartialData'],
      ['none', [], 'Complete'],
    ],
    [
      ['a', [1], 'Complete'],
      ['b', [5], 'Complete'],
    ],
  ]);
});

test('new values do not shift the pages of a result', async () => {
  const { root, services } = await withJob();
  const page = async (NextToken?: string) =>
    data(services, [{ Id: 'a', MetricStat: statOf('job') }], {
      EndTime: Date.now() / 1000 + 60,
      ScanBy: 'TimestampDescending',
      MaxDatapoints: 1,
      NextToken,
    });
  const first = await page();
  writeLog(root, 'job', [...LINES, [Date.now() + 5000, 'loss=0;']]);
  const second = await page(first.NextToken);
  expect([first, second].map(({ MetricDataResults: [series] }) => series?.Values)).toEqual([[1], [3]]);
});

test('ListMetrics lists the metrics of the jobs', async () => {
  const { root, services } = await withJob();
  await trained(root, services, 'other', []);
  const list = async (input: object) =>
    (await call<{ Metrics: readonly object[] }>(services, 'ListMetrics', input)).Metrics;
  const both = [metricOf('job'), metricOf('other')];
  expect(await list({})).toEqual(both);
  expect(await list({ Namespace: NAMESPACE, MetricName: 'loss', RecentlyActive: 'PT3H' })).toEqual(both);
  expect(await list({ Dimensions: [{ Name: 'TrainingJobName' }] })).toEqual(both);
  expect(await list({ Dimensions: dimensions('other') })).toEqual([metricOf('other')]);
  expect(await list({ MetricName: 'accuracy' })).toEqual([]);
  expect(await list({ Namespace: 'AWS/EC2' })).toEqual([]);
  expect(await list({ OwningAccount: '123456789012', IncludeLinkedAccounts: true })).toEqual(both);
  expect(await list({ OwningAccount: '999999999999', IncludeLinkedAccounts: true })).toEqual([]);
});

test('unknown metrics have no data points', async () => {
  const { services } = await withJob();
  expect(await statistics(services, metricOf('nobody'))).toEqual([]);
  expect(await statistics(services, metricOf('JOB'))).toEqual([]);
  expect(await statistics(services, metricOf('job', 'accuracy'))).toEqual([]);
  expect(await statistics(services, { Dimensions: [] })).toEqual([]);
  expect(await statistics(services, { Unit: 'Seconds' })).toEqual([]);
  expect(await statistics(services, { Unit: 'None' })).toHaveLength(2);
});

test('values keep their order even if the clock was set back', async () => {
  const { services } = await withJob([
    [NOON + 2 * MINUTE, 'loss=1;'],
    [NOON, 'loss=3;'],
  ]);
  expect(await statistics(services)).toEqual([
    { Timestamp: (NOON + 2 * MINUTE) / 1000, Average: 2, Unit: 'None' },
  ]);
});

test('a metric without a matching line in the log has only its final value', async () => {
  const services = await start({
    trainer: trainerOf((task) => {
      task.onMetric?.('loss', 7);
      return { status: 'Completed' };
    }),
  });
  await services.router.call('sagemaker', 'CreateTrainingJob', { ...trainingRequest('job') }, services.user);
  await until(
    () => services.jobs.training.get('job')?.description.TrainingJobStatus,
    (status) => status === 'Completed',
  );
  const now = Date.now() / 1000;
  const range = { StartTime: now - 60, EndTime: now + 60 };
  expect(
    (await data(services, [{ Id: 'a', MetricStat: statOf('job') }], range)).MetricDataResults,
  ).toMatchObject([{ Values: [7] }]);
});

test('writing and reading metrics requires permissions', async () => {
  const allow = (Action: string[], Resource = '*', Condition?: object) => ({
    Effect: 'Allow',
    Action,
    Resource,
    ...(Condition && { Condition }),
  });
  const namespace = (value: string) => ({ StringEquals: { 'cloudwatch:namespace': value } });
  const roleWith = (statement: object): RoleResource => ({
    logicalId: 'Training',
    name: 'training',
    arn: TRAINING_ROLE,
    trustPolicy: {
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
    policies: [{ Statement: [allow(['s3:*', 'ecr:*']), { ...statement }] }],
  });
  for (const [value, points] of [
    [NAMESPACE, 2],
    ['else', 0],
  ] as const) {
    const role = roleWith(allow(['cloudwatch:PutMetricData'], '*', namespace(value)));
    const root = temporaryRoot();
    const services = await start({ deployment: deploymentIn(root, { roles: [role] }) });
    await trained(root, services, 'job', LINES);
    expect(await statistics(services)).toHaveLength(points);
    const { Metrics } = await call<{ Metrics: readonly object[] }>(services, 'ListMetrics', {});
    expect(Metrics).toHaveLength(points === 0 ? 0 : 1);
    await expect(call(services, 'ListMetrics', {}, role)).rejects.toThrow(
      /not authorized to perform: cloudwatch:ListMetrics on resource: \* /,
    );
  }
});

const COMBINATION = 'InvalidParameterCombinationException';
const VALUE = 'InvalidParameterValueException';

test.each<[object, string, RegExp]>([
  [{ Statistics: undefined }, COMBINATION, /either Statistics or ExtendedStatistics/],
  [{ ExtendedStatistics: ['p50'] }, COMBINATION, /either Statistics or ExtendedStatistics/],
  [
    { EndTime: NOON / 1000 },
    COMBINATION,
    /^The parameter StartTime must be less than the parameter EndTime\.$/,
  ],
  [
    { StartTime: (NOON - DAY) / 1000 },
    COMBINATION,
    /^You have requested up to 1445 datapoints, .* limit of 1440\./,
  ],
  [
    { Period: 7 },
    VALUE,
    /^The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60, at most 39312000, got 7\.$/,
  ],
  [{ Period: 90 }, VALUE, /multiple of 60, .*, got 90/],
  [
    { Statistics: undefined, ExtendedStatistics: ['tm90'] },
    VALUE,
    /does not support the statistic tm90\. It supports SampleCount, /,
  ],
  [{ Statistics: undefined, ExtendedStatistics: ['p101'] }, VALUE, /does not support the statistic p101/],
  [{ Namespace: 'AWS/States' }, VALUE, /does not support metrics of the namespace AWS\/States\. It has only/],
  [{ Dimensions: [{ Name: 'Host', Value: 'job/algo-1' }] }, VALUE, /does not support metrics of instances/],
  [{ Period: undefined }, 'ValidationException', /Value null at 'period' failed/],
  [{ Statistics: ['Median'] }, 'ValidationException', /enum value set: \[SampleCount, Average/],
  [{ Period: 'x' }, 'SerializationException', /can not be converted to an Integer/],
])('GetMetricStatistics with %j is refused', async (input, name, message) => {
  const services = await start();
  await expect(statistics(services, input)).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
});

const QUERY = { Id: 'a', MetricStat: statOf('job') };
const INVALID = 'ValidationException';

test.each<[string, readonly object[], object, string, RegExp]>([
  ['an Id with capitals', [{ ...QUERY, Id: 'A' }], {}, INVALID, /Id "A" must begin with a lower-case letter/],
  ['an Id twice', [QUERY, QUERY], {}, INVALID, /are not unique/],
  ['math', [{ Id: 'a', Expression: 'm1*2' }], {}, INVALID, /does not support metric math .* of "a"/],
  ['nothing to get', [{ Id: 'a' }], {}, INVALID, /"a" needs a MetricStat/],
  [
    'a dynamic label',
    [{ ...QUERY, Label: "${PROP('MetricName')}" }],
    {},
    INVALID,
    /does not support dynamic labels/,
  ],
  ['another account', [{ ...QUERY, AccountId: '999999999999' }], {}, INVALID, /of the account 999999999999/],
  ['501 queries', Array(501).fill(QUERY), {}, INVALID, /greater than 500/],
  [
    'a period of ages',
    [{ ...QUERY, MetricStat: statOf('job', 'Sum', 6e300) }],
    {},
    VALUE,
    /at most 39312000, got 6e\+300/,
  ],
  ['the beginning of time', [QUERY], { StartTime: -1e308 }, VALUE, /must be points in time/],
  ['no time', [QUERY], { EndTime: NOON / 1000 }, INVALID, /must not equal parameter EndTime/],
  ['time that runs back', [QUERY], { EndTime: 1 }, INVALID, /StartTime must be less than/],
  [
    'a page of nothing',
    [QUERY],
    { MaxDatapoints: 0 },
    INVALID,
    /MaxDatapoints must be from 1 to 100800, got 0/,
  ],
  ['a token of another kind', [QUERY], { NextToken: 'x' }, 'InvalidNextToken', /NextToken is invalid: x/],
])('GetMetricData with %s is refused', async (_name, queries, input, name, message) => {
  const services = await start();
  await expect(data(services, queries, input)).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
});

test('other operations are refused', async () => {
  const services = await start();
  await expect(call(services, 'PutMetricData', {})).rejects.toThrow(
    'local mode does not support cloudwatch:PutMetricData. It supports GetMetricData, GetMetricStatistics, ListMetrics',
  );
  await expect(call(services, 'ListMetrics', { NextToken: 'x' })).rejects.toThrow(/NextToken is invalid: x/);
});
