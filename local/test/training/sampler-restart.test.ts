import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createOptunaSampler,
  type Sampler,
  type Search,
  type SearchDimension,
  type SearchSpecification,
} from '../../src/training';
import { defaultEnvironment, killablePython, SETUP_TIMEOUT, temporaryFolder } from './support';

const ETA: SearchDimension = {
  kind: 'continuous',
  name: 'eta',
  minValue: '0.01',
  maxValue: '0.5',
  scalingType: 'Linear',
};
const LETTERS: SearchDimension[] = ['a', 'b'].map((name) => ({
  kind: 'categorical',
  name,
  values: ['1', '2', '3'],
}));
const STEPS = 9;

let python: string;
beforeAll(async () => {
  ({ python } = await defaultEnvironment());
}, SETUP_TIMEOUT);

let sampler: Sampler | undefined;
afterEach(() => sampler?.close());

/** A sampler whose process can be killed, and the notices of the sampler. */
function killableSampler(beforeStart = ''): { sampler: Sampler; kill(): void; notices: string[] } {
  const { python: wrapper, kill } = killablePython(python, beforeStart);
  const notices: string[] = [];
  sampler = createOptunaSampler(wrapper, (text) => notices.push(text));
  return { sampler, kill, notices };
}

function specification(changes: Partial<SearchSpecification>): SearchSpecification {
  return {
    strategy: 'Random',
    direction: 'Minimize',
    dimensions: [ETA],
    studyFile: join(temporaryFolder(), 'a.study'),
    previousTrials: [],
    randomSeed: 1,
    ...changes,
  };
}

/**
 * The proposals and decisions of a search with twelve trials, two of them in parallel. `disturb` is called before each
 * operation.
 */
async function transcript(search: Search, disturb: () => void): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (let pair = 0; pair < 6; pair += 1) {
    const running: { trial: number; level: number }[] = [];
    for (const other of [0, 1]) {
      disturb();
      const asked = await search.ask();
      seen.push(asked);
      if (asked !== undefined) running.push({ trial: asked.trial, level: other + Math.abs(3 - pair) });
    }
    for (let step = 0; step < STEPS; step += 1) {
      for (const { trial, level } of [...running]) {
        if (step % 4 === 1) disturb();
        const isToStop = await search.report(trial, step, level + 1 / (step + 1));
        seen.push(isToStop);
        if (isToStop || step === STEPS - 1) {
          running.splice(0, running.length, ...running.filter((each) => each.trial !== trial));
          disturb();
          await search.tell(trial, level);
        }
      }
    }
  }
  return seen;
}

const SEARCHES: [string, Partial<SearchSpecification>][] = [
  ['Random', {}],
  ['Bayesian', { strategy: 'Bayesian' }],
  ['Grid', { strategy: 'Grid', dimensions: LETTERS }],
  ['Hyperband', { strategy: 'Hyperband', minResource: 1, maxResource: STEPS }],
  ['early stopping', { earlyStopping: true }],
];

test.each(SEARCHES)(
  'a search whose process is killed continues with the same proposals: %s',
  async (_name, changes) => {
    const quiet = killableSampler();
    const expected = await transcript(await quiet.sampler.start(specification(changes)), () => undefined);
    expect(quiet.notices).toEqual([]);
    await quiet.sampler.close();

    const { sampler: killed, kill, notices } = killableSampler();
    const search = await killed.start(specification(changes));
    let operations = 0;
    const found = await transcript(search, () => {
      operations += 1;
      // The process is killed while the sampler sends the next request.
      if (operations % 11 === 2) kill();
    });
    expect(found).toEqual(expected);
    expect(notices.length).toBeGreaterThan(1);
    expect(new Set(notices)).toEqual(
      new Set([expect.stringMatching(/^Restarting the search process: .* signal SIGKILL/)]),
    );
  },
);

test('a result that a killed process has recorded but not confirmed causes no error', async () => {
  const spec = specification({});
  const { sampler: killed, kill } = killableSampler();
  const search = await killed.start(spec);
  const asked = await search.ask();
  const trial = asked?.trial ?? -1;
  // A second process records the result, as if the first process had recorded it just before it was killed.
  const recorder = createOptunaSampler(python, () => undefined);
  await (await recorder.start(spec)).tell(trial, 0.5);
  await recorder.close();
  kill();
  await search.tell(trial, 0.5);
  expect((await search.ask())?.trial).toBe(trial + 1);
});

test('a resumed search keeps the reported values of its earlier trials, even after a kill', async () => {
  const spec = specification({ earlyStopping: true });
  const before = killableSampler();
  const first = await before.sampler.start(spec);
  const trials = [await first.ask(), await first.ask(), await first.ask(), await first.ask()];
  await before.sampler.close();

  const { sampler: killed, kill } = killableSampler();
  const search = await killed.start(spec);
  for (const asked of trials) {
    await search.restore(asked?.trial ?? -1, {
      values: async () => [1, 1, 1, 1],
      value: 1,
      isStopped: false,
    });
  }
  const worse = (await search.ask())?.trial ?? -1;
  kill();
  for (const step of [0, 1, 2]) await search.report(worse, step, 9);
  expect(await search.report(worse, 3, 9)).toBe(true);
});

test('if the process is killed while it copies the trials of a warm start, the new process copies the rest', async () => {
  const spec = specification({
    previousTrials: [0.1, 0.2, 0.3, 0.4].map((eta) => ({
      hyperparameters: { eta: String(eta) },
      value: eta,
    })),
  });
  const whole = killableSampler();
  await whole.sampler.start(spec);
  await whole.sampler.close();
  const lines = readFileSync(spec.studyFile, 'utf8').split('\n');
  const part = specification({ previousTrials: spec.previousTrials });
  writeFileSync(part.studyFile, `${lines.slice(0, 4).join('\n')}\n`);
  const { sampler: next } = killableSampler();
  await next.start(part);
  const CREATE_TRIAL = '"op_code":4,';
  const created = readFileSync(part.studyFile, 'utf8').split(CREATE_TRIAL).length - 1;
  expect(created).toBe(4);
});

test('searches share the new process', async () => {
  const { sampler: killed, kill, notices } = killableSampler();
  const searches = [await killed.start(specification({})), await killed.start(specification({}))];
  kill();
  const asked = await Promise.all(searches.map((search) => search.ask()));
  expect(asked.map((each) => each?.trial)).toEqual([0, 0]);
  expect(notices).toHaveLength(1);
});

test('a search whose process is killed repeatedly fails with an error that names the signal', async () => {
  const { sampler: killed } = killableSampler('kill -9 $$');
  await expect(killed.start(specification({}))).rejects.toThrow(
    /^the sampler process was ended by signal SIGKILL .*, 4 times in a row$/,
  );
});
