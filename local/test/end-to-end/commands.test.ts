import { type ChildProcess, execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  DescribeExecutionCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Duration } from 'aws-cdk-lib';
import { DefinitionBody, Pass, StateMachine, Wait, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import type { ExecutionRecord } from '../../src/executions/executions';
import type { TrainingOutcome } from '../../src/training';
import {
  closeServices,
  deploymentIn,
  printX,
  samplerOf,
  start,
  trainerOf,
  trainingRequest,
  tuningRequest,
  until,
  xs,
} from '../services/helpers';
import { type ServeProcess, serve as startServe } from './serve-process';
import { onlyExecutionIn, synthesize, temporaryFolder } from './support';

const PROJECT = resolve(__dirname, '../../..');
const HOUR = WaitTime.duration(Duration.hours(1));
const CLI = ['--require', './scripts/typescript.cjs', 'local/src/cli.ts'];

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command as a user does, without a terminal. */
async function local(...args: string[]): Promise<Result> {
  const running = promisify(execFile)(process.execPath, [...CLI, ...args], { cwd: PROJECT });
  running.child.stdin?.end();
  return running.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Result) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
  );
}

let assembly: string;

beforeAll(() => {
  assembly = synthesize((stack) => {
    const states = { pass: new Pass(stack, 'Echo'), wait: new Wait(stack, 'Forever', { time: HOUR }) };
    for (const [name, state] of Object.entries(states)) {
      const definitionBody = DefinitionBody.fromChainable(state);
      new StateMachine(stack, `${name}-machine`, { stateMachineName: name, definitionBody });
    }
  });
});

/** A root folder in which jobs have run. */
async function rootWithJobs(): Promise<string> {
  const root = temporaryFolder();
  const failing: TrainingOutcome = { status: 'Failed', failureReason: 'ValueError: no such column' };
  const services = await start({
    deployment: deploymentIn(root),
    trainer: trainerOf((task) => (task.hyperparameters['x'] === '3' ? failing : printX(task))),
    sampler: samplerOf(xs(2, 1, 3)),
  });
  const { router, user, jobs } = services;
  await router.call('sagemaker', 'CreateHyperParameterTuningJob', tuningRequest('search'), user);
  await until(
    () => jobs.tuning.get('search')?.description.HyperParameterTuningJobStatus,
    (status) => status === 'Completed',
  );
  await router.call('sagemaker', 'CreateTrainingJob', trainingRequest('final'), user);
  await until(
    () => jobs.training.get('final')?.description.TrainingJobStatus,
    (status) => status === 'Completed',
  );
  await closeServices();
  return root;
}

describe('stored records', () => {
  let root: string;

  beforeAll(async () => {
    root = await rootWithJobs();
    const machine = ['--state-machine', 'pass'];
    const args = ['--assembly', assembly, '--root', root, ...machine, '--input', '{"a":1}'];
    // Without a command name, the command is "run".
    expect(await local(...args)).toMatchObject({ code: 0 });
  });

  test('are listed, most recent first', async () => {
    const { stdout } = await local('list', '--root', root);
    const rows = stdout.trim().split('\n').slice(1);
    expect(rows.map((row) => row.trim())).toEqual([
      expect.stringMatching(/execution +SUCCEEDED +[\d.]+ s +[\da-f-]{36}$/),
      expect.stringMatching(/training job +Completed +[\d.]+ s +final$/),
      expect.stringMatching(/tuning job +Completed +[\d.]+ s +search$/),
    ]);
    const all = JSON.parse((await local('list', '--all', '--json', '--root', root)).stdout);
    expect(all).toHaveLength(6);
    expect(all.filter(({ status }: { status: string }) => status === 'Failed')).toMatchObject([
      { kind: 'training job', name: expect.stringMatching(/^search-003-/) },
    ]);
  });

  test('are shown, by name', async () => {
    const { name, arn } = onlyExecutionIn(root);
    const [search, final, execution, json] = await Promise.all([
      local('show', 'search', '--root', root),
      local('show', 'FINAL', '--root', root),
      local('show', name, '--root', root),
      local('show', arn, '--root', root, '--json'),
    ]);
    expect(search.stdout).toMatch(/Training jobs +2 completed, 0 stopped, 1 failed/);
    expect(search.stdout).toMatch(/ValueError: no such column/);
    expect(final.stdout).toMatch(/Name +final\n +Status +Completed[\s\S]*loss +1\.00000/);
    expect(execution.stdout).toMatch(/SUCCEEDED[\s\S]*Input: \{"a":1\}[\s\S]*Echo[\s\S]*Output: \{/);
    expect(JSON.parse(json.stdout)).toMatchObject({ name, status: 'SUCCEEDED', output: { a: 1 } });
    const none = await local('show', 'other', '--root', root);
    expect(none).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/job "other"/) });
  });

  test('have logs, which can be followed to the end', async () => {
    const text = 'starting final\nloss=1;\n';
    expect(await local('logs', 'final', '--root', root)).toEqual({ code: 0, stdout: text, stderr: '' });
    expect((await local('logs', 'final', '--follow', '--root', root)).stdout).toBe(text);
    const { code, stderr } = await local('logs', 'search', '--root', root);
    expect(code).toBe(1);
    expect(stderr).toMatch(/its training jobs have logs:\n {2}search-001-\w+\n {2}search-002-/);
  });

  test('are deleted last, and only files of local mode', async () => {
    const copy = await rootWithJobs();
    writeFileSync(join(copy, 'mine.txt'), '');
    const unasked = await local('clean', '--root', copy);
    expect(unasked).toMatchObject({ code: 1, stderr: expect.stringMatching(/use --yes/) });
    expect(unasked.stdout).toMatch(/s3: buckets, with ALL objects/);
    expect(existsSync(join(copy, 'sagemaker'))).toBe(true);
    expect(await local('clean', '--yes', '--root', copy)).toMatchObject({ code: 0 });
    expect(readdirSync(copy)).toEqual(['mine.txt']);
  });
});

test('run --json prints the record and nothing else', async () => {
  const args = ['--assembly', assembly, '--state-machine', 'pass', '--root'];
  const root = temporaryFolder();
  const { code, stdout } = await local('run', ...args, root, '--json', '--input', '{"a":1}');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(onlyExecutionIn(root));
  const inputs = ['--input', '1', '--input', '2'];
  const both: ExecutionRecord[] = JSON.parse(
    (await local('run', ...args, temporaryFolder(), '--json', ...inputs)).stdout,
  );
  expect(both.map(({ output }) => output)).toEqual([1, 2]);
});

describe('serve', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  async function serve(...args: string[]): Promise<ServeProcess> {
    const serving = await startServe(assembly, ...args);
    children.push(serving.child);
    return serving;
  }

  function clientOptions({ variables }: ServeProcess) {
    return {
      endpoint: variables['AWS_ENDPOINT_URL'],
      region: variables['AWS_REGION'],
      credentials: {
        accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? '',
        sessionToken: variables['AWS_SESSION_TOKEN'] ?? '',
      },
      maxAttempts: 1,
    };
  }

  test('clients with the printed keys start executions; Ctrl-C ends them', async () => {
    const serving = await serve();
    const { child, root, ended } = serving;
    expect(serving.variables['AWS_ENDPOINT_URL']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const { Arn } = await new STSClient(clientOptions(serving)).send(new GetCallerIdentityCommand({}));
    expect(Arn).toMatch(/:user\/local$/);
    const list = JSON.parse((await local('list', '--json', '--root', root)).stdout);
    expect(list).toEqual([]);
    const client = new SFNClient(clientOptions(serving));
    const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
    const stateMachineArn = stateMachines.find(({ name }) => name === 'wait')?.stateMachineArn;
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, name: 'long' }));
    const described = await client.send(new DescribeExecutionCommand({ executionArn }));
    expect(described.status).toBe('RUNNING');

    // While `serve` runs in the folder, other processes print a notice, and `clean` deletes nothing.
    const clean = await local('clean', '--yes', '--root', root);
    expect(clean).toMatchObject({ code: 1, stderr: expect.stringContaining(`(process ${child.pid})`) });
    const other = await local('--assembly', assembly, '--state-machine', 'pass', '--root', root);
    expect(other.stderr).toContain(`Another instance of local mode (process ${child.pid}) is running in`);
    expect(other.code).toBe(0);

    child.kill('SIGINT');
    expect(await ended).toBe(130);
    const shown = JSON.parse((await local('show', 'long', '--json', '--root', root)).stdout);
    expect(shown.status).toBe('ABORTED');
    expect(await local('clean', '--yes', '--root', root)).toMatchObject({ code: 0 });
    expect(existsSync(root)).toBe(false);
  });

  test('access keys that act as a role are limited to its policies', async () => {
    const { stderr } = await local(
      'serve',
      '--assembly',
      assembly,
      '--root',
      temporaryFolder(),
      '--role',
      '?',
    );
    const [, role = ''] = /Available: (passmachineRole\w+) /.exec(stderr) ?? [];
    const serving = await serve('--role', role);
    const { Arn } = await new STSClient(clientOptions(serving)).send(new GetCallerIdentityCommand({}));
    expect(Arn).toMatch(/:assumed-role\/[^/]*passmachineRole[^/]*\/local-mode$/);
    const listed = new SFNClient(clientOptions(serving)).send(new ListStateMachinesCommand({}));
    await expect(listed).rejects.toThrow(/not authorized to perform: states:ListStateMachines/);
  });

  test('an unknown role is reported in one line, and --admin is refused', async () => {
    const args = ['serve', '--assembly', assembly, '--root', temporaryFolder()];
    const [unknown, both] = await Promise.all([
      local(...args, '--role', 'nobody'),
      local(...args, '--role', 'nobody', '--admin'),
    ]);
    expect(unknown.stderr).toMatch(/^Stack Test has no role "nobody"\. Available: passmachineRole/m);
    expect(both.stderr).toMatch(/'--(role|admin).*' cannot be used with option '--(role|admin)/);
    for (const { code, stdout, stderr } of [unknown, both]) {
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).not.toMatch(/^ {4}at /m);
    }
  });

  test('a port that is taken or invalid is reported in one line', async () => {
    const first = await serve('--port', '0');
    const { port } = new URL(first.variables['AWS_ENDPOINT_URL'] ?? '');
    const args = ['serve', '--assembly', assembly, '--root', temporaryFolder(), '--port'];
    const [taken, none] = await Promise.all([local(...args, port), local(...args, '65536')]);
    expect(taken.stderr).toMatch(new RegExp(`^listen EADDRINUSE.*:${port}: .*--port`, 'm'));
    expect(none.stderr).toMatch(/'65536' is invalid\. must be an integer from 0/);
    for (const { code, stdout, stderr } of [taken, none]) {
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).not.toMatch(/^ {4}at /m);
    }
  });
});

test('a missing root is reported in one line', async () => {
  const root = join(temporaryFolder(), 'none');
  const results = await Promise.all([local('list', '--root', root), local('clean', '--yes', '--root', root)]);
  for (const { code, stderr } of results) {
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/none does not exist: nothing has run/),
    });
  }
  expect(existsSync(root)).toBe(false);
});

test('every command has help', async () => {
  const { stdout } = await local('--help');
  const commands = [...stdout.matchAll(/^ {2}(\w+) .*\[options\]/gm)].map(([, name = '']) => name);
  expect(commands).toEqual(expect.arrayContaining(['run', 'serve', 'list', 'show', 'logs', 'clean']));
});
