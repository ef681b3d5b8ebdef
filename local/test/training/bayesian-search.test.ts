import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  createOptunaSampler,
  type Sampler,
  type Search,
  type SearchDimension,
  type SearchSpecification,
} from '../../src/training';
import { noNotice } from '../services/helpers';
import { defaultEnvironment, SETUP_TIMEOUT, temporaryFolder } from './support';

type Values = Record<string, string>;
type Objective = (values: Values) => number | undefined;

const numeric = (
  name: string,
  minValue: string,
  maxValue: string,
  scalingType: 'Linear' | 'Logarithmic' | 'ReverseLogarithmic' = 'Linear',
  kind: 'continuous' | 'integer' = 'continuous',
): SearchDimension => ({ kind, name, minValue, maxValue, scalingType });
const categorical = (name: string, count: number): SearchDimension => ({
  kind: 'categorical',
  name,
  values: Array.from({ length: count }, (_, i) => `c${i}`),
});
const unit = (count: number) => Array.from({ length: count }, (_, i) => numeric(`x${i}`, '0', '1'));

let sampler: Sampler;
beforeAll(async () => {
  const { python } = await defaultEnvironment();
  sampler = createOptunaSampler(python, noNotice);
}, SETUP_TIMEOUT);
afterAll(() => sampler.close());

function start(dimensions: SearchDimension[], changes: Partial<SearchSpecification> = {}): Promise<Search> {
  return sampler.start({
    strategy: 'Bayesian',
    direction: 'Minimize',
    dimensions,
    studyFile: join(temporaryFolder(), 'a.study'),
    previousTrials: [],
    randomSeed: 1,
    ...changes,
  });
}

interface Tried {
  readonly values: Values;
  readonly loss: number | undefined;
}

/**
 * Runs a search and returns its trials in the order in which they end. If trials run in parallel, the trial that
 * started first ends first.
 */
async function run(search: Search, objective: Objective, count: number, parallel = 1): Promise<Tried[]> {
  const running: { trial: number; values: Values }[] = [];
  const tried: Tried[] = [];
  for (let asked = 0; tried.length < count; ) {
    while (running.length < parallel && asked < count) {
      const next = await search.ask();
      if (next === undefined) throw new Error('nothing is left');
      running.push({ trial: next.trial, values: next.hyperparameters });
      asked += 1;
    }
    const { trial, values } = running.shift() ?? { trial: -1, values: {} };
    const loss = objective(values);
    await search.tell(trial, loss);
    tried.push({ values, loss });
  }
  return tried;
}

const best = (tried: Tried[]) => Math.min(...tried.map(({ loss }) => loss ?? Number.POSITIVE_INFINITY));
const bowl = (values: Values, center = 0.3) =>
  Math.sqrt(Object.values(values).reduce((sum, value) => sum + (Number(value) - center) ** 2, 0));
/**
 * A pseudorandom number in [0, 1) that depends only on the values. Even similar values give unrelated numbers.
 */
const chance = (values: Values) =>
  createHash('sha256').update(JSON.stringify(values)).digest().readUInt32BE() / 2 ** 32;

const SCALES: [string, SearchDimension, (value: number) => number, number][] = [
  ['Logarithmic', numeric('a', '1e-7', '1', 'Logarithmic'), (value) => Math.log10(value), -5],
  [
    'ReverseLogarithmic',
    numeric('a', '0', '0.999999', 'ReverseLogarithmic'),
    (value) => Math.log10(1 - value),
    -4,
  ],
  ['an integer, Logarithmic', numeric('a', '1', '1000000', 'Logarithmic', 'integer'), Math.log10, 2],
];
test.each(SCALES)('searches on the scale of the range: %s', async (_name, dimension, scale, optimum) => {
  const distance = (values: Values) =>
    Math.abs(scale(Number(values.a)) - optimum) + bowl({ b: values.b ?? '' });
  const tried = await run(await start([dimension, numeric('b', '0', '1')]), distance, 30);
  // On a linear scale, none of 30 trials would come close to the optimum.
  expect(best(tried)).toBeLessThan(0.3);
});

test.each([
  ['lower', 'Logarithmic', ['0.0001', '0.1'], 1],
  ['upper', 'Logarithmic', ['0.0001', '0.1'], -1],
  ['lower', 'ReverseLogarithmic', ['0.3', '0.9'], 1],
  ['upper', 'ReverseLogarithmic', ['0.3', '0.9'], -1],
] as const)(
  'at the %s end of a %s range, the value is exactly the bound',
  async (which, scaling, [low, high], sign) => {
    const tried = await run(await start([numeric('a', low, high, scaling)]), ({ a }) => sign * Number(a), 20);
    const end = Number(which === 'lower' ? low : high);
    const there = tried
      .map(({ values }) => Number(values.a))
      .filter((value) => Math.abs(value / end - 1) < 1e-9);
    expect(new Set(there)).toEqual(new Set([end]));
  },
);

test.each([2, 5, 10])(
  '%i parallel jobs differ from each other and still find the optimum',
  async (parallel) => {
    const search = await start(unit(3));
    await run(search, (values) => bowl(values), 15, parallel);
    const batch = await Promise.all(Array.from({ length: parallel }, () => search.ask()));
    const points = batch.map((asked) => Object.values(asked?.hyperparameters ?? {}).map(Number));
    const distances = points.flatMap((one, i) =>
      points.slice(i + 1).map((other) => Math.hypot(...one.map((side, k) => side - (other[k] ?? 0)))),
    );
    expect(Math.min(...distances)).toBeGreaterThan(0.005);
    expect(best(await run(await start(unit(3)), (values) => bowl(values), 40, parallel))).toBeLessThan(0.12);
  },
);

test('with a noisy objective, the search neither stays at a lucky trial nor moves away from the optimum', async () => {
  const noisy = (values: Values) => bowl(values, 0.7) + 0.2 * chance(values);
  const tried = await run(await start(unit(4)), noisy, 50);
  const late = tried.slice(-25).map(({ values }) => bowl(values, 0.7));
  // On average, a random point is 0.7 from the optimum. A corner is 0.6 to 1.4 from it.
  expect(late.reduce((sum, each) => sum + each) / late.length).toBeLessThan(0.5);
  expect(new Set(tried.map(({ values }) => JSON.stringify(values))).size).toBe(50);
});

test('the search does not move irrelevant hyperparameters to the bounds of their ranges', async () => {
  const skewed = (values: Values) => Math.exp(2 * Math.abs(Number(values.x0) - 0.3)) + 0.1 * chance(values);
  const tried = await run(await start(unit(9)), skewed, 40);
  const late = tried.slice(-20).map(({ values }) => Math.abs(Number(values.x0) - 0.3));
  expect(late.filter((distance) => distance < 0.2).length).toBeGreaterThanOrEqual(12);
});

test('the search finds the best combination of categories, even if there are too many combinations to list', async () => {
  const dimensions = Array.from({ length: 6 }, (_, i) => categorical(`x${i}`, 6));
  const wrong = (values: Values) => Object.values(values).filter((value) => value !== 'c2').length;
  const tried = await run(await start(dimensions), wrong, 50);
  expect(best(tried)).toBeLessThanOrEqual(1);
});

test('the search proposes no combination twice in a discrete space that is too large to list', async () => {
  // Small integers fill most of a logarithmic scale, so few values are near the optimum.
  const dimensions = [numeric('n', '1', '20000', 'Logarithmic', 'integer'), categorical('c', 2)];
  const noisy = (values: Values) => Math.log(Number(values.n)) + chance(values);
  const tried = await run(await start(dimensions), noisy, 40, 2);
  expect(new Set(tried.map(({ values }) => JSON.stringify(values))).size).toBe(40);
});

test('keeps exploring with a constant objective', async () => {
  const tried = await run(await start(unit(2)), () => 1, 30);
  const quarters = tried.map(({ values }) => `${Number(values.x0) < 0.5} ${Number(values.x1) < 0.5}`);
  expect(new Set(quarters).size).toBe(4);
  expect(new Set(tried.map(({ values }) => JSON.stringify(values))).size).toBe(30);
});

test.each([undefined, Number.NaN, Number.POSITIVE_INFINITY])(
  'jobs that end with %p count as failed, and the search continues with the other jobs',
  async (failure) => {
    const fails = (values: Values) => (Number(values.x0) > 0.5 ? failure : bowl(values));
    const tried = await run(await start(unit(2)), fails as Objective, 40);
    const failed = tried.slice(20).filter(({ values }) => Number(values.x0) > 0.5);
    expect(failed.length).toBeLessThan(8);
    expect(Math.min(...tried.map(({ values }) => bowl(values)))).toBeLessThan(0.1);
    const none = await run(await start(unit(2)), () => failure, 12);
    expect(new Set(none.map(({ values }) => JSON.stringify(values))).size).toBe(12);
  },
);

test('an extreme loss does not hide the differences between other losses', async () => {
  const cliff = (values: Values) => (Number(values.x0) > 0.8 ? 1e9 : bowl(values));
  const tried = await run(await start(unit(3)), cliff, 40);
  expect(best(tried)).toBeLessThan(0.1);
});

test('the same seed proposes the same trials; another seed proposes other trials', async () => {
  const values = async (randomSeed: number) =>
    (await run(await start(unit(3), { randomSeed }), (each) => bowl(each), 15)).map((each) => each.values);
  const first = await values(4);
  expect(await values(4)).toEqual(first);
  expect((await values(5))[0]).not.toEqual(first[0]);
});
