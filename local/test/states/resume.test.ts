import {
  type JsonObject,
  type PositionChange,
  type ResumePoint,
  StatesError,
  type TaskCall,
} from '../../src/states';
import { failing, graph, positionAfter, type Run, run, task } from './resume-support';
import { VirtualClock } from './virtual-clock';

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
