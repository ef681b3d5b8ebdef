import * as fs from 'node:fs';
import * as path from 'node:path';
import type { RoleResource } from '../../src/assembly';
import type { RunningServices } from '../../src/services';
import type { LogEvent } from '../../src/services/logs/log-events';
import { createContainerTrainer } from '../../src/training';
import {
  closeServices,
  deploymentIn,
  IMAGE,
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

const GROUP = '/aws/sagemaker/TrainingJobs';

interface EventsOutput {
  readonly events: readonly LogEvent[];
  readonly nextForwardToken: string;
  readonly nextBackwardToken: string;
}

interface StreamsOutput {
  readonly logStreams: readonly { readonly logStreamName: string; readonly firstEventTimestamp: number }[];
  readonly nextToken?: string;
}

/** Calls a CloudWatch Logs operation on the training jobs' log group. */
function call<Output>(services: RunningServices, operation: string, input: object = {}): Promise<Output> {
  return services.router.call(
    'logs',
    operation,
    { logGroupName: GROUP, ...input },
    services.user,
  ) as Promise<Output>;
}

interface FilterOutput {
  readonly events: readonly (LogEvent & { readonly logStreamName: string; readonly eventId: string })[];
  readonly nextToken?: string;
}

const filter = (services: RunningServices, input: object = {}) =>
  call<FilterOutput>(services, 'FilterLogEvents', input);
const streamsOf = (services: RunningServices, input?: object) =>
  call<StreamsOutput>(services, 'DescribeLogStreams', input);
const eventsOf = (services: RunningServices, logStreamName: string, input?: object) =>
  call<EventsOutput>(services, 'GetLogEvents', { logStreamName, ...input });

/** Runs a training job for each name, one job after the other. */
async function train(services: RunningServices, ...names: string[]): Promise<void> {
  for (const name of names) await runJob(services, trainingRequest(name));
}

async function runJob(services: RunningServices, request: ReturnType<typeof trainingRequest>): Promise<void> {
  await services.router.call('sagemaker', 'CreateTrainingJob', { ...request }, services.user);
  await until(
    () => services.jobs.training.get(request.TrainingJobName)?.description.TrainingJobStatus,
    (status) => status === 'Completed',
  );
}

function printing(...lines: string[]) {
  return trainerOf((task) => {
    for (const line of lines) task.onLog(line);
    return { status: 'Completed' };
  });
}

const textOf = ({ events }: EventsOutput) => events.map(({ message }) => message);

test('a log is read forward and backward in pages, and can be read further after it has grown', async () => {
  const root = temporaryRoot();
  const services = await start({
    deployment: deploymentIn(root),
    trainer: printing('one', '', 'zwei: äöü', 'three', 'four'),
  });
  await train(services, 'job');
  const [stream] = (await streamsOf(services, { logStreamNamePrefix: 'job/' })).logStreams;
  expect(stream?.logStreamName).toMatch(/^job\/algo-1-\d{10}$/);
  const name = stream?.logStreamName ?? '';

  const first = await eventsOf(services, name, { startFromHead: true, limit: 2 });
  expect(textOf(first)).toEqual(['one', 'zwei: äöü']);
  const second = await eventsOf(services, name, { nextToken: first.nextForwardToken });
  expect(textOf(second)).toEqual(['three', 'four']);
  const end = await eventsOf(services, name, { nextToken: second.nextForwardToken });
  expect(end).toMatchObject({ events: [], nextForwardToken: second.nextForwardToken });
  fs.appendFileSync(path.join(root, 'logs', 'job.log'), 'five\n');
  expect(textOf(await eventsOf(services, name, { nextToken: end.nextForwardToken }))).toEqual(['five']);

  const last = await eventsOf(services, name, { limit: 2 });
  expect(textOf(last)).toEqual(['four', 'five']);
  const before = await eventsOf(services, name, { nextToken: last.nextBackwardToken, limit: 1 });
  expect(textOf(before)).toEqual(['three']);
  expect(textOf(await eventsOf(services, name))).toEqual(['one', 'zwei: äöü', 'three', 'four', 'five']);
});

test("warnings about a job's data are stored with the job, each once", async () => {
  const warning = '/opt/ml/input/data/train/a.csv: line 1 looks like a header';
  const trainer = trainerOf(({ onDataWarning }) => {
    for (const text of [warning, warning]) onDataWarning?.(text);
    return { status: 'Completed' };
  });
  const services = await start({ trainer });
  await train(services, 'job');
  expect(services.jobs.training.get('job')?.dataWarnings).toEqual([warning]);
});

test('a line of a script that has the form of such a warning is not one', async () => {
  const services = await start({
    trainer: printing('[2026-11-30 12:00:00:WARNING] the learning rate is high'),
  });
  await train(services, 'job');
  expect(services.jobs.training.get('job')).not.toHaveProperty('dataWarnings');
});

test('a log of several megabytes is returned in contiguous pages', async () => {
  const lines = Array.from({ length: 9 }, (_, i) => String(i).repeat(250_000));
  const services = await start({ trainer: printing(...lines) });
  await train(services, 'job');
  const [stream] = (await streamsOf(services)).logStreams;
  const name = stream?.logStreamName ?? '';
  const readAll = async (input: object, next: (page: EventsOutput) => string) => {
    const pages: string[][] = [];
    let page = await eventsOf(services, name, input);
    for (; page.events.length > 0; page = await eventsOf(services, name, { nextToken: next(page) })) {
      pages.push(textOf(page));
    }
    return pages;
  };
  const forward = await readAll({ startFromHead: true }, ({ nextForwardToken }) => nextForwardToken);
  expect(forward.map(({ length }) => length)).toEqual([4, 4, 1]);
  expect(forward.flat()).toEqual(lines);
  const backward = await readAll({}, ({ nextBackwardToken }) => nextBackwardToken);
  expect(backward.reverse().flat()).toEqual(lines);
});

test('output becomes log events as in CloudWatch, and metrics are found in these events', async () => {
  const print = String.raw`printf '[0]\ttrain-rmse:1.50000\tvalidation-rmse:2.5\n'
printf '\r 50%%|#  |\r100%%|## |\n\n'
printf 'bytes \377\376\n'
head -c 300000 /dev/zero | tr '\0' x
printf '\nno line end: 7'`;
  const root = temporaryRoot();
  const services = await start({
    deployment: deploymentIn(root),
    trainer: createContainerTrainer({
      commands: new Map([[IMAGE, { command: ['sh', '-c', print], cwd: '/' }]]),
      docker: false,
    }),
  });
  const MetricDefinitions = [
    { Name: 'train:rmse', Regex: String.raw`.*\[[0-9]+\].*#011train-rmse:([-+]?[0-9]*\.?[0-9]+).*` },
    { Name: 'with a tab', Regex: String.raw`\tvalidation-rmse:([-+]?[0-9]*\.?[0-9]+)` },
    { Name: 'last', Regex: 'no line end: ([0-9]+)' },
  ];
  const request = trainingRequest('job');
  const AlgorithmSpecification = { ...request.AlgorithmSpecification, MetricDefinitions };
  await runJob(services, { ...request, AlgorithmSpecification });
  const events = [
    '[0]#011train-rmse:1.50000#011validation-rmse:2.5',
    '#015 50%|#  |#015100%|## |',
    'bytes \ufffd\ufffd',
    'x'.repeat(262_144),
    'x'.repeat(300_000 - 262_144),
    'no line end: 7',
  ];
  const [stream] = (await streamsOf(services)).logStreams;
  expect(textOf(await eventsOf(services, stream?.logStreamName ?? ''))).toEqual(events);
  const file = fs.readFileSync(path.join(root, 'logs', 'job.log'), 'utf8');
  expect(file.split('\n').filter((line) => line !== '')).toEqual(events);
  const { FinalMetricDataList: metrics } = services.jobs.training.get('job')?.description ?? {};
  expect(metrics).toMatchObject([
    { MetricName: 'train:rmse', Value: 1.5 },
    { MetricName: 'last', Value: 7 },
  ]);
});

test('each event has the time at which its line was written', async () => {
  const before = Date.now();
  const services = await start({
    trainer: trainerOf(async (task) => {
      task.onLog('early');
      await new Promise((resolve) => setTimeout(resolve, 1100));
      task.onLog('late');
      return { status: 'Completed' };
    }),
  });
  await train(services, 'job');
  const [stream] = (await streamsOf(services)).logStreams;
  const name = stream?.logStreamName ?? '';
  const [early, late] = (await eventsOf(services, name)).events;
  expect(early?.timestamp).toBe(stream?.firstEventTimestamp);
  expect(early?.timestamp).toBeGreaterThanOrEqual(before);
  expect(Number(late?.timestamp) - Number(early?.timestamp)).toBeGreaterThanOrEqual(1100);
  // The start time is inclusive, and the end time is exclusive.
  expect(textOf(await eventsOf(services, name, { startTime: late?.timestamp }))).toEqual(['late']);
  expect(textOf(await eventsOf(services, name, { endTime: late?.timestamp }))).toEqual(['early']);
  expect(textOf(await eventsOf(services, name, { startTime: early?.timestamp }))).toEqual(['early', 'late']);
  expect(textOf(await eventsOf(services, name, { startTime: Date.now() + 1 }))).toEqual([]);
});

test('streams are listed by name, time or prefix, in pages', async () => {
  const services = await start({ trainer: printing('line') });
  await train(services, 'beta', 'alpha', 'alpha2');
  const names = async (input: object) =>
    (await streamsOf(services, input)).logStreams.map(({ logStreamName }) => logStreamName.split('/')[0]);
  expect(await names({})).toEqual(['alpha', 'alpha2', 'beta']);
  expect(await names({ descending: true })).toEqual(['beta', 'alpha2', 'alpha']);
  expect(await names({ orderBy: 'LastEventTime' })).toEqual(['beta', 'alpha', 'alpha2']);
  expect(await names({ logStreamNamePrefix: 'alpha/' })).toEqual(['alpha']);
  expect(await names({ logStreamNamePrefix: 'alp' })).toEqual(['alpha', 'alpha2']);
  const { nextToken } = await streamsOf(services, { limit: 2 });
  expect(await names({ limit: 2, nextToken })).toEqual(['beta']);
});

/** Starts services with one training job for each log. Also returns the names of the log streams. */
async function withLogs(logs: Readonly<Record<string, readonly TimedLine[]>>) {
  const root = temporaryRoot();
  const services = await start({ deployment: deploymentIn(root), trainer: printing('line') });
  await train(services, ...Object.keys(logs));
  for (const [job, lines] of Object.entries(logs)) writeLog(root, job, lines);
  const { logStreams } = await streamsOf(services);
  return { services, names: logStreams.map(({ logStreamName }) => logStreamName) };
}

test('the events of all jobs are returned by time, in pages of any size', async () => {
  const { services, names } = await withLogs({
    alpha: [
      [1_000_000, 'a1'],
      [1_000_000, 'a2'],
      [3_000_000, 'a3'],
      // Events stay in order even though the clock was set back.
      [2_500_000, 'a4'],
    ],
    beta: [
      [1_000_000, 'b1'],
      [2_000_000, 'b2'],
      [3_000_000, ''],
      [3_000_000, 'b3'],
    ],
    gamma: [[2_000_000, 'g1']],
  });
  const expected = ['a1', 'a2', 'b1', 'b2', 'g1', 'a3', 'a4', 'b3'];
  const { events, nextToken } = await filter(services);
  expect(events.map(({ message }) => message)).toEqual(expected);
  expect(nextToken).toBeUndefined();
  expect(events.map(({ timestamp }) => timestamp / 1_000_000)).toEqual([1, 1, 1, 2, 2, 3, 3, 3]);
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(expected.length);
  for (const { eventId } of events) expect(eventId).toMatch(/^\d{56}$/);
  for (const limit of [1, 2, 3, 7]) {
    const found: FilterOutput['events'][number][] = [];
    let page: FilterOutput | undefined;
    while (page === undefined || page.nextToken !== undefined) {
      page = await filter(services, { limit, nextToken: page?.nextToken });
      expect(page.events.length).toBeLessThanOrEqual(limit);
      found.push(...page.events);
    }
    expect(found).toEqual(events);
  }
  const messages = async (input: object) =>
    (await filter(services, input)).events.map(({ message }) => message);
  expect(await messages({ logStreamNamePrefix: 'al' })).toEqual(['a1', 'a2', 'a3', 'a4']);
  expect(await messages({ logStreamNames: [names[1], names[2]] })).toEqual(['b1', 'b2', 'g1', 'b3']);
  // The start and end times are both inclusive.
  expect(await messages({ startTime: 2_000_000, endTime: 2_000_000 })).toEqual(['b2', 'g1']);
});

test('a search without a match in many events returns empty pages and then ends', async () => {
  const line = 'x'.repeat(100_000);
  const { services } = await withLogs({
    job: [...Array.from({ length: 400 }, () => [1_000_000, line] as const), [1_000_000, 'needle']],
  });
  const pages: number[] = [];
  let page: FilterOutput | undefined;
  while (page === undefined || page.nextToken !== undefined) {
    page = await filter(services, { filterPattern: 'needle', nextToken: page?.nextToken });
    pages.push(page.events.length);
  }
  expect(pages).toEqual([0, 0, 1]);
  // A page contains at most about 1 MB.
  expect((await filter(services)).events).toHaveLength(11);
});

test.each<[string, readonly string[]]>([
  ['', ['[3]#011rmse:0.5', 'ERROR 1', 'ERROR 2 (fatal)', 'WARN 1']],
  ['ERROR', ['ERROR 1', 'ERROR 2 (fatal)']],
  ['error', []],
  ['ERROR fatal', ['ERROR 2 (fatal)']],
  ['ERROR -fatal', ['ERROR 1']],
  ['-ERROR', ['[3]#011rmse:0.5', 'WARN 1']],
  ['?ERROR ?WARN', ['ERROR 1', 'ERROR 2 (fatal)', 'WARN 1']],
  ['?WARN fatal', ['ERROR 2 (fatal)']],
  ['"2 (fatal"', ['ERROR 2 (fatal)']],
  ['"[3]" rmse', ['[3]#011rmse:0.5']],
  ['?"[3]" ?"WARN 1"', ['[3]#011rmse:0.5', 'WARN 1']],
])('the filter pattern %j', async (filterPattern, expected) => {
  const lines = ['[3]#011rmse:0.5', 'ERROR 1', 'ERROR 2 (fatal)', 'WARN 1'];
  const { services } = await withLogs({ job: lines.map((line) => [1_000_000, line] as const) });
  const { events } = await filter(services, { filterPattern });
  expect(events.map(({ message }) => message)).toEqual(expected);
});

test('the log group exists once a job has written a log', async () => {
  const services = await start({ trainer: printing('line') });
  const groups = async (input: object = {}) =>
    (
      (await services.router.call('logs', 'DescribeLogGroups', { ...input }, services.user)) as {
        logGroups: readonly object[];
      }
    ).logGroups;
  expect(await groups()).toEqual([]);
  await train(services, 'job');
  const arn = 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/TrainingJobs';
  const group = {
    logGroupName: GROUP,
    arn: `${arn}:*`,
    logGroupArn: arn,
    creationTime: expect.any(Number),
    storedBytes: 5,
    metricFilterCount: 0,
    logGroupClass: 'STANDARD',
  };
  for (const input of [
    {},
    { logGroupNamePrefix: '/aws/sagemaker', limit: 1, includeLinkedAccounts: true },
    { logGroupIdentifiers: [arn] },
    { logGroupClass: 'STANDARD' },
  ]) {
    expect(await groups(input)).toEqual([group]);
  }
  expect(await groups({ logGroupNamePattern: 'TrainingJobs' })).toEqual([
    { logGroupName: GROUP, arn: `${arn}:*`, creationTime: expect.any(Number) },
  ]);
  for (const input of [
    { logGroupNamePrefix: '/aws/lambda' },
    { logGroupNamePattern: 'training' },
    { logGroupIdentifiers: ['else'] },
    { logGroupClass: 'INFREQUENT_ACCESS' },
  ]) {
    expect(await groups(input)).toEqual([]);
  }
});

test('a job has no log if its role may not write one', async () => {
  const allow = (Action: string[], Resource: string) => ({ Effect: 'Allow', Action, Resource });
  const streams = `arn:aws:logs:us-east-1:123456789012:log-group:${GROUP}:log-stream:known-*`;
  const role: RoleResource = {
    logicalId: 'Training',
    name: 'training',
    arn: TRAINING_ROLE,
    trustPolicy: {
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
    policies: [
      {
        Statement: [
          allow(['s3:*', 'ecr:*'], '*'),
          allow(['logs:CreateLogStream', 'logs:PutLogEvents'], streams),
        ],
      },
    ],
  };
  const services = await start({
    deployment: deploymentIn(temporaryRoot(), { roles: [role] }),
    trainer: printing('line'),
  });
  await train(services, 'known-1', 'other-1');
  const { logStreams } = await streamsOf(services);
  expect(logStreams.map(({ logStreamName }) => logStreamName)).toEqual([
    expect.stringMatching(/^known-1\/algo-1-/),
  ]);
  const { events } = await filter(services);
  expect(events.map(({ logStreamName }) => logStreamName)).toEqual([
    expect.stringMatching(/^known-1\/algo-1-/),
  ]);
  // The role may write logs, but not read them.
  await expect(
    services.router.call('logs', 'FilterLogEvents', { logGroupName: GROUP }, role),
  ).rejects.toThrow(/not authorized to perform: logs:FilterLogEvents on resource: .*:log-stream: /);
  await expect(services.router.call('logs', 'DescribeLogGroups', {}, role)).rejects.toThrow(
    /logs:DescribeLogGroups on resource: arn:aws:logs:us-east-1:123456789012:log-group::log-stream: /,
  );
  const read = services.router.call('logs', 'DescribeLogStreams', { logGroupName: GROUP }, role);
  await expect(read).rejects.toThrow(
    /not authorized to perform: logs:DescribeLogStreams on resource: arn:aws:logs:us-east-1:123456789012:log-group:\/aws\/sagemaker\/TrainingJobs:log-stream: /,
  );
});

test.each([
  [
    'DescribeLogStreams',
    { logGroupName: '/aws/lambda/f' },
    'ResourceNotFoundException',
    /log group does not exist/,
  ],
  [
    'GetLogEvents',
    { logStreamName: 'none/algo-1-1' },
    'ResourceNotFoundException',
    /log stream does not exist/,
  ],
  ['GetLogEvents', {}, 'ValidationException', /Value null at 'logStreamName'/],
  ['DescribeLogStreams', { limit: 51 }, 'ValidationException', /less than or equal to 50/],
  ['DescribeLogStreams', { nextToken: 'x' }, 'InvalidParameterException', /nextToken is invalid: x/],
  [
    'DescribeLogStreams',
    { orderBy: 'LastEventTime', logStreamNamePrefix: 'a' },
    'InvalidParameterException',
    /^Cannot order by LastEventTime with a logStreamNamePrefix/,
  ],
  [
    'PutLogEvents',
    {},
    'UnknownOperationException',
    /It supports DescribeLogGroups, FilterLogEvents, DescribeLog/,
  ],
  [
    'FilterLogEvents',
    { logGroupName: '/aws/lambda/f' },
    'ResourceNotFoundException',
    /log group does not exist/,
  ],
  [
    'FilterLogEvents',
    { logStreamNames: ['none/algo-1-1'] },
    'ResourceNotFoundException',
    /log stream does not exist/,
  ],
  [
    'FilterLogEvents',
    { logStreamNames: ['a'], logStreamNamePrefix: 'a' },
    'InvalidParameterException',
    /mutually exclusive/,
  ],
  [
    'FilterLogEvents',
    { logGroupIdentifier: GROUP },
    'InvalidParameterException',
    /LogGroup name and LogGroup ARN are mutually exclusive/,
  ],
  ['FilterLogEvents', { nextToken: 'f/1' }, 'InvalidParameterException', /nextToken is invalid: f\/1/],
  ['FilterLogEvents', { startFromHead: false }, 'InvalidParameterException', /with startFromHead false/],
  ['FilterLogEvents', { filterPattern: '{ $.x = 1 }' }, 'InvalidParameterException', /patterns for JSON/],
  ['FilterLogEvents', { filterPattern: '[a, b]' }, 'InvalidParameterException', /patterns of fields/],
  ['FilterLogEvents', { filterPattern: '%a.*b%' }, 'InvalidParameterException', /with regular expressions/],
  ['FilterLogEvents', { filterPattern: 'a:b' }, 'InvalidParameterException', /put a:b in double quotation/],
  ['FilterLogEvents', { filterPattern: '"a' }, 'InvalidParameterException', /unbalanced quotation mark/],
  ['FilterLogEvents', { limit: 10_001 }, 'ValidationException', /less than or equal to 10000/],
  ['DescribeLogGroups', { nextToken: 'x' }, 'InvalidParameterException', /nextToken is invalid: x/],
  [
    'DescribeLogGroups',
    { logGroupNamePrefix: 'a', logGroupNamePattern: 'a' },
    'InvalidParameterException',
    /mutually exclusive/,
  ],
])('%s %j is refused', async (operation, input, name, message) => {
  const services = await start();
  await expect(call(services, operation, input)).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
});
