import { type Json, type JsonObject, StatesError, type TaskCall } from '../../src/states';
import { failing, graph, lines, redrive, run, task } from './resume-support';
import { VirtualClock } from './virtual-clock';

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
