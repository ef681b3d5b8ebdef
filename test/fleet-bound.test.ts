import { Duration } from 'aws-cdk-lib';
import type { FleetBound } from '../lambda/list-fleet-items/bound';
import { ExecutionBound } from '../lambda/list-fleet-items/execution-bound';
import {
  type CostOptions,
  ParameterRange,
  TuningFleet,
  type TuningFleetProps,
  type TuningOptions,
  TuningStrategy,
} from '../lib';
import { evaluateJsonata } from './evaluate-jsonata';
import { statesOf as chainOf, definitionOf, type Json, stackOf, TUNING } from './fixtures';

const PRICES = { 'ml.m5.xlarge': 0.36, 'ml.m5.4xlarge': 1.8 };

function statesOf(cost: CostOptions | undefined, props: Partial<TuningFleetProps> = {}): Json {
  const stack = stackOf();
  new TuningFleet(stack, 'Fleet', { ...TUNING, jobNamePrefix: 'stores', cost, ...props });
  return definitionOf(stack).States;
}

const GRID = {
  strategy: TuningStrategy.grid(),
  parameterRanges: [
    ParameterRange.categorical('max_depth', ['3', '5']),
    ParameterRange.categorical('eta', ['0.1', '0.2', '0.3']),
  ],
};

const ITEMS: readonly Json[] = [
  {},
  { maxTrainingJobs: 7 },
  { maxTrainingJobs: 750, maxParallelTrainingJobs: 9 },
  { maxParallelTrainingJobs: 1 },
  { hyperparameters: { eta: '0.1' } },
  { maxTrainingJobs: 3, hyperparameters: { max_depth: '4' } },
  { maxTrainingJobs: 1600 },
];

test.each<[string, Partial<TuningOptions>, number]>([
  ['the default', {}, ITEMS.length - 1],
  ['several tuning jobs for one model', { maxTrainingJobs: 800 }, ITEMS.length],
  ['fewer combinations than training jobs', { parameterRanges: GRID.parameterRanges, maxTrainingJobs: 6 }, 4],
  ['a grid', GRID, 3],
  [
    'a maximum run time, warm pools, and different instances for the final training',
    {
      maxTuningRuntime: Duration.hours(5),
      maxParallelTrainingJobs: 4,
      resources: { instanceCount: 3, keepAlive: Duration.minutes(7) },
      finalTraining: { resources: { instanceType: 'ml.m5.4xlarge' }, maxRuntime: Duration.minutes(20) },
    },
    ITEMS.length - 1,
  ],
  [
    'a random search with more than 750 training jobs, and no final training',
    { strategy: TuningStrategy.random(), maxTrainingJobs: 800, finalTraining: { enabled: false } },
    ITEMS.length,
  ],
])('an item has the same bound as an execution with its input: %s', async (_case, props, valid) => {
  const cost = { pricePerHour: PRICES, volumePricePerMonth: 0.144 };
  const bound = new ExecutionBound(statesOf(cost, props).ListItems.Arguments.Payload.bound);
  const { Configure } = chainOf({ ...props, cost });
  let compared = 0;
  for (const input of ITEMS) {
    const { settings } = await evaluateJsonata(Configure.Output, { input });
    const { instanceSeconds, cost = Number.NaN } = bound.add(input);
    if (settings === undefined) continue;
    compared += 1;
    expect([input, instanceSeconds]).toEqual([input, settings.bound.instanceSeconds]);
    expect(cost).toBeCloseTo(settings.bound.cost, 6);
  }
  expect(compared).toBe(valid);
});

test('the functions get no bound without the property cost, and no bound on the cost without prices', () => {
  expect(statesOf(undefined).ListItems.Arguments.Payload.bound).toBeUndefined();
  expect(statesOf(undefined).SummarizeFleet.Arguments.Payload.pricePerSecond).toBeUndefined();
  const { ListItems, SummarizeFleet } = statesOf({ maxInstanceHours: 100 });
  expect(ListItems.Arguments.Payload.bound).toMatchObject({ maxInstanceHours: 100, parallel: 2 });
  expect(ListItems.Arguments.Payload.bound.cost).toBeUndefined();
  expect(SummarizeFleet.Arguments.Payload.pricePerSecond).toBeUndefined();
});

test('new prices and limits do not change the settings of items, so that unchanged items stay skipped', () => {
  const settings = (cost: CostOptions | undefined) =>
    statesOf(cost, { skipUnchanged: true }).ListItems.Arguments.Payload.lastSuccess.settings;
  expect(settings({ pricePerHour: PRICES, maxCost: 100 })).toEqual(settings(undefined));
});

test('the summary gets the price per instance second, unless instances have different prices', () => {
  const price = (props: Partial<TuningFleetProps>) =>
    statesOf({ pricePerHour: PRICES }, props).SummarizeFleet.Arguments.Payload.pricePerSecond;
  expect(price({})).toBeCloseTo(0.36 / 3600, 12);
  expect(price({ finalTraining: { resources: { instanceCount: 2 } } })).toBeCloseTo(0.36 / 3600, 12);
  expect(price({ finalTraining: { resources: { instanceType: 'ml.m5.4xlarge' } } })).toBeUndefined();
});

describe('the limits', () => {
  const BOUND: FleetBound = {
    instanceSeconds: { trainingJob: 3600, warmPool: 0, others: 1800 },
    cost: { trainingJob: 0.5, warmPool: 0, others: 0.25 },
    trainingJobs: { default: 20, limit: 750 },
    parallel: 2,
    sizes: { first: { eta: 1e9 } },
  };
  const problems = (limits: Partial<FleetBound>, ...inputs: Json[]) => {
    const bound = new ExecutionBound({ ...BOUND, ...limits });
    for (const input of inputs) bound.add(input);
    return bound.problems();
  };

  test('apply to the sum of all items', () => {
    const inputs = [{}, {}, { maxTrainingJobs: 3 }];
    expect(problems({ maxCost: 22.25, maxInstanceHours: 44.5 }, ...inputs)).toEqual([]);
    expect(problems({ maxCost: 22.24, maxInstanceHours: 44.4 }, ...inputs)).toEqual([
      'the execution could cost 22.25, and cost.maxCost is 22.24: 2 items × 10.25 (20 training jobs) + 1 item × 1.75 (3 training jobs)',
      'the execution could use 44.5 instance hours, and cost.maxInstanceHours is 44.4: 2 items × 20.5 instance hours (20 training jobs) + 1 item × 3.5 instance hours (3 training jobs)',
    ]);
  });

  test('are reported with the items that can use the most', () => {
    const inputs = Array.from({ length: 8 }, (_, index) => ({ maxTrainingJobs: index + 1 }));
    expect(problems({ maxCost: 1 }, ...inputs)[0]).toMatch(
      /: 1 item × 4\.25 \(8 training jobs\) \+ .* \+ 1 item × 2\.25 \(4 training jobs\) \+ 3 other items 3\.75$/,
    );
  });

  test.each<[string, Json, number]>([
    ['too many', { maxTrainingJobs: 1e9 }, 750],
    ['a negative number', { maxTrainingJobs: -5 }, 0],
    ['no number', { maxTrainingJobs: 'many' }, 20],
    ['no object', { hyperparameters: 'none' }, 20],
  ])('do not reject an invalid item, because it fails on its own: %s', (_case, input, jobs) => {
    expect(new ExecutionBound(BOUND).add(input).instanceSeconds).toBe(jobs * 3600 + 1800);
  });
});
