import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  paginateGetExecutionHistory,
  paginateListExecutions,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sfn';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Deployment, StateMachineResource } from '../../src/assembly';
import type { ExecutionRunner } from '../../src/executions/execution-runner';
import { type ExecutionRecord, ExecutionStore } from '../../src/executions/executions';
import type { Principal, RunningServices } from '../../src/services';
import type { TrainingOutcome } from '../../src/training';
import { startWithExecutions } from './execution-support';
import {
  type Algorithm,
  BUCKET,
  deploymentIn,
  ENVIRONMENT,
  IMAGE,
  noNotice,
  printX,
  runUntilStopped,
  TRAINING_ROLE,
  temporaryRoot,
  trainerOf,
  until,
} from './helpers';

const ROLE = 'arn:aws:iam::123456789012:role/states';
const CALLER = 'arn:aws:iam::123456789012:role/caller';
const STATES = 'arn:aws:states:us-east-1:123456789012';

const TRAIN = {
  Type: 'Task',
  Resource: 'arn:aws:states:::sagemaker:createTrainingJob.sync',
  Arguments: {
    TrainingJobName: "{% 'job-' & $states.context.Execution.RedriveCount %}",
    AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'File' },
    RoleArn: TRAINING_ROLE,
    OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/output/` },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 10 },
    StoppingCondition: { MaxRuntimeInSeconds: 3600 },
  },
  Output: '{% $states.result.TrainingJobName %}',
  End: true,
};

const DEFINITIONS = {
  Echo: { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } },
  Sleep: { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } },
  Train: {
    QueryLanguage: 'JSONata',
    StartAt: 'Prepare',
    States: { Prepare: { Type: 'Pass', Assign: { x: 1 }, Next: 'Train' }, Train: TRAIN },
  },
};

interface Served {
  readonly services: RunningServices;
  readonly runner: ExecutionRunner;
  readonly client: SFNClient;
}

const serving: Served[] = [];

/** Serves state machines, as local mode does. */
async function serve(root: string, algorithm: Algorithm = printX): Promise<Served> {
  const stateMachines: StateMachineResource[] = Object.entries(DEFINITIONS).map(([name, definition]) => ({
    logicalId: name,
    name,
    arn: machine(name),
    roleArn: ROLE,
    definition,
    tags: { team: 'ml' },
  }));
  const statement = (Action: string, Resource: string) => ({ Effect: 'Allow', Action, Resource });
  const deployment: Deployment = {
    ...deploymentIn(root, {
      roles: [
        {
          logicalId: 'Caller',
          name: 'caller',
          arn: CALLER,
          trustPolicy: { Statement: [] },
          policies: [
            {
              Statement: [
                statement('states:StartExecution', machine('Echo')),
                statement('states:DescribeExecution', `${STATES}:execution:Echo:*`),
                statement('states:ListTagsForResource', machine('Echo')),
                {
                  ...statement('states:TagResource', machine('Echo')),
                  Condition: { StringEquals: { 'aws:RequestTag/stage': 'test' } },
                },
                {
                  ...statement('states:UntagResource', machine('Echo')),
                  Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['stage'] } },
                },
              ],
            },
          ],
        },
      ],
    }),
    stateMachines,
  };
  const { services, runner } = await startWithExecutions(deployment, { trainer: trainerOf(algorithm) });
  const served = { services, runner, client: clientOf(services) };
  serving.push(served);
  return served;
}

async function end({ services, runner }: Served): Promise<void> {
  await runner.close();
  await services.close();
}

function clientOf(services: RunningServices, principal: Principal = services.user): SFNClient {
  return new SFNClient({
    endpoint: services.url,
    region: ENVIRONMENT.region,
    credentials: services.credentialsFor(principal),
    maxAttempts: 1,
  });
}

function machine(name: string): string {
  return `${STATES}:stateMachine:${name}`;
}

function execution(machineName: string, name: string): string {
  return `${STATES}:execution:${machineName}:${name}`;
}

async function startExecution(client: SFNClient, name: string, input?: unknown, executionName?: string) {
  const { executionArn = '', startDate } = await client.send(
    new StartExecutionCommand({
      stateMachineArn: machine(name),
      ...(input !== undefined && { input: typeof input === 'string' ? input : JSON.stringify(input) }),
      ...(executionName !== undefined && { name: executionName }),
    }),
  );
  return { executionArn, startDate };
}

function whenEnded(client: SFNClient, executionArn: string) {
  return until(
    () => client.send(new DescribeExecutionCommand({ executionArn })),
    ({ status }) => status !== 'RUNNING',
  );
}

async function eventsOf(client: SFNClient, executionArn: string) {
  const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
  return events;
}

afterEach(async () => {
  await Promise.all(serving.splice(0).map(end));
});

test('state machines are listed in pages and described', async () => {
  const { client } = await serve(temporaryRoot());
  const first = await client.send(new ListStateMachinesCommand({ maxResults: 2 }));
  expect(first.stateMachines?.map(({ name, type }) => [name, type])).toEqual([
    ['Echo', 'STANDARD'],
    ['Sleep', 'STANDARD'],
  ]);
  const second = await client.send(new ListStateMachinesCommand({ nextToken: first.nextToken }));
  expect(second.stateMachines?.map(({ stateMachineArn }) => stateMachineArn)).toEqual([machine('Train')]);
  expect(second.nextToken).toBeUndefined();

  const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn: machine('Echo') }));
  expect(described).toMatchObject({ name: 'Echo', status: 'ACTIVE', roleArn: ROLE });
  expect(JSON.parse(described.definition ?? '')).toEqual(DEFINITIONS.Echo);
  expect(described.creationDate).toBeInstanceOf(Date);
  const metadata = await client.send(
    new DescribeStateMachineCommand({ stateMachineArn: machine('Echo'), includedData: 'METADATA_ONLY' }),
  );
  expect(metadata.definition).toBe('{}');
});

test('an execution is started, described and its history read', async () => {
  const { client } = await serve(temporaryRoot());
  const { executionArn, startDate } = await startExecution(client, 'Echo', { a: 1 });
  const described = await whenEnded(client, executionArn);
  expect(described).toMatchObject({
    executionArn,
    stateMachineArn: machine('Echo'),
    status: 'SUCCEEDED',
    input: '{"a":1}',
    inputDetails: { included: true },
    output: '{"a":1}',
    redriveCount: 0,
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
  });
  expect(described.startDate).toEqual(startDate);
  expect(Date.now() - Number(described.stopDate)).toBeLessThan(60_000);
  expect(await eventsOf(client, executionArn)).toMatchObject([
    {
      id: 1,
      previousEventId: 0,
      type: 'ExecutionStarted',
      executionStartedEventDetails: { input: '{"a":1}', inputDetails: { truncated: false }, roleArn: ROLE },
    },
    { id: 2, type: 'PassStateEntered', stateEnteredEventDetails: { name: 'Pass', input: '{"a":1}' } },
    { id: 3, type: 'PassStateExited', stateExitedEventDetails: { name: 'Pass', output: '{"a":1}' } },
    {
      id: 4,
      previousEventId: 3,
      type: 'ExecutionSucceeded',
      executionSucceededEventDetails: { output: '{"a":1}' },
    },
  ]);
  const { definition } = await client.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
  expect(JSON.parse(definition ?? '')).toEqual(DEFINITIONS.Echo);
});

test('the history is returned in pages, in either order, and without data if requested', async () => {
  const { client } = await serve(temporaryRoot());
  const { executionArn } = await startExecution(client, 'Echo', { secret: 1 });
  await whenEnded(client, executionArn);
  const ids = async (reverseOrder: boolean) => {
    const pages: (number | undefined)[][] = [];
    const request = { executionArn, reverseOrder, maxResults: 3 };
    for await (const { events = [] } of paginateGetExecutionHistory({ client }, request)) {
      pages.push(events.map(({ id }) => id));
    }
    return pages;
  };
  expect(await ids(false)).toEqual([[1, 2, 3], [4]]);
  expect(await ids(true)).toEqual([[4, 3, 2], [1]]);
  const { events } = await client.send(
    new GetExecutionHistoryCommand({ executionArn, includeExecutionData: false }),
  );
  expect(events?.[1]?.stateEnteredEventDetails).toEqual({ name: 'Pass' });
  expect(JSON.stringify(events)).not.toContain('secret');
});

test('a name can be reused only for the same running execution', async () => {
  const { client } = await serve(temporaryRoot());
  const first = await startExecution(client, 'Sleep', { a: 1 }, 'mine');
  expect(first.executionArn).toBe(execution('Sleep', 'mine'));
  expect(await startExecution(client, 'Sleep', '{ "a": 1 }', 'mine')).toEqual(first);
  const taken = {
    name: 'ExecutionAlreadyExists',
    message: `Execution Already Exists: '${first.executionArn}'`,
  };
  await expect(startExecution(client, 'Sleep', { a: 2 }, 'mine')).rejects.toMatchObject(taken);
  // Names are unique per state machine and case-sensitive, regardless of the file system.
  const others = [
    await startExecution(client, 'Echo', {}, 'mine'),
    await startExecution(client, 'Sleep', {}, 'MINE'),
    await startExecution(client, 'Sleep', {}, '..'),
  ];
  expect(others.map(({ executionArn }) => executionArn)).toEqual([
    execution('Echo', 'mine'),
    execution('Sleep', 'MINE'),
    execution('Sleep', '..'),
  ]);
  await client.send(new StopExecutionCommand({ executionArn: first.executionArn }));
  await expect(startExecution(client, 'Sleep', { a: 1 }, 'mine')).rejects.toMatchObject(taken);
});

test('executions are listed, most recent first, in pages and by status', async () => {
  const { client } = await serve(temporaryRoot());
  for (const name of ['one', 'two', 'three']) {
    await startExecution(client, 'Sleep', {}, name);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await client.send(new StopExecutionCommand({ executionArn: execution('Sleep', 'two') }));
  await startExecution(client, 'Echo', {});
  const names: (string | undefined)[][] = [];
  for await (const page of paginateListExecutions(
    { client },
    { stateMachineArn: machine('Sleep'), maxResults: 2 },
  )) {
    names.push((page.executions ?? []).map(({ name }) => name));
    // A new execution does not change the following pages.
    if (names.length === 1) await startExecution(client, 'Sleep', {}, 'four');
  }
  expect(names).toEqual([['three', 'two'], ['one']]);
  const aborted = await client.send(
    new ListExecutionsCommand({ stateMachineArn: machine('Sleep'), statusFilter: 'ABORTED' }),
  );
  expect(aborted.executions).toMatchObject([{ name: 'two', status: 'ABORTED', redriveCount: 0 }]);
});

test('StopExecution ends the execution with error and cause, and its training job', async () => {
  const { client, services } = await serve(temporaryRoot(), runUntilStopped);
  const { executionArn } = await startExecution(client, 'Train', {});
  const isRunning = () => services.jobs.training.get('job-0')?.description.TrainingJobStatus === 'InProgress';
  await until(isRunning, (is) => is);
  const { stopDate } = await client.send(
    new StopExecutionCommand({ executionArn, error: 'Enough', cause: 'for today' }),
  );
  const described = await client.send(new DescribeExecutionCommand({ executionArn }));
  expect(described).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'for today', stopDate });
  expect((await eventsOf(client, executionArn)).at(-1)).toMatchObject({
    type: 'ExecutionAborted',
    executionAbortedEventDetails: { error: 'Enough', cause: 'for today' },
  });
  await until(
    () => services.jobs.training.get('job-0')?.description.TrainingJobStatus,
    (status) => status === 'Stopped',
  );
  // Stopping the execution again changes nothing.
  const again = await client.send(new StopExecutionCommand({ executionArn, error: 'Other' }));
  expect(again.stopDate).toEqual(stopDate);
  expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
    error: 'Enough',
  });
});

test('RedriveExecution continues at the failed state', async () => {
  const { client } = await serve(temporaryRoot(), (task) =>
    task.trainingJobName === 'job-0' ? failure : printX(task),
  );
  const { executionArn } = await startExecution(client, 'Train', { in: 1 });
  expect(await whenEnded(client, executionArn)).toMatchObject({
    status: 'FAILED',
    redriveStatus: 'REDRIVABLE',
  });
  const before = await eventsOf(client, executionArn);
  const command = new RedriveExecutionCommand({ executionArn, clientToken: 'once' });
  const { redriveDate } = await client.send(command);
  const ended = await whenEnded(client, executionArn);
  expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '"job-1"', redriveCount: 1, redriveDate });
  expect(ended.error).toBeUndefined();
  const events = await eventsOf(client, executionArn);
  expect(events.map(({ id }) => id)).toEqual(events.map((_, i) => i + 1));
  expect(events.slice(before.length).map(({ type }) => type)).toEqual([
    'ExecutionRedriven',
    'TaskScheduled',
    'TaskStarted',
    'TaskSubmitted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
  expect(events[before.length]).toMatchObject({
    previousEventId: before.length,
    executionRedrivenEventDetails: { redriveCount: 1 },
  });
  expect(events.find(({ type }) => type === 'TaskScheduled')?.taskScheduledEventDetails).toMatchObject({
    region: 'us-east-1',
    resource: 'createTrainingJob.sync',
    resourceType: 'sagemaker',
  });
  // A request with the same token returns the same redrive. A request without the token fails now.
  expect(await client.send(command)).toMatchObject({ redriveDate });
  await expect(client.send(new RedriveExecutionCommand({ executionArn }))).rejects.toMatchObject({
    name: 'ExecutionNotRedrivable',
    message: 'Execution is SUCCEEDED and cannot be redriven',
  });
  const list = async (redriveFilter: 'REDRIVEN' | 'NOT_REDRIVEN') =>
    (await client.send(new ListExecutionsCommand({ stateMachineArn: machine('Train'), redriveFilter })))
      .executions;
  expect(await list('REDRIVEN')).toMatchObject([{ executionArn, redriveCount: 1 }]);
  expect(await list('NOT_REDRIVEN')).toEqual([]);
});

const failure: TrainingOutcome = { status: 'Failed', failureReason: 'the first time fails' };

test('executions of earlier runs are listed, and those of a killed process can be redriven', async () => {
  const root = temporaryRoot();
  const first = await serve(root, runUntilStopped);
  const { executionArn } = await startExecution(first.client, 'Train', {}, 'killed');
  await until(
    () => eventsOf(first.client, executionArn),
    (events) => events.some(({ type }) => type === 'TaskSubmitted'),
  );
  const folder = path.join(root, 'executions', 'killed');
  const asItWas = fs.readFileSync(path.join(folder, 'execution.json'), 'utf8');
  const history = fs.readFileSync(path.join(folder, 'history.jsonl'), 'utf8');
  await end(first);
  serving.splice(0);
  // The files that remain if a process is killed while writing an event.
  const record: ExecutionRecord = { ...JSON.parse(asItWas), processId: 2 ** 22 + 1 };
  fs.writeFileSync(path.join(folder, 'execution.json'), JSON.stringify(record));
  fs.writeFileSync(path.join(folder, 'history.jsonl'), `${history}{"id":`);

  const { client } = await serve(root);
  expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
    status: 'ABORTED',
    cause: `Local mode (process ${record.processId}) ended while the execution was running.`,
    redriveStatus: 'REDRIVABLE',
  });
  await client.send(new RedriveExecutionCommand({ executionArn }));
  expect(await whenEnded(client, executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"job-1"' });
  const events = await eventsOf(client, executionArn);
  expect(events.map(({ id }) => id)).toEqual(events.map((_, i) => i + 1));
  expect(events.filter(({ stateEnteredEventDetails: entered }) => entered?.name === 'Prepare')).toHaveLength(
    1,
  );
});

test('an execution that another process runs cannot be stopped from here', async () => {
  const root = temporaryRoot();
  const { client } = await serve(root);
  const record: ExecutionRecord = {
    name: 'theirs',
    processId: process.ppid,
    arn: execution('Sleep', 'theirs'),
    stateMachineArn: machine('Sleep'),
    input: {},
    startDate: new Date().toISOString(),
    status: 'RUNNING',
  };
  new ExecutionStore(root, noNotice).create(record, {
    name: 'Sleep',
    arn: machine('Sleep'),
    roleArn: ROLE,
    definition: {},
  });
  await expect(client.send(new StopExecutionCommand({ executionArn: record.arn }))).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining(`(process ${process.ppid}) is running the execution`),
  });
});

test.each([
  [
    'no JSON',
    new StartExecutionCommand({ stateMachineArn: machine('Echo'), input: '{' }),
    'InvalidExecutionInput',
    /^Invalid State Machine Execution Input: '/,
  ],
  [
    'a name with a space',
    new StartExecutionCommand({ stateMachineArn: machine('Echo'), name: 'a b' }),
    'InvalidName',
    /^Invalid Name: 'a b'$/,
  ],
  [
    'a name that leads out of the folder',
    new StartExecutionCommand({ stateMachineArn: machine('Echo'), name: '../a' }),
    'InvalidName',
    /^Invalid Name: /,
  ],
  [
    'a name that is too long',
    new StartExecutionCommand({ stateMachineArn: machine('Echo'), name: 'a'.repeat(81) }),
    'ValidationException',
    /^1 validation error detected: Value 'a+' at 'name' failed .* length less than or equal to 80$/,
  ],
  [
    'an input that is too large',
    new StartExecutionCommand({ stateMachineArn: machine('Echo'), input: `"${'é'.repeat(131_072)}"` }),
    'ValidationException',
    /^1 validation error detected: Value at 'input' failed .* length less than or equal to 262144$/,
  ],
  [
    'a cause that is too long, and is not to be seen',
    new StopExecutionCommand({ executionArn: execution('Echo', 'none'), cause: 'secret'.repeat(6000) }),
    'ValidationException',
    /^1 validation error detected: Value at 'cause' failed .* length less than or equal to 32768$/,
  ],
  [
    'a trace header that is not ASCII',
    new StartExecutionCommand({ stateMachineArn: machine('Echo'), traceHeader: 'ü' }),
    'ValidationException',
    /Value 'ü' at 'traceHeader' failed .* pattern: \\p\{ASCII\}\*$/,
  ],
  [
    'no such state machine',
    new StartExecutionCommand({ stateMachineArn: machine('Other') }),
    'StateMachineDoesNotExist',
    /^State Machine Does Not Exist: 'arn:.*:Other'$/,
  ],
  [
    'no such execution',
    new DescribeExecutionCommand({ executionArn: execution('Echo', 'none') }),
    'ExecutionDoesNotExist',
    /^Execution Does Not Exist: 'arn:.*:none'$/,
  ],
  [
    'the ARN of something else',
    new DescribeExecutionCommand({ executionArn: machine('Echo') }),
    'InvalidArn',
    /^Invalid Arn: 'Resource type not valid in this context: stateMachine'$/,
  ],
  ['no ARN', new StopExecutionCommand({ executionArn: 'mine' }), 'InvalidArn', /^Invalid Arn: 'mine'$/],
  [
    'a missing member',
    new DescribeExecutionCommand({ executionArn: undefined }),
    'ValidationException',
    /Value null at 'executionArn' failed to satisfy constraint: Member must not be null$/,
  ],
  [
    'a value of no enum',
    new ListExecutionsCommand({ stateMachineArn: machine('Echo'), statusFilter: 'DONE' as 'FAILED' }),
    'ValidationException',
    /Value 'DONE' at 'statusFilter' .* enum value set: \[RUNNING, /,
  ],
  [
    'a page that is too large',
    new ListStateMachinesCommand({ maxResults: 1001 }),
    'ValidationException',
    /Value '1001' at 'maxResults' .* value less than or equal to 1000$/,
  ],
  [
    'a foreign token',
    new ListStateMachinesCommand({ nextToken: 'abc' }),
    'InvalidToken',
    /^Invalid Token: 'abc'$/,
  ],
  ['neither kind of ARN', new ListExecutionsCommand({}), 'ValidationException', /^Must provide/],
  [
    'a missing operation',
    new CreateStateMachineCommand({ name: 'a', definition: '{}', roleArn: ROLE }),
    'UnknownOperationException',
    /^local mode does not support states:CreateStateMachine\. It supports ListStateMachines, /,
  ],
])('%s is refused', async (_case, command, name, message) => {
  const { client, runner } = await serve(temporaryRoot());
  await expect(client.send(command as StartExecutionCommand)).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
  expect(runner.store.list()).toEqual([]);
});

test("state machines have the template's tags until these are changed", async () => {
  const { client } = await serve(temporaryRoot());
  const resourceArn = machine('Echo');
  const tagsOf = async () => (await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
  expect(await tagsOf()).toEqual([{ key: 'team', value: 'ml' }]);
  const tags = [
    { key: 'stage', value: 'test' },
    { key: 'Cost Center', value: '' },
    { key: 'team', value: 'ü/1' },
  ];
  await client.send(new TagResourceCommand({ resourceArn, tags }));
  await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['stage', 'none'] }));
  expect(await tagsOf()).toEqual([
    { key: 'team', value: 'ü/1' },
    { key: 'Cost Center', value: '' },
  ]);
  const many = Array.from({ length: 49 }, (_, i) => ({ key: `k${i}`, value: 'v' }));
  const tooMany = client.send(new TagResourceCommand({ resourceArn, tags: many }));
  await expect(tooMany).rejects.toMatchObject({ name: 'TooManyTags' });
  expect(await tagsOf()).toHaveLength(2);
});

test.each([
  ['a missing state machine', machine('None'), {}, 'ResourceNotFound', /^Resource not found: '/],
  ['an execution', `${STATES}:execution:Echo:a`, {}, 'InvalidArn', /^Invalid Arn: '/],
  ['a version', machine('Echo:1'), {}, 'InvalidArn', /^Invalid Arn: '/],
  [
    'a key of AWS',
    machine('Echo'),
    { key: 'aws:a' },
    'ValidationException',
    /keys must not begin with "aws:"/,
  ],
  ['an odd character', machine('Echo'), { value: 'a;b' }, 'ValidationException', /^Invalid tag 'key'/],
  ['no key', machine('Echo'), { key: '' }, 'ValidationException', /length greater than or equal to 1/],
])('tags of %s are refused', async (_name, resourceArn, tag, name, message) => {
  const { client } = await serve(temporaryRoot());
  const tags = [{ key: 'key', value: 'value', ...tag }];
  await expect(client.send(new TagResourceCommand({ resourceArn, tags }))).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
});

test('a role is limited to its policies', async () => {
  const { services } = await serve(temporaryRoot());
  const client = clientOf(services, { arn: CALLER });
  const { executionArn } = await startExecution(client, 'Echo', {});
  await client.send(new DescribeExecutionCommand({ executionArn }));
  const resourceArn = machine('Echo');
  await client.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'stage', value: 'test' }] }));
  await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['stage'] }));
  await client.send(new ListTagsForResourceCommand({ resourceArn }));
  const user = 'User: arn:aws:sts::123456789012:assumed-role/caller/local-mode is not authorized to perform';
  for (const [command, action, resource] of [
    [new StartExecutionCommand({ stateMachineArn: machine('Sleep') }), 'StartExecution', machine('Sleep')],
    [new StopExecutionCommand({ executionArn }), 'StopExecution', executionArn],
    [new ListStateMachinesCommand({}), 'ListStateMachines', '\\*'],
    [
      new ListTagsForResourceCommand({ resourceArn: machine('Sleep') }),
      'ListTagsForResource',
      machine('Sleep'),
    ],
    [
      new TagResourceCommand({ resourceArn: machine('Echo'), tags: [{ key: 'stage', value: 'else' }] }),
      'TagResource',
      machine('Echo'),
    ],
    [
      new UntagResourceCommand({ resourceArn: machine('Echo'), tagKeys: ['team'] }),
      'UntagResource',
      machine('Echo'),
    ],
  ] as const) {
    await expect(client.send(command as StartExecutionCommand)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(`^${user}: states:${action} on resource: ${resource} because`),
    });
  }
});

test('GetCallerIdentity returns the principal of the access keys', async () => {
  const { services } = await serve(temporaryRoot());
  const sts = (principal: Principal) =>
    new STSClient({
      endpoint: services.url,
      region: ENVIRONMENT.region,
      credentials: services.credentialsFor(principal),
      maxAttempts: 1,
    });
  expect(await sts(services.user).send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:user/local',
    UserId: expect.stringMatching(/^AIDA/),
  });
  // GetCallerIdentity needs no permission.
  expect(await sts({ arn: CALLER }).send(new GetCallerIdentityCommand({}))).toMatchObject({
    Arn: 'arn:aws:sts::123456789012:assumed-role/caller/local-mode',
    UserId: expect.stringMatching(/^AROA.*:local-mode$/),
  });
  const assume = new AssumeRoleCommand({ RoleArn: CALLER, RoleSessionName: 'a' });
  await expect(sts(services.user).send(assume)).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: 'local mode does not support sts:AssumeRole. It supports GetCallerIdentity',
  });
});
