import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ExecutionLog, type ExecutionRecord, ExecutionStore } from '../../src/executions/executions';
import { readPosition } from '../../src/executions/position-file';
import {
  applyChange,
  jsonText,
  parseExact,
  parseStateMachine,
  type ResumePoint,
  startExecution,
} from '../../src/states';
import { noNotice } from '../services/helpers';
import { IDENTITY } from '../states/run-case';
import { VirtualClock } from '../states/virtual-clock';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'executions-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const record: ExecutionRecord = {
  name: 'one',
  processId: process.pid,
  arn: IDENTITY.id,
  stateMachineArn: IDENTITY.stateMachine.id,
  input: [1, 2],
  startDate: '2030-01-01T00:00:00.000Z',
  status: 'RUNNING',
};

test('the position of an execution can be read even if its last line is incomplete', async () => {
  const definition = {
    StartAt: 'Start',
    States: {
      Start: { Type: 'Pass', Next: 'Each' },
      Each: {
        Type: 'Map',
        ItemProcessor: {
          StartAt: 'Work',
          States: { Work: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true } },
        },
        End: true,
      },
    },
  };
  const log = new ExecutionStore(root, noNotice).create(record, {
    name: 'machine',
    arn: record.stateMachineArn,
    roleArn: IDENTITY.roleArn,
    definition,
  }) as ExecutionLog;
  const stop = new AbortController();
  let reached: ResumePoint | undefined;
  const execution = startExecution(parseStateMachine(definition), {
    input: record.input,
    context: IDENTITY,
    clock: new VirtualClock(),
    signal: stop.signal,
    onPosition: (change) => {
      reached = applyChange(reached, JSON.parse(JSON.stringify(change)));
      log.reach(change);
    },
    runTask: async ({ arguments: args }) => {
      if (args === 1) return 'done';
      setImmediate(() => stop.abort());
      return new Promise(() => undefined);
    },
  });
  await execution.result;
  const file = join(dirname(log.file), 'position.jsonl');
  // The position file no longer contains the data of the previous state.
  expect(readFileSync(file, 'utf8')).not.toContain('"Start"');
  appendFileSync(file, '{"at":[1],"type":"chi');
  const position = readPosition(file);
  expect(position).toEqual(reached);
  expect(position?.state?.children).toMatchObject([{ output: 'done' }, { position: { stateName: 'Work' } }]);

  const continued = new ExecutionStore(root, noNotice).reopen(record);
  continued.reach({ at: [1], type: 'child', child: { output: 'later' } });
  expect(readPosition(file)?.state?.children).toEqual([{ output: 'done' }, { output: 'later' }]);
  expect(continued.readPosition()?.state?.children?.map((child) => child?.readOutput?.())).toEqual([
    'done',
    'later',
  ]);
  continued.close();
});

test('an unreadable record is renamed with a notice; the other executions are listed', () => {
  const machine = { name: 'machine', arn: record.stateMachineArn, roleArn: IDENTITY.roleArn, definition: {} };
  const broken = { ...record, name: 'two', arn: `${record.arn}-two` };
  const store = new ExecutionStore(root, noNotice);
  store.create(record, machine);
  const log = store.create(broken, machine) as ExecutionLog;
  writeFileSync(log.file, '');
  const notices: string[] = [];
  const later = new ExecutionStore(root, (text) => notices.push(text));
  expect(later.list().map(({ name }) => name)).toEqual(['one']);
  expect(later.list()).toHaveLength(1);
  expect(later.get(broken.arn)).toBeUndefined();
  expect(notices).toEqual([expect.stringContaining(`${log.file} cannot be read`)]);
});

test('the position of an execution preserves numbers as they were written', () => {
  const store = new ExecutionStore(root, noNotice);
  const machine = { name: 'machine', arn: record.stateMachineArn, roleArn: IDENTITY.roleArn, definition: {} };
  const log = store.create(record, machine) as ExecutionLog;
  const input = parseExact('[1.0, 12345678901234567890]');
  log.reach({ at: [], type: 'reached', point: { stateName: 'A', input, variables: {} } });
  expect(jsonText(log.readPosition()?.input)).toBe('[1.0,12345678901234567890]');
});
