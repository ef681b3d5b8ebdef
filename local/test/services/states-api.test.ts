import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  paginateGetExecutionHistory,
  paginateListExecutions,
  RedriveExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type ExecutionRecord, ExecutionStore } from '../../src/executions/executions';
import type { TrainingOutcome } from '../../src/training';
import { noNotice, printX, runUntilStopped, temporaryRoot, until } from './helpers';
import {
  DEFINITIONS,
  end,
  eventsOf,
  execution,
  machine,
  ROLE,
  serve,
  serving,
  startExecution,
  whenEnded,
} from './states-support';

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

test('an execution is started and described, and its history is read', async () => {
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
    // A new execution does not change the next pages of the list.
    if (names.length === 1) await startExecution(client, 'Sleep', {}, 'four');
  }
  expect(names).toEqual([['three', 'two'], ['one']]);
  const aborted = await client.send(
    new ListExecutionsCommand({ stateMachineArn: machine('Sleep'), statusFilter: 'ABORTED' }),
  );
  expect(aborted.executions).toMatchObject([{ name: 'two', status: 'ABORTED', redriveCount: 0 }]);
});

test('an execution counts as running until it ends', async () => {
  const { client, runner } = await serve(temporaryRoot());
  const { executionArn } = await startExecution(client, 'Sleep', {});
  expect(runner.store.mapProgress.executionCount).toBe(1);
  await client.send(new StopExecutionCommand({ executionArn }));
  expect(runner.store.mapProgress.executionCount).toBe(0);
});

test('StopExecution ends the execution with an error and a cause, and stops its training job', async () => {
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
  // A request with the same token gets the same redrive. A request without the token fails.
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
  // Creates the files of a process that was killed while it wrote an event.
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

test('an execution that another process runs cannot be stopped by this process', async () => {
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
