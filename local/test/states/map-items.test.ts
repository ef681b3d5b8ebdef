import {
  type ExecutionOptions,
  type FailureWait,
  type Json,
  type MapItemState,
  parseExact,
  parseStateMachine,
  StatesError,
  startExecution,
  type TaskCall,
} from '../../src/states';
import { nameOf } from '../../src/states/execution/run-item';
import { IDENTITY } from './run-case';

const TASK = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true };

/** A Map that runs a task, or a graph of states, for each item. */
function mapOf(name: string, more: object = {}, states: object = { Work: TASK }): Record<string, unknown> {
  const { ItemProcessor = {}, ...fields } = more as { ItemProcessor?: object };
  return {
    StartAt: name,
    States: {
      [name]: {
        Type: 'Map',
        ItemProcessor: { StartAt: Object.keys(states)[0], States: states, ...ItemProcessor },
        End: true,
        ...fields,
      },
    },
  };
}

const DISTRIBUTED = {
  ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
};

/** Records the start and the end of each wait. */
function recordWaits() {
  const waits: (readonly ['start' | 'end', FailureWait])[] = [];
  const onFailureWait = (wait: FailureWait) => {
    waits.push(['start', wait]);
    return () => void waits.push(['end', wait]);
  };
  return { waits, onFailureWait };
}

async function run(definition: object, input: Json, options: Partial<ExecutionOptions> = {}) {
  const items: MapItemState[] = [];
  const calls: TaskCall[] = [];
  const { result } = startExecution(parseStateMachine({ QueryLanguage: 'JSONata', ...definition }), {
    input,
    context: IDENTITY,
    onItem: (state) => items.push(state),
    runTask: async (call) => {
      calls.push(call);
      const { fails, waits } = call.arguments as { fails?: string; waits?: boolean };
      if (fails !== undefined) throw new StatesError('Bad', fails);
      if (waits)
        await new Promise((_, reject) =>
          call.signal.addEventListener('abort', () => reject(call.signal.reason)),
        );
      return null;
    },
    ...options,
  });
  await result;
  return {
    calls,
    items: items.map(({ path, status, cause, total }) => [
      path.map(({ map, index, label }) => `${map}[${index}] ${label}`).join(' / '),
      status,
      ...(cause === undefined ? [] : [cause]),
      total,
    ]),
  };
}

test('an execution reports its own waits: before a retry, and in a Wait state after a caught error', async () => {
  const { waits, onFailureWait } = recordWaits();
  const retry = { ErrorEquals: ['Bad'], IntervalSeconds: 1, MaxAttempts: 1 };
  const second = { Type: 'Wait', Seconds: 1 };
  const states = {
    First: { ...second, Next: 'Create' },
    Create: {
      ...TASK,
      End: undefined,
      Next: 'After',
      Retry: [retry],
      Catch: [{ ErrorEquals: ['Bad'], Next: 'CanWait' }],
    },
    CanWait: {
      Type: 'Choice',
      Default: 'WaitForQuota',
      Choices: [{ Condition: '{% false %}', Next: 'After' }],
    },
    WaitForQuota: { ...second, Output: { id: 'ok' }, Next: 'Create' },
    After: { ...second, End: true },
  };
  await run(
    { QueryLanguage: 'JSONata', StartAt: 'First', States: states } as never,
    { id: 'x', fails: 'used up' } as never,
    { waitTimeScale: 0.001, onFailureWait },
  );
  const wait = { executionArn: IDENTITY.id, path: [], failure: { error: 'Bad', cause: 'used up' } };
  expect(waits).toEqual(['start', 'end', 'start', 'end'].map((event) => [event, wait]));
});

describe("the states of a Map's items are reported", () => {
  test('for items that wait for a retry, with the error of the last attempt', async () => {
    const { waits, onFailureWait } = recordWaits();
    const retry = { ErrorEquals: ['Bad'], IntervalSeconds: 1, MaxAttempts: 1 };
    const { items } = await run(
      mapOf('Each', {}, { Work: { ...TASK, Retry: [retry] } }),
      [{ id: 'a', fails: 'no data' }],
      { waitTimeScale: 0.01, onFailureWait },
    );
    const path = [{ map: 'Each', index: 0, label: 'a' }];
    const wait = { executionArn: IDENTITY.id, path, failure: { error: 'Bad', cause: 'no data' } };
    expect(waits).toEqual([
      ['start', wait],
      ['end', wait],
    ]);
    expect(items.at(-1)).toEqual(['Each[0] a', 'FAILED', 'no data', 1]);
  });

  test('for items that succeed', async () => {
    const { items, calls } = await run(mapOf('Each', { MaxConcurrency: 1 }), [{ id: 'a' }, { id: 'b' }]);
    expect(items).toEqual([
      ['Each[0] a', 'RUNNING', 2],
      ['Each[0] a', 'SUCCEEDED', 2],
      ['Each[1] b', 'RUNNING', 2],
      ['Each[1] b', 'SUCCEEDED', 2],
    ]);
    expect(calls.map(({ place }) => place)).toMatchObject([
      { executionArn: IDENTITY.id, path: [{ map: 'Each', index: 0, label: 'a' }] },
      { executionArn: IDENTITY.id, path: [{ map: 'Each', index: 1, label: 'b' }] },
    ]);
  });

  test('for a failed item and the items that it stops, but not for items that were not started', async () => {
    const input: Json = [{ id: 'slow', waits: true }, { id: 'bad', fails: 'no data' }, { id: 'next' }];
    const { items } = await run(mapOf('Each', { MaxConcurrency: 2 }), input);
    expect(items).toEqual([
      ['Each[0] slow', 'RUNNING', 3],
      ['Each[1] bad', 'RUNNING', 3],
      ['Each[1] bad', 'FAILED', 'no data', 3],
      ['Each[0] slow', 'ABORTED', 3],
    ]);
  });

  test('for child executions, which can fail independently', async () => {
    const { items, calls } = await run(
      mapOf('Each', { ...DISTRIBUTED, MaxConcurrency: 1, ToleratedFailureCount: 1 }),
      [{ id: 'bad', fails: 'no data' }, { id: 'good' }],
    );
    expect(items).toEqual([
      ['Each[0] bad', 'RUNNING', 2],
      ['Each[0] bad', 'FAILED', 'no data', 2],
      ['Each[1] good', 'RUNNING', 2],
      ['Each[1] good', 'SUCCEEDED', 2],
    ]);
    // A task's `place` has the ARN of the parent execution, not of the child execution.
    expect(calls.map(({ place }) => place?.executionArn)).toEqual([IDENTITY.id, IDENTITY.id]);
  });

  test('for batches', async () => {
    const batches = { ...DISTRIBUTED, MaxConcurrency: 1, ItemBatcher: { MaxItemsPerBatch: 2 } };
    const { items } = await run(mapOf('Each', batches), [{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
    expect(items.filter(([, status]) => status === 'SUCCEEDED')).toEqual([
      ['Each[0] 2 items', 'SUCCEEDED', 2],
      ['Each[1] 1 item', 'SUCCEEDED', 2],
    ]);
  });

  test('for nested Maps from the outermost Map on, and within the item that started the execution', async () => {
    const inner = mapOf('Inner', { Items: [1, 2], MaxConcurrency: 1 })['States'] as object;
    const outer = { executionArn: 'outer', path: [{ map: 'Start', index: 7, label: 'x' }] };
    const { items, calls } = await run(mapOf('Outer', {}, inner), ['a'], { place: outer });
    expect(items.filter(([, status]) => status === 'SUCCEEDED')).toEqual([
      ['Start[7] x / Outer[0] a / Inner[0] 1', 'SUCCEEDED', 2],
      ['Start[7] x / Outer[0] a / Inner[1] 2', 'SUCCEEDED', 2],
      ['Start[7] x / Outer[0] a', 'SUCCEEDED', 1],
    ]);
    expect(calls[0]?.place?.executionArn).toBe('outer');
  });

  test('but not outside of Maps', async () => {
    const { items, calls } = await run({ StartAt: 'Work', States: { Work: TASK } }, { id: 'a' });
    expect(items).toEqual([]);
    expect(calls[0]?.place).toBeUndefined();
  });
});

test.each<[Json, string]>([
  ['houses', 'houses'],
  [3, '3'],
  [null, 'null'],
  [{ train: 's3://b/k', id: 'houses' }, 'houses'],
  [{ title: 'Houses', name: 'houses' }, 'houses'],
  [{ Key: 'input/a.csv', Size: 3 }, 'input/a.csv'],
  [{ id: 17 }, '17'],
  [parseExact('{"id":12345678901234567890}'), '12345678901234567890'],
  [{ id: { deep: 1 }, label: 'x' }, 'x'],
  [{ a: 1 }, '{"a":1}'],
  [[1, 2], '[1,2]'],
  [`${'a'.repeat(40)}-1`, `${'a'.repeat(24)}…${'a'.repeat(13)}-1`],
  ['red \u001b[31m\nname\u202e', 'red [31m name'],
])('the label of %j', (value, label) => {
  expect(nameOf({ input: {}, context: { Map: { Item: { Index: 0, Value: value } } }, size: 1 }).label).toBe(
    label,
  );
});

test('a long name is shortened in the label and kept as the ID of the item', () => {
  const id = `${'station-'.repeat(14)}7`;
  const named = nameOf({ input: {}, context: { Map: { Item: { Index: 0, Value: { id } } } }, size: 1 });
  expect(named).toEqual({ label: expect.stringMatching(/^station-.*….*-7$/), id });
});

test('the label of an item from an object is the key of the item', () => {
  const context = { Map: { Item: { Index: 0, Key: 'houses', Value: { id: 'x' } } } };
  expect(nameOf({ input: {}, context, size: 1 }).label).toBe('houses');
});
