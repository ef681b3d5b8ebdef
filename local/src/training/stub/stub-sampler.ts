import { createHash } from 'node:crypto';
import { JavaRandom } from '../../states/java-random.cjs';
import type { Sampler, Search, SearchDimension, SearchSpecification } from '../sampler';

/** Number of attempts to draw a new combination. After that, the search space counts as exhausted. */
const MOST_DRAWS = 1000;

/**
 * Creates a sampler for stubbed training, which needs no Python. A grid search tries all combinations in order.
 * Every other strategy draws random combinations, which depend only on the seed. Results are ignored.
 * A resumed search proposes the same combinations as one that was not interrupted.
 */
export function createStubSampler(): Sampler {
  return {
    ready: Promise.resolve(),
    start: async (specification) => startSearch(specification),
    close: async () => undefined,
  };
}

function startSearch(specification: SearchSpecification): Search {
  const { strategy, dimensions } = specification;
  const sets = strategy === 'Grid' ? grid(dimensions) : randomSets(specification);
  /** Trials that ended before the search was resumed. */
  const restored = new Set<number>();
  let trial = 0;
  return {
    ask: async () => {
      let next = sets.next();
      for (; restored.has(trial) && !next.done; trial += 1) next = sets.next();
      return next.done ? undefined : { trial: trial++, hyperparameters: next.value };
    },
    report: async () => false,
    restore: async (ended) => void restored.add(ended),
    tell: async () => undefined,
    close: async () => undefined,
  };
}

type Hyperparameters = Record<string, string>;

/**
 * Random combinations without repetitions, because SageMaker does not repeat any. A tuning job with a warm start draws
 * other combinations than its parents.
 */
function* randomSets(specification: SearchSpecification): Generator<Hyperparameters> {
  const { dimensions, previousTrials } = specification;
  const generator = new JavaRandom(seedOf(specification));
  const random = () => generator.nextDouble();
  const seen = new Set(previousTrials.map(({ hyperparameters }) => JSON.stringify(hyperparameters)));
  for (let draws = 0; draws < MOST_DRAWS; draws += 1) {
    const set = Object.fromEntries(dimensions.map((each) => [each.name, draw(each, random)]));
    const key = JSON.stringify(set);
    if (seen.has(key)) continue;
    seen.add(key);
    draws = 0;
    yield set;
  }
}

/** The seed depends on the last trial of the parents, so that each tuning job in a chain has a different seed. */
function seedOf({ randomSeed = 0, previousTrials }: SearchSpecification): number {
  const last = previousTrials.at(-1);
  if (last === undefined) return randomSeed;
  const hash = createHash('sha256').update(JSON.stringify(last.hyperparameters)).digest();
  return randomSeed + hash.readUInt32BE();
}

function* grid([first, ...others]: readonly SearchDimension[]): Generator<Hyperparameters> {
  if (first === undefined) {
    yield {};
    return;
  }
  for (const value of first.kind === 'categorical' ? first.values : []) {
    for (const rest of grid(others)) yield { [first.name]: value, ...rest };
  }
}

function draw(dimension: SearchDimension, random: () => number): string {
  if (dimension.kind === 'categorical') {
    return dimension.values[Math.floor(random() * dimension.values.length)] ?? '';
  }
  const { kind, minValue, maxValue, scalingType } = dimension;
  const [min, max] = [Number(minValue), Number(maxValue)];
  const from = (low: number, high: number) => low + random() * (high - low);
  const value =
    scalingType === 'Logarithmic'
      ? Math.exp(from(Math.log(min), Math.log(max)))
      : scalingType === 'ReverseLogarithmic'
        ? 1 - Math.exp(from(Math.log1p(-min), Math.log1p(-max)))
        : // All integers are equally likely, including the first and the last one.
          kind === 'integer'
          ? Math.floor(from(min, max + 1))
          : from(min, max);
  const inRange = Math.min(max, Math.max(min, value));
  return String(kind === 'integer' ? Math.round(inRange) : inRange);
}
