import {
  applyChange,
  type Clock,
  type Execution,
  type ExecutionOptions,
  type HistoryEvent,
  type JsonObject,
  parseStateMachine,
  type ResumePoint,
  StatesError,
  startExecution,
  systemClock,
} from '../../src/states';
import { IDENTITY } from './run-case';
import { VirtualClock } from './virtual-clock';

const LAMBDA = 'arn:aws:states:::lambda:invoke';

function start(definition: JsonObject, options: Partial<ExecutionOptions> = {}): Execution {
  return startExecution(parseStateMachine({ QueryLanguage: 'JSONata', ...definition }), {
    input: {},
    context: IDENTITY,
    runTask: async ({ arguments: args }) => args,
    clock: new VirtualClock(),
    ...options,
  });
}

describe('stopping', () => {
  const machine = {
    StartAt: 'Wait',
    States: {
      Wait: { Type: 'Pass', Assign: { seen: 1 }, Next: 'Work' },
      Work: {
        Type: 'Task',
        Resource: LAMBDA,
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Never' }],
        End: true,
      },
      Never: { Type: 'Pass', End: true },
    },
  };

  test('aborts the running task; the execution ends as ABORTED with the reason, and no Catch applies', async () => {
    const stop = new AbortController();
    const events: HistoryEvent[] = [];
    let taskSignal: AbortSignal | undefined;
    let position: ResumePoint | undefined;
    const execution = start(machine, {
      signal: stop.signal,
      onPosition: (change) => {
        position = applyChange(position, change);
      },
      onEvent: (event) => events.push(event),
      runTask: (call) => {
        taskSignal = call.signal;
        setImmediate(() => stop.abort(new StatesError('Stopped', 'by hand')));
        return new Promise(() => undefined);
      },
    });
    await expect(execution.result).resolves.toEqual({
      status: 'ABORTED',
      error: 'Stopped',
      cause: 'by hand',
    });
    expect(taskSignal?.aborted).toBe(true);
    expect(events.at(-1)).toMatchObject({
      type: 'ExecutionAborted',
      details: { error: 'Stopped', cause: 'by hand' },
    });
    expect(position).toMatchObject({ stateName: 'Work', input: {}, variables: { seen: 1 } });
  });

  test('with a signal that is already aborted, no state starts', async () => {
    const runTask = jest.fn();
    const { result } = start(machine, { signal: AbortSignal.abort(), runTask });
    await expect(result).resolves.toEqual({ status: 'ABORTED' });
    expect(runTask).not.toHaveBeenCalled();
  });

  test('a stopped branch records nothing more', async () => {
    const events: HistoryEvent[] = [];
    let late: () => void = () => undefined;
    const branch = (name: string) => ({
      StartAt: name,
      States: { [name]: { Type: 'Task', Resource: `${LAMBDA}.sync`, End: true } },
    });
    const { result } = start(
      {
        StartAt: 'P',
        States: { P: { Type: 'Parallel', Branches: [branch('Slow'), branch('Bad')], End: true } },
      },
      {
        onEvent: (event) => events.push(event),
        runTask: async ({ stateName, submitted }) => {
          if (stateName === 'Bad') throw new StatesError('Bad');
          late = () => submitted({ id: 1 });
          late();
          return new Promise(() => undefined);
        },
      },
    );
    await expect(result).resolves.toEqual({ status: 'FAILED', error: 'Bad' });
    const count = events.length;
    expect(events.filter(({ type }) => type === 'TaskSubmitted')).toMatchObject([
      { details: { resourceType: 'lambda', resource: 'invoke.sync', output: '{"id":1}' } },
    ]);
    late();
    expect(events).toHaveLength(count);
  });
});

test("events have AWS's details, and previousEventId links the events of each branch", async () => {
  const events: HistoryEvent[] = [];
  const inner = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } });
  await start(
    {
      StartAt: 'First',
      States: {
        First: { Type: 'Pass', Assign: { x: [1] }, Output: 2, Next: 'Both' },
        Both: { Type: 'Parallel', Branches: [inner('L'), inner('R')], End: true },
      },
    },
    { onEvent: (event) => events.push(event) },
  ).result;
  expect(events.map(({ id }) => id)).toEqual(events.map((_, i) => i + 1));
  expect(events[0]?.details).toEqual({ input: '{}', roleArn: IDENTITY.roleArn });
  expect(events[1]?.details).toEqual({ name: 'First', input: '{}' });
  expect(events[2]?.details).toEqual({ name: 'First', output: '2', assignedVariables: { x: '[1]' } });
  const before = (name: string, type: string) =>
    events.find((event) => event.type === type && event.details['name'] === name)?.previousEventId;
  const started = events.find(({ type }) => type === 'ParallelStateStarted')?.id;
  expect(before('First', 'PassStateEntered')).toBe(0);
  expect(before('L', 'PassStateEntered')).toBe(started);
  expect(before('R', 'PassStateEntered')).toBe(started);
  expect(before('R', 'PassStateExited')).toBe(
    events.find((event) => event.type === 'PassStateEntered' && event.details['name'] === 'R')?.id,
  );
});

test('a task gets the arguments of its state and the context object of the attempt', async () => {
  const runTask = jest.fn().mockResolvedValue(1);
  const { result } = start(
    {
      StartAt: 'A',
      States: {
        A: {
          Type: 'Task',
          Resource: LAMBDA,
          Arguments: '{% $states.input %}',
          TimeoutSeconds: 9,
          HeartbeatSeconds: '{% 2 + 1 %}',
          Credentials: { RoleArn: "{% 'arn:' & 'role' %}" },
          End: true,
        },
      },
    },
    { runTask, input: { a: 1 } },
  );
  await result;
  expect(runTask).toHaveBeenCalledWith(
    expect.objectContaining({
      resource: LAMBDA,
      stateName: 'A',
      arguments: { a: 1 },
      timeoutSeconds: 9,
      heartbeatSeconds: 3,
      credentials: { RoleArn: 'arn:role' },
      context: expect.objectContaining({ State: expect.objectContaining({ Name: 'A', RetryCount: 0 }) }),
    }),
  );
});

test('an unexpected error of a task, unlike a StatesError, does not fail the execution but rejects its result', async () => {
  const { result } = start(
    {
      StartAt: 'A',
      States: {
        A: { Type: 'Task', Resource: LAMBDA, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }], End: true },
        B: { Type: 'Pass', End: true },
      },
    },
    { runTask: () => Promise.reject(new TypeError('a fault')) },
  );
  await expect(result).rejects.toThrow('a fault');
});

test('sleeping on the system clock ends when the signal is aborted', async () => {
  const clock: Clock = systemClock;
  const before = clock.now().getTime();
  await clock.sleep(20, new AbortController().signal);
  expect(clock.now().getTime() - before).toBeGreaterThanOrEqual(19);
  const stop = new AbortController();
  const sleeping = clock.sleep(2 ** 40, stop.signal);
  stop.abort(new Error('woken'));
  await expect(sleeping).rejects.toThrow('woken');
  await expect(clock.sleep(1, stop.signal)).rejects.toThrow('woken');
});

test('the variables of an execution may take 10 MiB in total, and no Catch applies to a larger total', async () => {
  const count = 42;
  const states = Array.from({ length: count }, (_, i) => [
    `S${i}`,
    {
      Type: 'Task',
      Resource: LAMBDA,
      Assign: { [`v${i}`]: '{% $states.input %}' },
      Output: '{% $states.input %}',
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Never' }],
      Next: i + 1 < count ? `S${i + 1}` : 'Never',
    },
  ]);
  const { result } = start(
    { StartAt: 'S0', States: { ...Object.fromEntries(states), Never: { Type: 'Pass', End: true } } },
    { input: 'x'.repeat(250_000) },
  );
  await expect(result).resolves.toEqual({
    status: 'FAILED',
    error: 'States.DataLimitExceeded',
    cause:
      "Execution total variable size limit exceeded. State 'S41' assigned variables that exceed the total execution limit by 14324 bytes.",
  });
});

test('an endless loop ends when the history is full, and no Catch applies to this error', async () => {
  const events: HistoryEvent[] = [];
  const loop = {
    StartAt: 'Loop',
    States: {
      Loop: { Type: 'Choice', Choices: [{ Condition: false, Next: 'Done' }], Default: 'Loop' },
      Done: { Type: 'Pass', End: true },
    },
  };
  const { result } = start(
    {
      StartAt: 'P',
      States: {
        P: {
          Type: 'Parallel',
          Branches: [loop],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Never' }],
          End: true,
        },
        Never: { Type: 'Pass', End: true },
      },
    },
    { onEvent: (event) => events.push(event) },
  );
  await expect(result).resolves.toEqual({
    status: 'FAILED',
    error: 'States.Runtime',
    cause: 'The execution reached the maximum number of history events (25000).',
  });
  expect(events).toHaveLength(25_000);
  expect(events.at(-1)?.type).toBe('ExecutionFailed');
});

test('waits and retries can be shortened, but not timeouts', async () => {
  const clock = new VirtualClock(0);
  const fails = (retry: object) => ({
    Type: 'Task',
    Resource: LAMBDA,
    Retry: [{ ErrorEquals: ['States.ALL'], ...retry }],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'TimesOut' }],
    Next: 'TimesOut',
  });
  const states = {
    Wait: { Type: 'Wait', Seconds: 1000, Next: 'Until' },
    Until: { Type: 'Wait', Timestamp: '1970-01-01T00:16:50Z', Next: 'Fails' },
    Fails: fails({ IntervalSeconds: 100, MaxAttempts: 2, BackoffRate: 2 }),
    TimesOut: { Type: 'Task', Resource: LAMBDA, TimeoutSeconds: 60, End: true },
  };
  const { result } = start(
    { StartAt: 'Wait', States: states },
    {
      clock,
      waitTimeScale: 0.01,
      runTask: ({ stateName }) =>
        stateName === 'Fails' ? Promise.reject(new StatesError('No')) : new Promise(() => undefined),
    },
  );
  await expect(result).resolves.toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  // `waitTimeScale` shortens waits to 1% of their nominal times. The state `Wait` nominally takes 1000 s. The state
  // `Until` then waits from 10 s to 1010 s, another 1000 s. The retries wait for 100 s and 200 s. The timeout is not
  // shortened: 60 s.
  expect(clock.now().getTime()).toBeCloseTo(10_000 + 10_000 + 1000 + 2000 + 60_000, -1);
});
