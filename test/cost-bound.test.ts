import { Duration, Size, Token } from 'aws-cdk-lib';
import {
  type CostBound,
  type CostOptions,
  ParameterRange,
  type TrainingResources,
  type TuningFragmentProps,
  TuningStrategy,
} from '../lib';
import { evaluateJsonata } from './evaluate-jsonata';
import { fragment, type Json, problemsOf, statesOf } from './fixtures';
import { pseudoRandom } from './pseudo-random';

const PRICES: CostOptions = { pricePerHour: { 'ml.m5.xlarge': 0.36, 'ml.m5.4xlarge': 1.8 } };

/**
 * Instance seconds of a job: one hour of training, and the two minutes that SageMaker allows for stopping.
 */
const JOB = 3600 + 120;

/** An instance type that is known only when the stack is deployed. */
const TYPE = Token.asString({ Ref: 'Type' });

const boundOf = (props: Partial<TuningFragmentProps>): CostBound | undefined => fragment(props).costBound;

/** The output of the first state for a given execution input. */
async function configure(input: Json, props: Partial<TuningFragmentProps>): Promise<Json> {
  return evaluateJsonata(statesOf(props).Configure.Output, { input });
}

describe('the bound at synth', () => {
  test.each<[name: string, props: Partial<TuningFragmentProps>, instanceSeconds: number]>([
    ['20 training jobs and the final training by default', {}, 21 * JOB],
    ['the search alone', { finalTraining: { enabled: false } }, 20 * JOB],
    ['a reused best model', { finalTraining: { reuseBest: true } }, 20 * JOB],
    [
      'several instances and a custom time limit',
      { maxTrainingJobs: 10, maxTrainingRuntime: Duration.minutes(10), resources: { instanceCount: 3 } },
      11 * 720 * 3,
    ],
    [
      'groups of instances',
      {
        resources: {
          instanceGroups: [
            { name: 'a', instanceType: 'ml.m5.xlarge', instanceCount: 2 },
            { name: 'b', instanceType: 'ml.m5.4xlarge', instanceCount: 1 },
          ],
        },
      },
      21 * JOB * 3,
    ],
    [
      'a final training of its own',
      { finalTraining: { maxRuntime: Duration.hours(2), resources: { instanceCount: 2 } } },
      20 * JOB + 2 * (7200 + 120),
    ],
    ['warm pools', { resources: { keepAlive: Duration.minutes(10) } }, 21 * (JOB + 600)],
    [
      'a search whose maxTuningRuntime is shorter than its training jobs take together',
      { maxParallelTrainingJobs: 4, maxTuningRuntime: Duration.hours(2) },
      4 * (7200 + 120) + JOB,
    ],
    [
      'a search whose maxTuningRuntime is longer than its training jobs take together',
      { maxParallelTrainingJobs: 4, maxTuningRuntime: Duration.days(2) },
      21 * JOB,
    ],
    [
      'all combinations of a grid',
      {
        strategy: TuningStrategy.grid(),
        parameterRanges: [
          ParameterRange.categorical('max_depth', ['3', '5']),
          ParameterRange.categorical('eta', ['0.1', '0.2', '0.3']),
        ],
      },
      7 * JOB,
    ],
  ])('covers %s', (_name, props, instanceSeconds) => {
    expect(boundOf(props)).toMatchObject({ instanceSeconds });
  });

  test('includes a cost only if there are prices, and uses the most expensive instance type', () => {
    expect(boundOf({})?.cost).toBeUndefined();
    expect(boundOf({ cost: PRICES })?.cost).toBeCloseTo(21 * JOB * (0.36 / 3600), 9);
    const volumes = { ...PRICES, volumePricePerMonth: 0.144 };
    expect(boundOf({ cost: volumes, resources: { volumeSize: Size.gibibytes(100) } })?.cost).toBeCloseTo(
      21 * JOB * (0.36 / 3600 + (0.144 * 100) / (30 * 24 * 3600)),
      9,
    );
    const large = { instanceType: 'ml.m5.4xlarge' };
    expect(boundOf({ cost: PRICES, finalTraining: { resources: large } })?.cost).toBeCloseTo(
      JOB * (20 * (0.36 / 3600) + 1.8 / 3600),
      9,
    );
  });

  test('says how it was calculated', () => {
    expect(boundOf({})?.calculation).toBe(
      '20 training jobs × 1.03 h + final training 1.03 h = 21.7 instance hours',
    );
    expect(boundOf({ maxTuningRuntime: Duration.hours(2) })?.calculation).toBe(
      '2 training jobs at a time × 2.03 h (maxTuningRuntime) + final training 1.03 h = 5.1 instance hours',
    );
  });

  test.each<[string, Partial<TuningFragmentProps>]>([
    ['number of instances', { resources: { instanceCount: Token.asNumber({ Ref: 'Count' }) } }],
    ['instance type', { cost: PRICES, resources: { instanceType: TYPE } }],
    ['run time', { maxTrainingRuntime: Duration.seconds(Token.asNumber({ Ref: 'Time' })) }],
    ['number of training jobs', { maxTrainingJobs: Token.asNumber({ Ref: 'Jobs' }) }],
  ])('is undefined if the %s is a token', (_name, props) => {
    expect(boundOf(props)).toBeUndefined();
  });
});

describe('limits at synth', () => {
  test.each<[name: string, props: Partial<TuningFragmentProps>, problem: string]>([
    [
      'a cost above the limit',
      { cost: { ...PRICES, maxCost: 5 } },
      'cost.maxCost: is 5, but an execution could cost 7.81: 20 training jobs × 0.37 + final training 0.37',
    ],
    [
      'instance time above the limit',
      { cost: { maxInstanceHours: 21 } },
      'cost.maxInstanceHours: is 21, but an execution could use 21.7: 20 training jobs × 1.03 h + final training 1.03 h',
    ],
    [
      'a limit without prices',
      { cost: { maxCost: 5 } },
      'cost.pricePerHour: is required, because maxCost is given',
    ],
    [
      'a price that is missing',
      { cost: PRICES, finalTraining: { resources: { instanceType: 'ml.c5.xlarge' } } },
      'cost.pricePerHour: needs the price of ml.c5.xlarge',
    ],
    [
      'a negative price',
      { cost: { pricePerHour: { 'ml.m5.xlarge': -1 } } },
      'cost.pricePerHour.ml.m5.xlarge: must be a number of at least 0, got -1',
    ],
    [
      'a limit with unknown instances',
      { cost: { maxInstanceHours: 1 }, resources: { instanceCount: Token.asNumber({ Ref: 'Count' }) } },
      'cost: needs instance types and counts, volume sizes and run times that are known at synth, not tokens',
    ],
    [
      'a limit with an unknown instance type',
      { cost: { ...PRICES, maxCost: 1 }, resources: { instanceType: TYPE } },
      'cost: needs instance types and counts, volume sizes and run times that are known at synth, not tokens',
    ],
    [
      'a limit with an unknown instance type in a group',
      {
        cost: { ...PRICES, maxCost: 1 },
        resources: { instanceGroups: [{ name: 'a', instanceType: TYPE, instanceCount: 1 }] },
      },
      'cost: needs instance types and counts, volume sizes and run times that are known at synth, not tokens',
    ],
    [
      'a limit that is a token',
      { cost: { maxInstanceHours: Token.asNumber({ Ref: 'Hours' }) } },
      'cost.maxInstanceHours: must be a number that is known at synth',
    ],
  ])('refuse %s', (_name, props, problem) => {
    expect(problemsOf(props)).toContain(problem);
  });

  test('accept what they allow exactly', () => {
    expect(boundOf({ cost: { maxInstanceHours: (21 * JOB) / 3600 } })?.instanceSeconds).toBe(21 * JOB);
  });
});

describe('an execution', () => {
  test('that could exceed the limits is refused before a job starts, and the error shows the calculation', async () => {
    const props = { cost: { ...PRICES, maxCost: 10, maxInstanceHours: 25 } };
    expect((await configure({ maxTrainingJobs: 20 }, props)).problems).toBeUndefined();
    expect((await configure({ maxTrainingJobs: 30 }, props)).problems).toEqual([
      'input: the execution could cost 11.53, and cost.maxCost is 10: 30 training jobs × 0.37 + final training 0.37. Lower maxTrainingJobs or maxParallelTrainingJobs',
      'input: the execution could use 32.03 instance hours, and cost.maxInstanceHours is 25: 30 training jobs × 1.03 h + final training 1.03 h. Lower maxTrainingJobs or maxParallelTrainingJobs',
    ]);
  });

  test('that could exceed the limits gets an error with maxTuningRuntime if this limits the search', async () => {
    const props = { maxTuningRuntime: Duration.hours(2), cost: { maxInstanceHours: 6 } };
    expect((await configure({ maxParallelTrainingJobs: 3 }, props)).problems).toEqual([
      'input: the execution could use 7.13 instance hours, and cost.maxInstanceHours is 6: 3 training jobs at a time × 2.03 h (maxTuningRuntime) + final training 1.03 h. Lower maxTrainingJobs or maxParallelTrainingJobs',
    ]);
  });

  test('with a malformed input only gets an error about the input', async () => {
    const { problems } = await configure({ maxTrainingJobs: 'many' }, { cost: { maxInstanceHours: 25 } });
    expect(problems).toEqual(['maxTrainingJobs: must be a whole number, got "many"']);
  });

  test('has the cost bound in its output only if `cost` is given', async () => {
    const resultOf = (props: Partial<TuningFragmentProps>, settings: Json) => {
      const { Output } = statesOf(props).FindBestTrainingJob;
      return evaluateJsonata(Output.result, { input: { settings }, result: { Payload: { tuningJob: 1 } } });
    };
    const { settings } = await configure({ maxTrainingJobs: 3 }, { cost: PRICES });
    expect(await resultOf({ cost: PRICES }, settings)).toEqual({
      tuningJob: 1,
      cost: { bound: { instanceSeconds: 4 * JOB, cost: expect.closeTo(4 * JOB * 0.0001, 9) } },
    });
    expect(await resultOf({}, (await configure({}, {})).settings)).toEqual({ tuningJob: 1 });
  });

  test('has the same bound as the bound that is computed at synth', async () => {
    for (const { props, jobs, parallel } of randomSearches(20)) {
      const { settings } = await configure(
        { maxTrainingJobs: jobs, maxParallelTrainingJobs: parallel },
        { ...props, cost: PRICES },
      );
      const atSynth = boundOf({
        ...props,
        cost: PRICES,
        maxTrainingJobs: jobs,
        maxParallelTrainingJobs: parallel,
      });
      expect(settings.bound.instanceSeconds).toBe(atSynth?.instanceSeconds);
      expect(settings.bound.cost).toBeCloseTo(atSynth?.cost ?? Number.NaN, 6);
    }
  });
});

interface RandomSearch {
  readonly props: Partial<TuningFragmentProps>;
  readonly jobs: number;
  readonly parallel: number;
}

function randomSearches(count: number): RandomSearch[] {
  const next = pseudoRandom(42);
  const random = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return Array.from({ length: count }, () => {
    const resources: TrainingResources = {
      instanceCount: random(1, 5),
      instanceType: random(0, 1) ? 'ml.m5.xlarge' : 'ml.m5.4xlarge',
      keepAlive: random(0, 2) ? undefined : Duration.seconds(random(1, 3600)),
    };
    return {
      props: {
        resources,
        maxTrainingRuntime: Duration.seconds(random(1, 86_400)),
        maxTuningRuntime: random(0, 1) ? Duration.seconds(random(120, 600_000)) : undefined,
        finalTraining: random(0, 2) ? undefined : { enabled: false },
      },
      jobs: random(1, 750),
      parallel: random(1, 100),
    };
  });
}
