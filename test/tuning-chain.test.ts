import { CfnParameter, Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type TuningFragmentProps, TuningIntegration, TuningStrategy, WarmStart } from '../lib';
import { evaluateAll } from './evaluate-jsonata';
import { type Json, problemsOf, stackOf, statesOf, TUNING, workflow } from './fixtures';
import { CONTEXT, definitionOf } from './fragment-definition';

type Props = Partial<TuningFragmentProps>;

const LARGE: Props = { maxTrainingJobs: 1600 };

/** Names of the states that only a search with several tuning jobs has. */
const CHAIN_STATES = ['AreTrainingJobsLeft', 'HasEarlierTuningJob'];

const STATES = statesOf(LARGE);

async function configure(input: Json, States: Json = STATES): Promise<Json> {
  return evaluateAll(States.Configure.Output, { input });
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

describe('the first state', () => {
  test.each([
    [750, 1],
    [751, 10],
    [830, 10],
    [831, 11],
    [1600, 20],
    [10_000, 121],
  ])('plans, for %d training jobs, %d tuning jobs', async (maxTrainingJobs, tuningJobs) => {
    const { settings } = await configure({ maxTrainingJobs });
    expect(settings).toMatchObject({ maxTrainingJobs, earlierTuningJobNames: [], warmStartFrom: [] });
    expect(settings.tuningJobSizes).toHaveLength(tuningJobs);
    expect(sum(settings.tuningJobSizes)).toBe(maxTrainingJobs);
    if (tuningJobs === 1) return;
    // SageMaker counts the training jobs of the five parents and of the tuning job itself.
    for (const index of settings.tuningJobSizes.keys()) {
      expect(sum(settings.tuningJobSizes.slice(Math.max(0, index - 5), index + 1))).toBeLessThanOrEqual(500);
    }
  });

  test('uses the number in the props by default, and refuses more than the limit of the library', async () => {
    expect((await configure({})).settings.tuningJobSizes).toEqual(Array(20).fill(80));
    expect((await configure({ maxTrainingJobs: 1599 })).settings.tuningJobSizes).toEqual([
      ...Array(19).fill(80),
      79,
    ]);
    expect(await configure({ maxTrainingJobs: 10_001 })).toEqual({
      problems: ['maxTrainingJobs: must be a whole number from 1 to 10000, got 10001'],
    });
  });

  test('refuses warmStartFrom in the input if the search needs several tuning jobs', async () => {
    const warmStartFrom = ['churn-1'];
    expect(await configure({ warmStartFrom })).toEqual({
      problems: [
        'warmStartFrom: cannot be combined with more than 750 training jobs, got 1600: the training jobs of earlier tuning jobs count against the limit of a tuning job',
      ],
    });
    const { settings } = await configure({ warmStartFrom, maxTrainingJobs: 700 });
    expect(settings).toMatchObject({ warmStartFrom, tuningJobSizes: [700] });
  });

  test('does not allow several tuning jobs in the input unless the props do', async () => {
    expect(await configure({ maxTrainingJobs: 751 }, statesOf({ maxTrainingJobs: 750 }))).toEqual({
      problems: ['maxTrainingJobs: must be a whole number from 1 to 750, got 751'],
    });
  });
});

/** The context object of a state. `seconds` is the time at which the state is entered. */
const contextAt = (Name: string, seconds: number) => ({
  ...CONTEXT,
  State: { ...CONTEXT.State, Name, EnteredTime: new Date(seconds * 1000).toISOString() },
});

interface Link {
  readonly name: string;
  readonly request: Json;
}

/**
 * Runs the states of the search. Each tuning job takes the given number of seconds. Returns the tuning jobs and the
 * input of `FindBestTrainingJob`.
 */
async function run(States: Json, seconds = 60, status = 'Completed'): Promise<{ links: Link[]; end: Json }> {
  const links: Link[] = [];
  let state = 'TuneHyperparameters';
  let input = await evaluateAll(States.Configure.Output, { input: {} });
  for (let time = 0; state !== 'FindBestTrainingJob'; time += seconds) {
    const { Arguments, Output, Next } = States[state];
    const states = { input, context: contextAt(state, time) };
    const request = await evaluateAll(Arguments, states);
    links.push({ name: request.HyperParameterTuningJobName, request });
    const result = { ...request, HyperParameterTuningJobStatus: status };
    input = await evaluateAll(Output, { ...states, result });
    const choice = States[Next].Choices[0];
    const after = { input, context: contextAt(Next, time + seconds) };
    if (await evaluateAll(choice.Condition, after)) {
      input = await evaluateAll(choice.Output, after);
      state = choice.Next;
    } else state = States[Next].Default;
  }
  return { links, end: input };
}

describe('several tuning jobs', () => {
  test('start with a warm start from the latest five, and together run all training jobs', async () => {
    const { links, end } = await run(STATES);
    const names = links.map(({ name }) => name);
    expect(new Set(names).size).toBe(20);
    const counts = links.map(
      ({ request }) => request.HyperParameterTuningJobConfig.ResourceLimits.MaxNumberOfTrainingJobs,
    );
    expect(counts).toEqual(Array(20).fill(80));
    const [first, ...others] = links.map(({ request }) => request.WarmStartConfig);
    expect(first).toBeUndefined();
    expect(others).toEqual(
      others.map((_, index) => ({
        WarmStartType: 'IdenticalDataAndAlgorithm',
        ParentHyperParameterTuningJobs: names
          .slice(Math.max(0, index - 4), index + 1)
          .map((name) => ({ HyperParameterTuningJobName: name })),
      })),
    );
    expect(await evaluateAll(STATES.FindBestTrainingJob.Arguments.Payload, { input: end })).toEqual({
      tuningJobName: names.at(-1),
      earlierTuningJobNames: names.slice(0, -1),
    });
  });

  test('end when one is stopped', async () => {
    expect((await run(STATES, 60, 'Stopped')).links).toHaveLength(1);
  });

  test('share the maximum run time', async () => {
    const limited = statesOf({ ...LARGE, maxTuningRuntime: Duration.minutes(10) });
    const { links } = await run(limited, 130);
    expect(
      links.map(({ request }) => request.HyperParameterTuningJobConfig.ResourceLimits.MaxRuntimeInSeconds),
      // After the last tuning job, 80 seconds are left, which is less than SageMaker's minimum.
    ).toEqual([600, 470, 340, 210]);
  });

  test('give the best training job so far if the next one does not start', async () => {
    const { Condition, Output, Next } = STATES.HasEarlierTuningJob.Choices[0];
    const failure = { Error: 'SageMaker.AmazonSageMakerException', Cause: 'no data' };
    const input = { settings: { earlierTuningJobNames: ['a', 'b', 'c'] }, tuningJobName: 'd', failure };
    expect(await evaluateAll(Condition, { input })).toBe(true);
    expect(Next).toBe('FindBestTrainingJob');
    expect(await evaluateAll(Output, { input })).toEqual({
      settings: { earlierTuningJobNames: ['a', 'b'] },
      tuningJobName: 'c',
      failure,
    });
    const first = { ...input, settings: { earlierTuningJobNames: [] } };
    expect(await evaluateAll(Condition, { input: first })).toBe(false);
    expect(STATES[STATES.HasEarlierTuningJob.Default]).toMatchObject({ Type: 'Fail' });
  });

  test('give the best training job so far if one can no longer be described', async () => {
    const sdk = statesOf({ ...LARGE, integration: TuningIntegration.SDK });
    const failure = { Error: 'States.TaskFailed', Cause: 'no answer' };
    const settings = { earlierTuningJobNames: ['a'] };
    const input = { settings, tuningJobName: 'b', polls: 3, status: 'InProgress' };
    const [caught] = sdk.DescribeTuningJob.Catch;
    const after = await evaluateAll(caught.Output, { input, errorOutput: failure });
    expect([caught.Next, after]).toEqual(['StopTuningJob', { settings, tuningJobName: 'b', failure }]);
    const { Next, Catch } = sdk.StopTuningJob;
    expect(Next).toBe('HasEarlierTuningJob');
    expect(Catch).toMatchObject([
      { ErrorEquals: ['SageMaker.ResourceNotFoundException'], Next: 'HasEarlierTuningJob' },
      { ErrorEquals: ['States.ALL'], Next: 'TuningJobOutOfSight' },
    ]);
  });

  const STATIC = statesOf({ warmStart: WarmStart.transferLearning(['a', 'b']) });
  test.each<[string, Json]>([
    ['of a chain', STATES.TuneWithWarmStart],
    ['with a warm start from the input', statesOf().TuneWithWarmStart],
    ['with a warm start from the properties', STATIC.TuneHyperparameters],
  ])(
    'are found by their own name even if the cause also contains the names of parents: %s',
    async (_name, state) => {
      const { Output } = state.Catch.find(({ Next }: Json) => Next === 'TuningJobStarted');
      const HyperParameterTuningJobName = 'c';
      const parents = ['a', 'b'].map((name) => ({ HyperParameterTuningJobName: name }));
      const WarmStartConfig = { ParentHyperParameterTuningJobs: parents };
      const causes = [
        { WarmStartConfig, HyperParameterTuningJobName },
        { HyperParameterTuningJobName, WarmStartConfig },
      ].map((description) => JSON.stringify(description));
      // A long cause is truncated, and is then not valid JSON.
      for (const Cause of [...causes, causes[0]?.slice(0, -1)]) {
        const caught = {
          input: { settings: { warmStartFrom: ['a', 'b'] } },
          errorOutput: { Error: 'States.TaskFailed', Cause },
          context: CONTEXT,
        };
        expect((await evaluateAll(Output, caught)).tuningJobName).toBe('c');
      }
    },
  );

  test.each([TuningIntegration.OPTIMIZED, TuningIntegration.SDK])(
    'handle the error of a tuning job that does not start, unless it is the first one: %s',
    (integration) => {
      const { TuneHyperparameters, TuneWithWarmStart, TuningJobStarted } = statesOf({
        ...LARGE,
        integration,
      });
      const handled = ({ Catch }: Json) =>
        Catch.find(({ ErrorEquals: [error] }: Json) => error === 'States.TaskFailed');
      if (integration === TuningIntegration.SDK) {
        expect(handled(TuneWithWarmStart).Next).toBe('HasEarlierTuningJob');
        expect(handled(TuneHyperparameters)).toBeUndefined();
      } else {
        expect([TuneWithWarmStart, TuneHyperparameters].map((state) => handled(state).Next)).toEqual([
          'TuningJobStarted',
          'TuningJobStarted',
        ]);
        expect(TuningJobStarted.Choices[0].Next).toBe('HasEarlierTuningJob');
      }
    },
  );

  test('keep increasing the intervals between polls with the AWS SDK integration', async () => {
    const sdk = statesOf({ ...LARGE, integration: TuningIntegration.SDK });
    const result = {
      HyperParameterTuningJobArn: 'arn:aws:sagemaker:eu-west-1:123456789012:hyper-parameter-tuning-job/a',
    };
    const polls = async (input: Json) =>
      (await evaluateAll(sdk.TuneWithWarmStart.Output, { input, result, context: CONTEXT })).polls;
    const input = {
      settings: { tuningJobSizes: [100, 90], earlierTuningJobNames: [] },
      tuningJobName: 'a',
      status: 'Completed',
    };
    expect(await polls(input)).toBe(1);
    const next = await evaluateAll(sdk.AreTrainingJobsLeft.Choices[0].Output, {
      input: { ...input, polls: 37 },
    });
    expect(next).toEqual({
      settings: { tuningJobSizes: [90], earlierTuningJobNames: ['a'], warmStartFrom: ['a'] },
      polls: 37,
    });
    expect(await polls(next)).toBe(37);
  });
});

describe('the states', () => {
  test.each(Object.entries({ sync: undefined, SDK: TuningIntegration.SDK }))(
    'for one tuning job are the same as in a search with several, except for the states of the chain: %s',
    (_name, integration) => {
      const one = statesOf({ integration, maxTrainingJobs: 750 });
      const several = definitionOf({ integration, maxTrainingJobs: 751 }).States;
      expect(
        Object.keys(several)
          .filter((name) => !(name in one))
          .sort(),
      ).toEqual(integration ? [...CHAIN_STATES, 'TuningJobNotStarted'] : CHAIN_STATES);
      expect(JSON.stringify(one)).not.toContain('tuningJobSizes');
      const tasks = (States: Json) =>
        Object.keys(States)
          .filter((name) => States[name].Type === 'Task')
          .sort();
      expect(tasks(several)).toEqual(tasks(one));
    },
  );

  test.each([undefined, TuningIntegration.SDK])(
    'need no more permissions for several tuning jobs than for one: %s',
    (integration) => {
      const policies = (maxTrainingJobs: number) => {
        const stack = stackOf();
        workflow({ integration, maxTrainingJobs }, stack);
        return Template.fromStack(stack).findResources('AWS::IAM::Policy');
      };
      expect(policies(751)).toEqual(policies(750));
    },
  );

  test('of several tuning jobs', () => {
    const { TuneHyperparameters, TuneWithWarmStart, TuningJobStarted, ...States } = statesOf({
      ...LARGE,
      maxTuningRuntime: Duration.hours(5),
    });
    expect({
      AreTrainingJobsLeft: States['AreTrainingJobsLeft'],
      HasEarlierTuningJob: States['HasEarlierTuningJob'],
      TuningJobStarted,
      'CanWaitForQuota-WarmStart': States['CanWaitForQuota-WarmStart'],
      TuneHyperparameters: { Next: TuneHyperparameters.Next, Output: TuneHyperparameters.Output },
      TuneWithWarmStart: {
        Next: TuneWithWarmStart.Next,
        ResourceLimits: TuneWithWarmStart.Arguments.HyperParameterTuningJobConfig.ResourceLimits,
        WarmStartConfig: TuneWithWarmStart.Arguments.WarmStartConfig,
      },
    }).toMatchSnapshot();
  });
});

describe('more than 750 training jobs', () => {
  const reason = 'more than 750 need several tuning jobs with a warm start';
  const refused = (why: string) => [
    `maxTrainingJobs: must be a whole number from 1 to 750, got 800 (${reason}, ${why})`,
  ];
  test.each<[string, Props, string[]]>([
    [
      'Hyperband',
      { strategy: TuningStrategy.hyperband({ maxResource: 100 }) },
      refused('which SageMaker documents only for Bayesian and random searches'),
    ],
    [
      'several definitions',
      { definitionName: 'one', furtherDefinitions: [{ ...TUNING, name: 'other' }] },
      refused('which SageMaker does not support for several definitions'),
    ],
    [
      'earlier tuning jobs',
      { warmStart: WarmStart.identicalDataAndAlgorithm(['churn-1']) },
      refused('and the training jobs of the tuning jobs in warmStart would count against their limits'),
    ],
    [
      'items of a fleet with a warm start from their last success',
      { _isFleetItem: true, _startsFromLastSuccess: true },
      refused(
        'and the training jobs of the tuning job before (warmStartFromPrevious) would count against their limits',
      ),
    ],
    ['items of a fleet', { _isFleetItem: true }, []],
    ['the type of a warm start', { warmStart: WarmStart.identicalDataAndAlgorithm() }, []],
    ['random search, which runs in one tuning job', { strategy: TuningStrategy.random() }, []],
    ['early stopping', { earlyStopping: true }, []],
  ])('with %s', (_name, props, problems) => {
    expect(problemsOf({ maxTrainingJobs: 800, ...props })).toEqual(problems);
  });

  test.each<[string, Partial<TuningFragmentProps>, number]>([
    ['at most 750 by default', {}, 750],
    ['at most 750 if the property is at most 750', { maxTrainingJobs: 750 }, 750],
    ['at most 10,000 if the property is more than 750', { maxTrainingJobs: 751 }, 10_000],
  ])('are in the input of a random search %s', async (_case, props, limit) => {
    const states = statesOf({ strategy: TuningStrategy.random(), ...props });
    expect((await configure({ maxTrainingJobs: limit }, states)).settings.maxTrainingJobs).toBe(limit);
    expect(await configure({ maxTrainingJobs: limit + 1 }, states)).toEqual({
      problems: [`maxTrainingJobs: must be a whole number from 1 to ${limit}, got ${limit + 1}`],
    });
  });

  test('run in one tuning job if their number is a token', () => {
    const stack = stackOf();
    const maxTrainingJobs = new CfnParameter(stack, 'Jobs', { type: 'Number' }).valueAsNumber;
    expect(Object.keys(statesOf({ maxTrainingJobs }, stack))).not.toContain(CHAIN_STATES[0]);
  });
});
