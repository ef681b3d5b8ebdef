import { execFileSync } from 'node:child_process';
import { importance } from '../../lambda/report/analyses/importance';
import { rankedJobs } from '../../lambda/report/analyses/ranking';
import { buildTuningReport } from '../../lambda/report/build-report';
import type { Range } from '../../lambda/report/report-data';
import { defaultEnvironment, SETUP_TIMEOUT } from '../../local/test/training/support';
import { pseudoRandom } from '../pseudo-random';
import { BOOSTER, DEPTH, ETA, madeSearch } from './searches';

const ROUNDS: Range = { name: 'num_round', kind: 'Integer', scaling: 'Logarithmic', min: 10, max: 1000 };
const ALPHA: Range = { name: 'alpha', kind: 'Continuous', scaling: 'Linear', min: 0, max: 10 };
const SUBSAMPLE: Range = { name: 'subsample', kind: 'Continuous', scaling: 'Linear', min: 0.5, max: 1 };
const RANGES = [ETA, DEPTH, BOOSTER, ROUNDS, ALPHA, SUBSAMPLE];

type Values = Readonly<Record<string, string>>;
const number = (values: Values, name: string) => Number(values[name]);

/** Random values from the ranges, as in a random search. */
function anyValues(random: () => number): Values {
  return Object.fromEntries(
    RANGES.map(({ name, kind, scaling, min = 0, max = 0, values = [] }) => {
      const share = random();
      if (kind === 'Categorical') return [name, values[Math.floor(share * values.length)] ?? ''];
      const value = scaling === 'Logarithmic' ? min * (max / min) ** share : min + share * (max - min);
      return [name, String(kind === 'Integer' ? Math.round(value) : value)];
    }),
  );
}

function searchOf(jobs: number, type: 'Minimize' | 'Maximize', objective: (values: Values) => number) {
  const random = pseudoRandom(7);
  return madeSearch({
    type,
    ranges: RANGES,
    jobs: Array.from({ length: jobs }, () => {
      const hyperparameters = anyValues(random);
      return { hyperparameters, value: objective(hyperparameters) };
    }),
  });
}

const SEARCHES = {
  'a learning rate and a depth': searchOf(
    120,
    'Minimize',
    (values) =>
      (Math.log10(number(values, 'eta')) + 1.3) ** 2 +
      0.05 * (number(values, 'max_depth') - 6) ** 2 +
      0.02 * number(values, 'alpha'),
  ),
  'a category, and a score to maximize': searchOf(
    300,
    'Maximize',
    (values) =>
      (values['booster'] === 'dart' ? 1 : 0) +
      0.5 * Math.log10(number(values, 'num_round')) -
      (number(values, 'subsample') - 0.8) ** 2,
  ),
  'everything a little': searchOf(
    60,
    'Minimize',
    (values) =>
      number(values, 'alpha') * 0.1 +
      number(values, 'subsample') +
      Math.abs(Math.log10(number(values, 'eta')) + 2) * 0.5 +
      0.03 * number(values, 'max_depth'),
  ),
} as const;

/** Computes the hyperparameter importance of searches with Optuna. Each search is `{ranges, jobs, type, quantile}`. */
const ASK_OPTUNA = `
import json, sys, warnings
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
warnings.simplefilter('ignore')
optuna.logging.set_verbosity(optuna.logging.ERROR)

def distribution(one):
    if one['kind'] == 'Categorical':
        return CategoricalDistribution(one['values'])
    log = one['scaling'] == 'Logarithmic'
    if one['kind'] == 'Integer':
        return IntDistribution(int(one['min']), int(one['max']), log=log)
    return FloatDistribution(one['min'], one['max'], log=log)

def value(one, text):
    return {'Categorical': str, 'Integer': int, 'Continuous': float}[one['kind']](text)

answers = []
for search in json.load(sys.stdin):
    study = optuna.create_study(direction=search['type'].lower())
    for job in search['jobs']:
        study.add_trial(optuna.trial.create_trial(
            params={one['name']: value(one, job['hyperparameters'][one['name']]) for one in search['ranges']},
            distributions={one['name']: distribution(one) for one in search['ranges']},
            value=job['value'],
        ))
    evaluator = PedAnovaImportanceEvaluator(target_quantile=search['quantile'])
    answers.append(get_param_importances(study, evaluator=evaluator))
json.dump(answers, sys.stdout)
`;

const reports = Object.values(SEARCHES).map(buildTuningReport);

test(
  "importance agrees with Optuna's own evaluator",
  async () => {
    const { python } = await defaultEnvironment();
    const asked = reports.map(({ jobs, objective }) => ({
      ranges: RANGES,
      jobs,
      type: objective.type,
      quantile: Math.max(0.1, 5 / jobs.length),
    }));
    const answers: Record<string, number>[] = JSON.parse(
      execFileSync(python, ['-c', ASK_OPTUNA], { input: JSON.stringify(asked), encoding: 'utf8' }),
    );
    expect(answers).toHaveLength(3);
    for (const [index, theirs] of answers.entries()) {
      const ours = reports[index]?.importance[0]?.hyperparameters ?? [];
      const names = ours.map(({ name }) => name);
      const order = [...names].sort((one, other) => (theirs[other] ?? 0) - (theirs[one] ?? 0));
      expect(rankCorrelation(names, order)).toBeGreaterThanOrEqual(0.9);
      // The importance values also equal Optuna's, except for rounding.
      for (const { name, importance: share } of ours) expect(share).toBeCloseTo(theirs[name] ?? -1, 4);
    }
  },
  SETUP_TIMEOUT,
);

/** Spearman's rank correlation of two rankings of the same names. */
function rankCorrelation(one: readonly string[], other: readonly string[]): number {
  const n = one.length;
  const squares = one.reduce((sum, name, rank) => sum + (rank - other.indexOf(name)) ** 2, 0);
  return 1 - (6 * squares) / (n * (n * n - 1));
}

test('only hyperparameters that affect the objective are marked as important beyond chance', () => {
  const [found] = reports[1]?.importance ?? [];
  const beyond = found?.hyperparameters
    .filter(({ isBeyondChance }) => isBeyondChance)
    .map(({ name }) => name);
  expect(beyond).toEqual(['num_round', 'booster']);
});

test('in most searches with random objective values, no hyperparameter is marked as important beyond chance', () => {
  const random = pseudoRandom(3);
  const claims = Array.from({ length: 20 }, () => {
    const jobs = Array.from({ length: 20 }, () => ({ hyperparameters: anyValues(random), value: random() }));
    const [found] = buildTuningReport(madeSearch({ ranges: RANGES, jobs })).importance;
    return found?.hyperparameters.some(({ isBeyondChance }) => isBeyondChance);
  });
  expect(claims.filter(Boolean).length).toBeLessThanOrEqual(4);
});

test.each([
  ['fewer than 20 jobs', 19, [ETA, DEPTH]],
  ['no ranges', 40, []],
  ['a single value', 40, [{ ...ETA, min: 0.1, max: 0.1 }]],
])('no importance with %s', (_case, count, ranges) => {
  const random = pseudoRandom(3);
  const jobs = Array.from({ length: count }, () => ({ hyperparameters: anyValues(random), value: random() }));
  expect(buildTuningReport(madeSearch({ ranges, jobs })).importance).toEqual([]);
});

test('there is no importance if all jobs are equally good', () => {
  const random = pseudoRandom(3);
  const jobs = Array.from({ length: 40 }, () => ({ hyperparameters: anyValues(random), value: 1 }));
  const report = buildTuningReport(madeSearch({ ranges: RANGES, jobs }));
  const [definition] = report.definitions;
  expect(definition && importance(rankedJobs(report.jobs), definition, 'Minimize')).toBeUndefined();
});
