import {
  applyChange,
  type ExecutionOptions,
  type ExecutionResult,
  type HistoryEvent,
  type Json,
  type JsonObject,
  type PositionChange,
  parseStateMachine,
  type ResumePoint,
  redrivePoint,
  StatesError,
  startExecution,
  type TaskCall,
} from '../../src/states';
import { IDENTITY } from './run-case';
import { VirtualClock } from './virtual-clock';

const LAMBDA = 'arn:aws:states:::lambda:invoke';

/** The data that local mode stores about an execution. */
interface Run {
  readonly result: ExecutionResult;
  readonly events: readonly HistoryEvent[];
  readonly changes: readonly PositionChange[];
  readonly calls: readonly TaskCall[];
}

async function run(definition: JsonObject, options: Partial<ExecutionOptions> = {}): Promise<Run> {
  const events: HistoryEvent[] = [];
  const changes: PositionChange[] = [];
  const calls: TaskCall[] = [];
  const runTask = options.runTask ?? (async ({ arguments: args }: TaskCall) => args);
  const { result } = startExecution(parseStateMachine({ QueryLanguage: 'JSONata', ...definition }), {
    input: {},
    context: IDENTITY,
    clock: new VirtualClock(),
    onEvent: (event) => events.push(event),
    // A deep copy, as if read from a file.
    onPosition: (change) => changes.push(JSON.parse(JSON.stringify(change)) as PositionChange),
    ...options,
    runTask: (call) => {
      calls.push(call);
      return runTask(call);
    },
  });
  return { result: await result, events, changes, calls };
}

function positionAfter(changes: readonly PositionChange[]): ResumePoint {
  const copies = JSON.parse(JSON.stringify(changes)) as PositionChange[];
  const point = copies.reduce<ResumePoint | undefined>(applyChange, undefined);
  if (!point) throw new Error('nothing was reached');
  return point;
}

/** Redrives an execution that has ended. */
function redrive(definition: JsonObject, before: Run, options: Partial<ExecutionOptions> = {}): Promise<Run> {
  const { error } = before.result as { error?: string };
  return run(definition, {
    ...options,
    resumeFrom: redrivePoint(positionAfter(before.changes), error),
    isRedrive: true,
    eventsBefore: before.events.length,
    context: { ...IDENTITY, redriveCount: 1, redriveTime: new Date('2030-01-02T00:00:00Z') },
  });
}

const task = (more: JsonObject = {}): JsonObject => ({ Type: 'Task', Resource: LAMBDA, End: true, ...more });
const graph = (name: string, state: JsonObject): JsonObject => ({ StartAt: name, States: { [name]: state } });
const lines = (events: readonly HistoryEvent[]) =>
  events.map(({ id, previousEventId, type }) => `${id} ${type} <- ${previousEventId}`);
const failing = (...names: string[]) =>
  jest.fn(async ({ stateName, arguments: args }: TaskCall) => {
    if (names.includes(stateName)) throw new StatesError('Bad', 'for now');
    return args;
  });

describe('redrive', () => {
  // The events have the same order and the same `previousEventId` as in an execution recorded on AWS.
  test('of a Parallel state runs only the branches that failed or were aborted', async () => {
    const definition = graph('P', {
      Type: 'Parallel',
      Branches: [graph('Good', task()), graph('Bad', task()), graph('Slow', task())],
      End: true,
    });
    const first = await run(definition, {
      runTask: async (call) => {
        if (call.stateName === 'Slow') return new Promise(() => undefined);
        if (call.stateName === 'Bad') await new Promise(setImmediate);
        return failing('Bad')(call);
      },
    });
    expect(first.result).toEqual({ status: 'FAILED', error: 'Bad', cause: 'for now' });
    const failed = first.events.find(({ type }) => type === 'TaskFailed')?.id ?? 0;
    expect(lines(first.events).slice(-4)).toEqual([
      `${failed + 1} TaskStateAborted <- ${failed}`,
      `${failed + 2} TaskStateAborted <- ${failed}`,
      `${failed + 3} ParallelStateFailed <- ${failed}`,
      `${failed + 4} ExecutionFailed <- ${failed + 3}`,
    ]);
    const second = await redrive(definition, first, {
      runTask: async ({ stateName, context }) => {
        if (stateName === 'Slow') await new Promise(setImmediate);
        return `${stateName} ${JSON.stringify(context['Execution'])}`;
      },
    });
    expect(second.calls.map(({ stateName }) => stateName)).toEqual(['Bad', 'Slow']);
    expect(second.result).toMatchObject({
      output: [
        {},
        expect.stringContaining('"RedriveCount":1,"RedriveTime":"2030-01-02T00:00:00.000Z"'),
        expect.stringMatching(/^Slow/),
      ],
    });
    const entered = (name: string) => first.events.find(({ details }) => details['name'] === name)?.id;
    const redriven = first.events.length + 1;
    expect(lines(second.events)).toEqual([
      `${redriven} ExecutionRedriven <- ${redriven - 1}`,
      `${redriven + 1} TaskScheduled <- ${entered('Bad')}`,
      `${redriven + 2} TaskStarted <- ${redriven + 1}`,
      `${redriven + 3} TaskScheduled <- ${entered('Slow')}`,
      `${redriven + 4} TaskStarted <- ${redriven + 3}`,
      `${redriven + 5} TaskSucceeded <- ${redriven + 2}`,
      `${redriven + 6} TaskStateExited <- ${redriven + 5}`,
      `${redriven + 7} TaskSucceeded <- ${redriven + 4}`,
      `${redriven + 8} TaskStateExited <- ${redriven + 7}`,
      `${redriven + 9} ParallelStateSucceeded <- ${redriven + 8}`,
      `${redriven + 10} ParallelStateExited <- ${redriven + 8}`,
      `${redriven + 11} ExecutionSucceeded <- ${redriven + 10}`,
    ]);
  });

  test('of an inline Map continues with the failed iteration and then starts the remaining iterations', async () => {
    const definition = graph('M', {
      Type: 'Map',
      MaxConcurrency: 1,
      ItemProcessor: graph('T', task()),
      End: true,
    });
    const runTask = async ({ arguments: args }: TaskCall) => {
      if (args === 1) throw new StatesError('Bad');
      return args;
    };
    const first = await run(definition, { input: [0, 1, 2], runTask });
    expect(lines(first.events).slice(9)).toEqual([
      '10 MapIterationSucceeded <- 9',
      '11 MapIterationStarted <- 9',
      '12 TaskStateEntered <- 11',
      '13 TaskScheduled <- 12',
      '14 TaskStarted <- 13',
      '15 TaskFailed <- 14',
      '16 MapIterationFailed <- 15',
      '17 TaskStateAborted <- 15',
      '18 MapStateFailed <- 15',
      '19 ExecutionFailed <- 18',
    ]);
    const second = await redrive(definition, first, { input: [0, 1, 2] });
    expect(second.calls.map((call) => call.arguments)).toEqual([1, 2]);
    expect(second.result).toEqual({ status: 'SUCCEEDED', output: [0, 1, 2] });
    expect(lines(second.events)).toEqual([
      '20 ExecutionRedriven <- 19',
      '21 TaskScheduled <- 12',
      '22 TaskStarted <- 21',
      '23 TaskSucceeded <- 22',
      '24 TaskStateExited <- 23',
      '25 MapIterationSucceeded <- 24',
      '26 MapIterationStarted <- 24',
      '27 TaskStateEntered <- 26',
      '28 TaskScheduled <- 27',
      '29 TaskStarted <- 28',
      '30 TaskSucceeded <- 29',
      '31 TaskStateExited <- 30',
      '32 MapIterationSucceeded <- 31',
      '33 MapStateSucceeded <- 32',
      '34 MapStateExited <- 32',
      '35 ExecutionSucceeded <- 34',
    ]);
  });

  test('of a distributed Map runs only the children that did not succeed, with the same ARNs', async () => {
    const definition = graph('M', {
      Type: 'Map',
      ToleratedFailureCount: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Assign: { a: '{% $states.input %}' }, Next: 'B' },
          B: task({
            Arguments: '{% [$a, $states.context.Execution.Id, $states.context.Execution.RedriveCount] %}',
          }),
        },
      },
      End: true,
    });
    let good = [0];
    const runTask = async ({ arguments: args }: TaskCall) => {
      const [item = null] = args as readonly Json[];
      if (!good.includes(Number(item))) throw new StatesError('Bad');
      return args;
    };
    const first = await run(definition, { input: [0, 1, 2], runTask });
    expect(first.result).toMatchObject({ error: 'States.ExceedToleratedFailureThreshold' });
    good = [0, 1, 2];
    const second = await redrive(definition, first, { input: [0, 1, 2], runTask });
    const { output } = second.result as { output: readonly (readonly Json[])[] };
    expect(output.map(([item, , redriveCount]) => [item, redriveCount])).toEqual([
      [0, 0],
      [1, 1],
      [2, 1],
    ]);
    const arns = (calls: readonly TaskCall[]) => calls.map((call) => (call.arguments as readonly Json[])[1]);
    expect(arns(second.calls)).toEqual(arns(first.calls).slice(1));
    const started = first.events.find(({ type }) => type === 'MapRunStarted');
    expect(second.events.slice(1).map(({ type, details }) => [type, details])).toMatchObject([
      ['MapRunRedriven', { mapRunArn: started?.details['mapRunArn'], redriveCount: 1 }],
      ['MapRunSucceeded', {}],
      ['MapStateSucceeded', {}],
      ['MapStateExited', { name: 'M' }],
      ['ExecutionSucceeded', {}],
    ]);
  });

  test('of a distributed Map runs Express children from their beginning', async () => {
    const definition = graph('M', {
      Type: 'Map',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
        StartAt: 'A',
        States: { A: task({ End: undefined as never, Next: 'B' }), B: task() },
      },
      End: true,
    });
    const first = await run(definition, { input: [0], runTask: failing('B') });
    const second = await redrive(definition, first, { input: [0] });
    expect(second.calls.map(({ stateName }) => stateName)).toEqual(['A', 'B']);
  });

  test('restarts the retries and a Wait', async () => {
    const definition = {
      StartAt: 'P',
      States: {
        P: {
          Type: 'Parallel',
          Branches: [
            graph('T', task({ Retry: [{ ErrorEquals: ['Bad'], MaxAttempts: 2 }] })),
            graph('W', { Type: 'Wait', Seconds: 100, End: true }),
          ],
          End: true,
        },
      },
    };
    const first = await run(definition, { runTask: failing('T') });
    expect(first.calls).toHaveLength(3);
    const clock = new VirtualClock();
    const start = clock.now().getTime();
    const runTask = failing('T').mockRejectedValueOnce(new StatesError('Bad')).mockResolvedValueOnce('good');
    const second = await redrive(definition, first, { runTask, clock });
    expect(second.result).toEqual({ status: 'SUCCEEDED', output: ['good', {}] });
    expect(second.calls.map(({ context }) => (context['State'] as JsonObject)['RetryCount'])).toEqual([0, 1]);
    expect(clock.now().getTime() - start).toBe(100_000);
  });

  test('of a Parallel state whose result was too large runs all branches; a Fail state fails again', async () => {
    const definition = graph('P', {
      Type: 'Parallel',
      Branches: [graph('A', task()), graph('B', task())],
      End: true,
    });
    const half = 'a'.repeat(140_000);
    const first = await run(definition, { runTask: async () => half });
    expect(first.result).toMatchObject({ error: 'States.DataLimitExceeded' });
    const second = await redrive(definition, first);
    expect(second.result).toEqual({ status: 'SUCCEEDED', output: [{}, {}] });

    const fail = graph('F', { Type: 'Fail', Error: 'Never' });
    const failed = await run(fail);
    expect(lines((await redrive(fail, failed)).events)).toEqual([
      '4 ExecutionRedriven <- 3',
      '5 ExecutionFailed <- 4',
    ]);
  });
});

describe('resuming after the process was killed', () => {
  /**
   * A definition with nested states. It has every type of state that takes time: Wait, Task, Parallel and Map.
   */
  const definition: JsonObject = {
    StartAt: 'Prepare',
    States: {
      Prepare: { Type: 'Pass', Assign: { outer: 'o' }, Next: 'Both' },
      Both: {
        Type: 'Parallel',
        Branches: [
          {
            StartAt: 'Choose',
            States: {
              Choose: {
                Type: 'Choice',
                Choices: [{ Condition: true, Assign: { inner: "{% $outer & 'i' %}" }, Next: 'Each' }],
              },
              Each: {
                Type: 'Map',
                Items: ['x', 'y', 'z'],
                MaxConcurrency: 2,
                ItemProcessor: {
                  StartAt: 'Pause',
                  States: {
                    Pause: { Type: 'Wait', Seconds: 5, Next: 'Work' },
                    Work: task({
                      Arguments: '{% $inner & $states.input & $states.context.Map.Item.Index %}',
                      Retry: [{ ErrorEquals: ['Flaky'] }],
                    }),
                  },
                },
                End: true,
              },
            },
          },
          {
            StartAt: 'Many',
            States: {
              Many: {
                Type: 'Map',
                Items: [1, 2, 3, 4],
                ItemBatcher: { MaxItemsPerBatch: 2 },
                ToleratedFailureCount: 2,
                ItemProcessor: {
                  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
                  ...graph('Sum', task({ Arguments: '{% $sum($states.input.Items) %}' })),
                },
                End: true,
              },
            },
          },
        ],
        Next: 'Last',
      },
      Last: { Type: 'Pass', Output: '{% [$states.input, $outer] %}', End: true },
    },
  };
  const output = [['oix0', 'oiy1', 'oiz2'], [7], 'o'];

  /**
   * Tasks that return their arguments. The first call for item `y` fails, and all calls for the first batch fail.
   */
  function tasks(): (call: TaskCall) => Promise<unknown> {
    return async ({ arguments: args, context }) => {
      const { RetryCount: retries } = context['State'] as JsonObject;
      if (args === 'oiy1' && retries === 0) throw new StatesError('Flaky');
      if (args === 3) throw new StatesError('Bad');
      return args;
    };
  }

  test('at any point gives the same result, and no finished task runs again', async () => {
    const whole = await run(definition, { runTask: tasks() });
    expect(whole.result).toEqual({ status: 'SUCCEEDED', output });
    const isCall = (change: PositionChange) => change.type === 'state' && change.state.call !== undefined;
    for (let kept = 1; kept <= whole.changes.length; kept++) {
      const changes = whole.changes.slice(0, kept);
      const rest = await run(definition, {
        runTask: tasks(),
        resumeFrom: positionAfter(changes),
        eventsBefore: whole.events.length,
      });
      expect(rest.result).toEqual({ status: 'SUCCEEDED', output });
      const resumed = rest.calls.filter((call) => call.resumed).length;
      expect(rest.calls.length - resumed).toBe(whole.calls.length - changes.filter(isCall).length);
      expect(rest.events.filter(({ type }) => type === 'ExecutionRedriven')).toEqual([]);
    }
  });

  test('continues a Wait and the time before a retry, and repeats a call with the same arguments', async () => {
    const machine = {
      StartAt: 'W',
      States: {
        W: { Type: 'Wait', Seconds: 100, Next: 'T' },
        T: task({
          Arguments: '{% $random() %}',
          Retry: [{ ErrorEquals: ['Bad'], IntervalSeconds: 100, MaxAttempts: 1 }],
        }),
      },
    };
    const whole = await run(machine, {
      runTask: async ({ arguments: args, submitted }) => {
        submitted('accepted');
        throw new StatesError('Bad', String(args));
      },
    });
    const kept = (find: (change: PositionChange) => boolean) =>
      positionAfter(whole.changes.slice(0, whole.changes.findIndex(find) + 1));
    const secondsOf = async (resumeFrom: ResumePoint) => {
      const clock = new VirtualClock(resumeFrom.state ? Date.parse('2030-01-01T00:01:00Z') : undefined);
      const start = clock.now().getTime();
      const { calls } = await run(machine, { resumeFrom, clock });
      return [(clock.now().getTime() - start) / 1000, calls.map(({ resumed }) => resumed)];
    };
    expect(await secondsOf(kept((c) => c.type === 'state' && c.state.waitUntil !== undefined))).toEqual([
      40,
      [undefined],
    ]);
    // The attempt failed after 100 seconds, so the retry is due after 200 seconds. The clock of the resumed process
    // starts at 60 seconds.
    const retried = kept(({ type }) => type === 'attempt');
    expect(await secondsOf(retried)).toEqual([140, [undefined]]);
    const submitted = kept((c) => c.type === 'state' && c.state.call?.submitted !== undefined);
    expect(await secondsOf(submitted)).toEqual([0, [{ submitted: 'accepted' }]]);
    const again = await run(machine, { resumeFrom: submitted, eventsBefore: whole.events.length });
    expect(again.calls[0]?.arguments).toBe(whole.calls[0]?.arguments);
    expect(again.events.map(({ type }) => type)).toEqual([
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test('counts items that failed before toward the tolerated failures of a distributed Map', async () => {
    const machine = graph('M', {
      Type: 'Map',
      MaxConcurrency: 1,
      ToleratedFailureCount: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        ...graph('Train', task()),
      },
      End: true,
    });
    const options = { input: [1, 2, 3, 4], runTask: failing('Train') };
    const whole = await run(machine, options);
    const itemsOf = ({ calls }: Run) => calls.map((call) => call.arguments);
    expect(itemsOf(whole)).toEqual([1, 2]);

    const firstFailed = whole.changes.findIndex((change) => JSON.stringify(change).includes('"failure"'));
    const resumeFrom = positionAfter(whole.changes.slice(0, firstFailed + 1));
    const rest = await run(machine, { ...options, resumeFrom, eventsBefore: whole.events.length });
    expect(itemsOf(rest)).toEqual([2]);
    expect(rest.result).toMatchObject({ error: 'States.ExceedToleratedFailureThreshold' });
  });

  test('needs stored data that grows linearly with the number of iterations', async () => {
    const machine = graph('M', {
      Type: 'Map',
      ItemProcessor: graph('P', { Type: 'Pass', End: true }),
      End: true,
    });
    const sizeOf = async (length: number) => {
      const { changes } = await run(machine, { input: Array.from({ length }, () => 'item') });
      return JSON.stringify(changes).length;
    };
    const [small, large] = [await sizeOf(100), await sizeOf(1000)];
    expect(large).toBeLessThan(small * 11);
  });
});
