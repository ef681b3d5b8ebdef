import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { DefinitionBody, StateMachine, Wait, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import { type DeployOptions, LocalMode } from '../../src';
import { startOf } from '../../src/local-folder/process-alive';
import { executionsIn, onlyExecutionIn, startCommand, synthesize, temporaryFolder } from './support';

/** This process plays the unrelated process that got the ID of the killed instance. */
const processId = process.pid;

let assembly: string;

beforeAll(() => {
  assembly = synthesize((stack) => {
    const wait = new Wait(stack, 'Wait', { time: WaitTime.duration(Duration.seconds(1)) });
    new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(wait) });
  });
});

const deployed: LocalMode[] = [];

afterEach(async () => {
  for (const stack of deployed.splice(0)) await stack.close();
});

async function deploy(options: DeployOptions): Promise<LocalMode> {
  const stack = await LocalMode.deploy(options);
  deployed.push(stack);
  return stack;
}

/**
 * A root folder with an execution and a training job of an instance of local mode that was killed. Another process now
 * has its process ID.
 *
 * @param hasStart whether the records have the start time of the process, or only the file of the instance, as in older
 *   versions
 */
async function rootOfKilled(hasStart: boolean): Promise<string> {
  const root = temporaryFolder();
  const stack = await LocalMode.deploy({ assembly, root, stubTraining: () => ({}) });
  const { recordFile } = stack.startExecution();
  await stack.close();
  const start = (startOf(processId) ?? '').replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
  const identity = { processId, ...(hasStart && { processStart: start }) };
  const { isInterrupted: _, stopDate: _stopDate, processStart: _start, ...record } = onlyExecutionIn(root);
  writeFileSync(recordFile, JSON.stringify({ ...record, ...identity, status: 'RUNNING' }));
  const job = {
    name: 'job',
    createdBy: { executionArn: 'arn:of-another-deployment' },
    ...identity,
    tags: [],
    description: {
      TrainingJobName: 'job',
      TrainingJobStatus: 'InProgress',
      SecondaryStatus: 'Training',
      SecondaryStatusTransitions: [{ Status: 'Training', StartTime: 1 }],
      CreationTime: 1,
      LastModifiedTime: 2,
    },
  };
  const jobFile = jobFileIn(root);
  mkdirSync(dirname(jobFile), { recursive: true });
  writeFileSync(jobFile, JSON.stringify(job));
  writeFileSync(join(root, 'processes', String(processId)), start);
  return root;
}

function jobFileIn(root: string): string {
  return join(root, 'sagemaker', 'training-jobs', 'job.json');
}

describe.each([
  ['with the start time of the process', true],
  ['of an older version', false],
])('if another process has the ID of a killed local mode, records %s', (_name, hasStart) => {
  test('can be resumed', async () => {
    const root = await rootOfKilled(hasStart);
    const { exitCode, output } = await startCommand(['resume', '--root', root]).ended;
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.not.stringContaining('running') });
    expect(executionsIn(root)).toMatchObject([{ status: 'SUCCEEDED' }]);
    expect(JSON.parse(readFileSync(jobFileIn(root), 'utf8'))).toMatchObject({ isInterrupted: true });
    expect(existsSync(join(root, 'processes', String(processId)))).toBe(false);
  });

  test('can be deleted with clean, which changes nothing before', async () => {
    const root = await rootOfKilled(hasStart);
    const file = join(root, 'processes', String(processId));
    const unasked = await startCommand(['clean', '--root', root]).ended;
    expect(unasked).toMatchObject({ exitCode: 1, output: expect.stringContaining('use --yes') });
    expect(existsSync(file)).toBe(true);
    expect(await startCommand(['clean', '--yes', '--root', root]).ended).toMatchObject({ exitCode: 0 });
    expect(existsSync(root)).toBe(false);
  });
});

test('two stacks of one process in one root folder do not end each other', async () => {
  const root = temporaryFolder();
  const options: DeployOptions = { assembly, root, stubTraining: () => ({}) };
  const first = await deploy(options);
  const execution = first.startExecution();
  const second = await deploy(options);
  expect(second.interrupted).toEqual([]);
  await second.close();
  expect(existsSync(join(root, 'processes', String(processId)))).toBe(true);
  expect(onlyExecutionIn(root)).toMatchObject({ status: 'RUNNING' });
  await execution.output();
  await first.close();
  expect(existsSync(join(root, 'processes', String(processId)))).toBe(false);
});
