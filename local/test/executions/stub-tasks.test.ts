import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StubCommands } from '../../src/executions/stub-commands';
import { readyStubs } from '../../src/executions/stub-options';
import { checkStubs, withoutStubbedTasks } from '../../src/executions/stub-tasks';
import type { StubTasks } from '../../src/executions/stub-types';
import { until } from '../services/helpers';
import { untilEnded } from '../until-ended';

const folder = mkdtempSync(join(tmpdir(), 'stubs-'));
const work = join(folder, 'work');

afterAll(() => rmSync(folder, { recursive: true }));

describe('stubs are checked before anything starts', () => {
  const answer = { MessageId: '1' };

  test('answers and functions are kept as they are, files are read, and commands get the folder to run in', () => {
    const file = join(folder, 'answer.json');
    writeFileSync(file, JSON.stringify(answer));
    const stub = () => 1;
    expect(
      readyStubs({ A: { answer }, B: { file }, C: { command: 'cat' }, D: stub, E: { answer: null } }, '/app'),
    ).toEqual({
      A: { answer },
      B: { answer },
      C: { command: 'cat', cwd: '/app' },
      D: stub,
      E: { answer: null },
    });
  });

  const broken = join(folder, 'broken.json');
  writeFileSync(broken, '{');
  test.each<[string, unknown, RegExp]>([
    [
      'a missing file',
      { file: '/nowhere.json' },
      /^stubTasks: Notify: cannot read \/nowhere.json as JSON: ENOENT/,
    ],
    ['a file that is not JSON', { file: broken }, /cannot read .*broken.json as JSON: .*JSON/],
    ['a folder', { file: folder }, /as JSON: EISDIR/],
    [
      'an answer that is too large for a task result',
      { answer: 'a'.repeat(262_143) },
      /has 262145 bytes; the maximum for a task result is 262144/,
    ],
    ['a text', 'ok', /^stubTasks: Notify must be .*, got "ok"/],
    ['nothing', null, /got null/],
  ])('%s', (_name, stub, message) => {
    expect(() => readyStubs({ Notify: stub } as StubTasks, folder)).toThrow(message);
  });

  const definition = {
    States: {
      Notify: { Type: 'Task', Resource: 'arn:aws:states:::sns:publish' },
      Each: {
        Type: 'Map',
        ItemProcessor: {
          States: { Deploy: { Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:sagemaker:createEndpoint' } },
        },
      },
      Rest: { Type: 'Wait' },
    },
  };
  const stubs = (name: string) => ({ [name]: { answer: {} } });

  test.each([
    'Notify',
    'sns:publish',
    'arn:aws:states:::sns:publish',
    'Deploy',
    'aws-sdk:sagemaker:createEndpoint',
  ])('%s names a task', (name) => expect(() => checkStubs(stubs(name), [definition])).not.toThrow());

  const all = /Available: Notify, sns:publish, Deploy, aws-sdk:sagemaker:createEndpoint$/;
  test.each<[string, RegExp, RegExp]>([
    ['notify', /resource "notify"\. Did you mean "Notify"\? /, all],
    ['sns:publsh', /Did you mean "sns:publish"\? /, all],
    ['Unheard', /resource "Unheard"\. Available/, all],
    ['Rest', /^stubTasks: "Rest" is a Wait state; stubs can only replace Task states$/, /Task states$/],
    ['Each', /"Each" is a Map state/, /Task states$/],
  ])('%s does not', (name, message, end) => {
    expect(() => checkStubs(stubs(name), [definition])).toThrow(message);
    expect(() => checkStubs(stubs(name), [definition])).toThrow(end);
  });

  test('the check of a definition ignores the resource and arguments of a stubbed task', () => {
    const train = {
      Type: 'Task',
      Resource: 'arn:aws:states:::sagemaker:createTrainingJob',
      Arguments: { a: 1 },
    };
    const machine = { States: { Train: train, Other: train, Pass: { Type: 'Pass' } } };
    expect(withoutStubbedTasks(machine, { Train: { answer: {} } })).toEqual({
      States: { Train: { Type: 'Task' }, Other: train, Pass: { Type: 'Pass' } },
    });
  });
});

describe('a command', () => {
  const task = (signal = new AbortController().signal) => ({
    stateName: 'Deploy',
    resource: 'arn:aws:states:::sns:publish',
    arguments: { Message: 'trained: "ä"' },
    signal,
  });
  const run = (command: string, signal?: AbortSignal) =>
    new StubCommands(work).run({ command, cwd: folder }, task(signal));

  afterEach(() => expect(readdirSync(work)).toEqual([]));

  test.each<[string, string, unknown]>([
    ['gets the arguments of the task', 'cat', { Message: 'trained: "ä"' }],
    ['may print on several lines', `printf '{\\n"a":\\n1}\\n'`, { a: 1 }],
    ['may print any JSON value', 'echo null', null],
    ['may write anything to standard error', 'echo working >&2; echo 1', 1],
    ['is a shell command', 'test -d . && echo "[$((1 + 1))]"', [2]],
    [
      'gets the name of its task',
      `printf '"%s %s"' "$LOCAL_MODE_STATE_NAME" "$LOCAL_MODE_RESOURCE"`,
      'Deploy arn:aws:states:::sns:publish',
    ],
    ['need not read its input', 'exec <&-; echo true', true],
  ])('%s', async (_name, command, result) => {
    expect(await run(command)).toEqual(result);
  });

  test.each<[string, string, string, string | RegExp | undefined]>([
    [
      'sets the error',
      `echo '{"Error": "SNS.NotFound", "Cause": "no topic"}'; exit 1`,
      'SNS.NotFound',
      'no topic',
    ],
    ['need not give a cause', `echo '{"Error": "Busy"}'; exit 2`, 'Busy', undefined],
    ['says nothing', 'exit 3', 'States.TaskFailed', 'exit code 3: it printed nothing to standard error'],
    [
      'writes to standard error',
      'echo half; echo "no topic" >&2; exit 1',
      'States.TaskFailed',
      'exit code 1: no topic',
    ],
    ['does not exist', 'no-such-command-here', 'States.TaskFailed', /^exit code 127: .*not found/],
    ['is ended by a signal', 'kill -KILL $$', 'States.TaskFailed', /^exit code 137/],
    [
      'writes a lot',
      'yes error | head -c 100000 >&2; exit 1',
      'States.TaskFailed',
      /^exit code 1: .{16000,17000}$/s,
    ],
    ['prints no JSON', 'echo done', 'States.Runtime', /must print one JSON value .*printed: done$/],
    ['prints nothing', 'true', 'States.Runtime', /must print one JSON value/],
    ['prints too much', `printf '"%0300000d"' 1`, 'States.DataLimitExceeded', /more than 262144 bytes/],
    ['never stops printing', 'yes', 'States.DataLimitExceeded', /more than 262144 bytes/],
  ])('that fails: it %s', async (_name, command, error, cause) => {
    const failure = await run(command).catch((reason: unknown) => reason);
    expect(failure).toMatchObject({
      error,
      cause: cause instanceof RegExp ? expect.stringMatching(cause) : cause,
    });
  });

  test.each([
    ['', ''],
    ['  even if it ignores the signal', 'trap "" TERM; '],
  ])('ends together with its task%s, and so do its child processes', async (_name, before) => {
    mkdirSync(work, { recursive: true });
    const file = join(folder, 'pids');
    rmSync(file, { force: true });
    const controller = new AbortController();
    const commands = new StubCommands(work);
    const command = `${before}sleep 60 & echo $! $$ > ${file}; wait; sleep 60`;
    const running = commands.run({ command, cwd: folder }, task(controller.signal)).catch(() => 'ended');
    const pids = await until(
      () => readdirSync(folder).includes('pids') && readFileSync(file, 'utf8').trim().split(' ').map(Number),
      (found) => found && found.length === 2,
    );
    controller.abort(new Error('timeout'));
    await commands.ended();
    expect(await running).toBe('ended');
    await untilEnded(...(pids || []));
  });
});
