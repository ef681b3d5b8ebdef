import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createOptunaSampler,
  type FinishedTrial,
  type Sampler,
  type SearchDimension,
  type SearchSpecification,
} from '../../src/training';
import { noNotice } from '../services/helpers';
import { defaultEnvironment, SETUP_TIMEOUT, temporaryFolder } from './support';

const ETA: SearchDimension = {
  kind: 'continuous',
  name: 'eta',
  minValue: '0.01',
  maxValue: '0.5',
  scalingType: 'Auto',
};
const DEPTH: SearchDimension = {
  kind: 'integer',
  name: 'max_depth',
  minValue: '2',
  maxValue: '10',
  scalingType: 'Linear',
};
const BOOSTER: SearchDimension = { kind: 'categorical', name: 'booster', values: ['gbtree', 'dart', '0.50'] };

let python: string;
let sampler: Sampler;
beforeAll(async () => {
  ({ python } = await defaultEnvironment());
  sampler = createOptunaSampler(python, noNotice);
}, SETUP_TIMEOUT);
afterAll(() => sampler.close());

function specification(changes: Partial<SearchSpecification> = {}): SearchSpecification {
  return {
    strategy: 'Random',
    direction: 'Minimize',
    dimensions: [ETA, DEPTH, BOOSTER],
    studyFile: join(temporaryFolder(), 'study.log'),
    previousTrials: [],
    ...changes,
  };
}

async function draw(spec: SearchSpecification, count: number): Promise<Record<string, string>[]> {
  const search = await sampler.start(spec);
  const sets: Record<string, string>[] = [];
  for (let i = 0; i < count; i += 1) {
    const asked = await search.ask();
    if (asked === undefined) {
      break;
    }
    sets.push(asked.hyperparameters);
  }
  await search.close();
  return sets;
}

/** Runs a search on a bowl-shaped objective with its minimum at eta 0.2 and depth 7. Returns the values in order. */
async function optimise(spec: SearchSpecification, count: number): Promise<number[]> {
  const search = await sampler.start(spec);
  const values: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const asked = await search.ask();
    const { eta, max_depth: depth } = asked?.hyperparameters ?? {};
    const value = Math.abs(Number(eta) - 0.2) * 10 + Math.abs(Number(depth) - 7);
    values.push(value);
    await search.tell(asked?.trial ?? -1, spec.direction === 'Minimize' ? value : -value);
  }
  return values;
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('values are strings as SageMaker prints them, inside their ranges', async () => {
  const dimensions: SearchDimension[] = [
    ETA,
    DEPTH,
    BOOSTER,
    { kind: 'continuous', name: 'alpha', minValue: '1e-9', maxValue: '1e-6', scalingType: 'Logarithmic' },
    {
      kind: 'continuous',
      name: 'momentum',
      minValue: '0.5',
      maxValue: '0.9999',
      scalingType: 'ReverseLogarithmic',
    },
  ];
  for (const set of await draw(specification({ dimensions }), 60)) {
    expect(set.eta).toMatch(/^0\.\d+$/);
    expect(set.max_depth).toMatch(/^([2-9]|10)$/);
    expect(['gbtree', 'dart', '0.50']).toContain(set.booster);
    expect(set.alpha).toMatch(/^\d(\.\d+)?e-0[6-9]$/);
    expect(String(Number(set.eta))).toBe(set.eta); // This is the shortest string that parses to the same number.
    expect(Number(set.momentum)).toBeGreaterThanOrEqual(0.5);
    expect(Number(set.momentum)).toBeLessThanOrEqual(0.9999);
  }
});

test('samples follow the scale of the range; Auto is logarithmic only for a wide range', async () => {
  const wide = (scalingType: 'Auto' | 'Linear', name: string): SearchDimension => ({
    kind: 'continuous',
    name,
    minValue: '0.001',
    maxValue: '1000',
    scalingType,
  });
  const reverse: SearchDimension = {
    kind: 'continuous',
    name: 'r',
    minValue: '0',
    maxValue: '0.9999',
    scalingType: 'ReverseLogarithmic',
  };
  const sets = await draw(
    specification({ dimensions: [wide('Auto', 'a'), wide('Linear', 'l'), ETA, reverse], randomSeed: 1 }),
    200,
  );
  const median = (name: string) => sets.map((set) => Number(set[name])).sort((x, y) => x - y)[100] ?? 0;
  expect(median('a')).toBeLessThan(10);
  expect(median('l')).toBeGreaterThan(350);
  expect(median('eta')).toBeGreaterThan(0.2);
  expect(median('r')).toBeGreaterThan(0.97);
});

test('Random with a seed is reproducible, even if the sampler is killed and continues', async () => {
  const first = await draw(specification({ randomSeed: 7 }), 8);
  const spec = specification({ randomSeed: 7 });
  const search = await sampler.start(spec);
  for (let i = 0; i < 3; i += 1) {
    const asked = await search.ask();
    expect(asked?.hyperparameters).toEqual(first[i]);
    if (i !== 1) {
      await search.tell(asked?.trial ?? -1, i);
    }
  }
  appendFileSync(spec.studyFile, '{"op_code": 4, "half a li'); // killed while writing
  // The search first repeats the trial that has no result, and then continues.
  expect(await draw(spec, 6)).toEqual([first[1], ...first.slice(3)]);
  expect(await draw(specification({ randomSeed: 8 }), 1)).not.toEqual(first.slice(0, 1));
});

test.each(['Minimize', 'Maximize'] as const)(
  'Bayesian finds better values than random search (%s)',
  async (direction) => {
    const averages = { Bayesian: 0, Random: 0 };
    for (const strategy of ['Bayesian', 'Random'] as const) {
      for (const randomSeed of [1, 2]) {
        const spec = specification({ strategy, direction, dimensions: [ETA, DEPTH], randomSeed });
        averages[strategy] += mean((await optimise(spec, 40)).slice(-20)) / 2;
      }
    }
    expect(averages.Bayesian).toBeLessThan(0.75 * averages.Random);
  },
);

test('Bayesian repeats no failed combination, and parallel jobs get different combinations', async () => {
  const search = await sampler.start(
    specification({ strategy: 'Bayesian', dimensions: [ETA], randomSeed: 3 }),
  );
  let failures = 0;
  for (let i = 0; i < 20; i += 1) {
    const asked = await search.ask();
    const distance = Math.abs(Number(asked?.hyperparameters.eta) - 0.2);
    const hasFailed = distance < 0.01;
    failures += Number(hasFailed);
    await search.tell(asked?.trial ?? -1, hasFailed ? undefined : distance);
  }
  expect(failures).toBeLessThan(8);
  const etas: number[] = [];
  for (let i = 0; i < 4; i += 1) etas.push(Number((await search.ask())?.hyperparameters.eta));
  etas.sort((one, other) => one - other);
  const gaps = etas.slice(1).map((eta, i) => eta - (etas[i] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(0.001);
});

test('a trial that a killed process stored incompletely is proposed again with all hyperparameters', async () => {
  const spec = specification({ strategy: 'Bayesian', randomSeed: 1 });
  const first = await draw(spec, 1);
  const lines = readFileSync(spec.studyFile, 'utf8').split('\n');
  const SET_TRIAL_PARAM = 5;
  const firstParam = lines.findIndex((line) => JSON.parse(line).op_code === SET_TRIAL_PARAM);
  writeFileSync(spec.studyFile, `${lines.slice(0, firstParam + 1).join('\n')}\n`);
  expect(await draw(spec, 1)).toEqual(first);
});

test('with a warm start, earlier trials guide the first trials, and incompatible trials are ignored', async () => {
  const previousTrials: FinishedTrial[] = Array.from({ length: 30 }, (_, i) => {
    const eta = 0.01 + (0.49 * i) / 30;
    const depth = 2 + (i % 9);
    return {
      hyperparameters: { eta: String(eta), max_depth: String(depth), extra: 'x' },
      value: Math.abs(eta - 0.2) * 10 + Math.abs(depth - 7),
    };
  });
  previousTrials.push({ hyperparameters: { eta: '9', max_depth: '7' }, value: -1000 });
  previousTrials.push({ hyperparameters: { eta: '0.2' }, value: -1000 });
  previousTrials.push({ hyperparameters: { eta: '0.2', max_depth: '7' } });
  const dimensions = [ETA, DEPTH];
  const cold = await optimise(specification({ strategy: 'Bayesian', dimensions, randomSeed: 5 }), 8);
  const warm = await optimise(
    specification({ strategy: 'Bayesian', dimensions, randomSeed: 5, previousTrials }),
    8,
  );
  expect(mean(warm)).toBeLessThan(mean(cold));
});

test('Grid proposes every combination once', async () => {
  const dimensions: SearchDimension[] = [
    { kind: 'categorical', name: 'a', values: ['x', 'y'] },
    { kind: 'categorical', name: 'b', values: ['1', '2', '3'] },
  ];
  const sets = await draw(specification({ strategy: 'Grid', dimensions }), 10);
  expect(sets.map(({ a, b }) => `${a}${b}`)).toEqual(['x1', 'x2', 'x3', 'y1', 'y2', 'y3']);
});

test.each(['Random', 'Bayesian'] as const)('%s repeats no combination of a small space', async (strategy) => {
  const dimensions: SearchDimension[] = [DEPTH, { kind: 'categorical', name: 'b', values: ['1', '2'] }];
  const sets = await draw(specification({ strategy, dimensions, randomSeed: 1 }), 30);
  expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(18);
  expect(sets).toHaveLength(18);
});

test('Hyperband stops poor trials at its rungs and lets good trials run to the maximum', async () => {
  const search = await sampler.start(
    specification({
      strategy: 'Hyperband',
      minResource: 1,
      maxResource: 27,
      randomSeed: 1,
      dimensions: [ETA],
    }),
  );
  const epochs: { eta: number; used: number }[] = [];
  for (let i = 0; i < 40; i += 1) {
    const asked = await search.ask();
    const eta = Number(asked?.hyperparameters.eta);
    let used = 0;
    for (let stop = false; !stop && used < 100; used += 1) {
      stop = await search.report(asked?.trial ?? -1, used, Math.abs(eta - 0.2) + 1 / (used + 1));
    }
    epochs.push({ eta, used });
    await search.tell(asked?.trial ?? -1, Math.abs(eta - 0.2));
  }
  expect(Math.max(...epochs.map(({ used }) => used))).toBe(27);
  const distance = (chosen: typeof epochs) => mean(chosen.map(({ eta }) => Math.abs(eta - 0.2)));
  const short = epochs.filter(({ used }) => used < 27);
  expect(short.length).toBeGreaterThan(10);
  expect(distance(short)).toBeGreaterThan(distance(epochs.filter(({ used }) => used === 27)));
});

test('Hyperband with a seed draws the same combinations, whatever the results', async () => {
  const sets: unknown[][] = [];
  for (const sign of [1, -1]) {
    const search = await sampler.start(
      specification({ strategy: 'Hyperband', maxResource: 9, randomSeed: 2 }),
    );
    const drawn: unknown[] = [];
    for (let i = 0; i < 12; i += 1) {
      const asked = await search.ask();
      drawn.push(asked?.hyperparameters);
      await search.tell(asked?.trial ?? -1, sign * Number(asked?.hyperparameters.eta));
    }
    sets.push(drawn);
  }
  expect(sets[0]).toEqual(sets[1]);
});

test('early stopping stops a trial that is worse than the median of the completed trials, but not a better trial', async () => {
  const search = await sampler.start(specification({ earlyStopping: true, direction: 'Maximize' }));
  const runTrial = async (level: number) => {
    const trial = (await search.ask())?.trial ?? -1;
    for (let step = 0; step < 20; step += 1) {
      if (await search.report(trial, step, level * (step + 1))) {
        await search.tell(trial, level * (step + 1));
        return step;
      }
    }
    await search.tell(trial, level * 20);
    return 'ran to its end';
  };
  for (const level of [1, 2, 3, 4]) {
    expect(await runTrial(level)).toBe('ran to its end');
  }
  expect(await runTrial(5)).toBe('ran to its end');
  expect(await runTrial(0.5)).toBe(5); // Stopped after the first quarter of its steps.
});

test('without early stopping or Hyperband, reported values have no effect', async () => {
  const search = await sampler.start(specification());
  const trial = (await search.ask())?.trial ?? -1;
  expect(await search.report(trial, 0, 1e9)).toBe(false);
});

test('Optuna can load the study file, including its failed trials', async () => {
  const spec = specification({ dimensions: [ETA] });
  const search = await sampler.start(spec);
  for (const value of [0.5, undefined, Number.NaN]) {
    await search.tell((await search.ask())?.trial ?? -1, value);
  }
  const script = join(temporaryFolder(), 'load.py');
  writeFileSync(
    script,
    `import optuna
from optuna.storages.journal import JournalFileBackend
storage = optuna.storages.JournalStorage(JournalFileBackend(${JSON.stringify(spec.studyFile)}))
study = optuna.load_study(study_name=None, storage=storage)
print([trial.state.name for trial in study.trials], study.best_value)`,
  );
  const output = execFileSync(python, [script], { encoding: 'utf8' });
  expect(output.trim()).toBe("['COMPLETE', 'FAIL', 'FAIL'] 0.5");
});

test('an invalid request fails without affecting other searches; a closed sampler accepts no requests', async () => {
  const own = createOptunaSampler(python, noNotice);
  await expect(own.start(specification({ strategy: 'Hyperband' }))).rejects.toThrow(
    /Hyperband needs maxResource/,
  );
  const search = await own.start(specification());
  expect(await search.ask()).toBeDefined();
  await own.close();
  await expect(search.ask()).rejects.toThrow(/sampler is closed/);
});
