import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createXGBoostTrainer, MetricCollector, type Trainer } from '../../src/training';
import { logEvents } from '../../src/training/log-events';
import { PYTHON_FOLDER } from '../../src/training/python-process';
import { frameworkOf } from '../../src/training/script/frameworks';
import {
  defaultEnvironment,
  environments,
  failureReason,
  IMAGE,
  runJob,
  SETUP_TIMEOUT,
  temporaryFolder,
  withClasses,
  writeRegressionCsv,
} from './support';

let python: string;
let trainer: Trainer;
const folder = temporaryFolder();
const train = [writeRegressionCsv(join(folder, 'train.csv'), 100, 4, 1)];
const validation = [writeRegressionCsv(join(folder, 'validation.csv'), 31, 4, 2)];
/** The training and validation data with 0 and 1 as labels. */
const twoClasses = Object.fromEntries(
  Object.entries({ train, validation }).map(([name, [file = '']]) => {
    const rows = readFileSync(file, 'utf8').trim().split('\n');
    const path = join(folder, `${name}-binary.csv`);
    writeFileSync(
      path,
      rows.map((row) => row.replace(/^[^,]*/, (y) => (Number(y) > 0 ? '1' : '0'))).join('\n'),
    );
    return [name, [path]];
  }),
) as { readonly train: string[]; readonly validation: string[] };
const BASE = { num_round: '6', objective: 'reg:squarederror', max_depth: '3', seed: '1', _kfold: '3' };
const CLASSES = { objective: 'multi:softprob', num_class: '3' };
/** The training and validation data with the classes 0, 1 and 2 as labels. */
const classes = { train: train.map(withClasses), validation: validation.map(withClasses) };

beforeAll(async () => {
  ({ python } = await defaultEnvironment());
  trainer = createXGBoostTrainer({ pythonFor: environments.forXGBoost, maxWorkers: 1 });
  await trainer.prepare?.({ trainingImage: IMAGE, hyperparameters: {} }, 1);
}, SETUP_TIMEOUT);
afterAll(() => trainer.close());

/** The log lines without their times, and without the line about the training time. */
const steps = (log: readonly string[]) =>
  log
    .map((line) => line.replace(/^\[[-\d :]+:INFO\] /, ''))
    .filter((line) => !line.startsWith('Training took'));
const isOfRound = (line: string) => /^\[\d+\]\t/.test(line);
const valuesOf = (line = '') =>
  Object.fromEntries([...line.matchAll(/\t([^:]+):(\S+)/g)].map(([, name, value]) => [name, Number(value)]));
const mean = (metric: string, ofFolds: readonly (string | undefined)[]) =>
  ofFolds.reduce((sum, line) => sum + (valuesOf(line)[metric] ?? Number.NaN), 0) / ofFolds.length;

test(
  'the folds, errors and warnings equal those of scikit-learn',
  async () => {
    const [wanted, ...alternatives] = frameworkOf(IMAGE)?.packages(IMAGE) ?? [];
    if (wanted === undefined) throw new Error(`${IMAGE} has no packages`);
    const { python: withScikitLearn } = await environments.forPackages(wanted, alternatives);
    const script = join(__dirname, 'scripts', 'compare_folds.py');
    const output = execFileSync(withScikitLearn, [script, PYTHON_FOLDER], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(JSON.parse(output)).toEqual({ compared: 280, differences: [] });
  },
  SETUP_TIMEOUT,
);

test('a job prints the rounds of each fold and the means, and stores a model for each fold', async () => {
  const { outcome, log, workFolder } = await runJob(trainer, BASE, { train, validation });
  expect(outcome).toEqual({ status: 'Completed' });
  const printed = steps(log);
  expect(printed.filter((line) => !isOfRound(line))).toEqual([
    'Read both train and validation data into one DMatrix',
    'Single node training.',
    'Train matrix has 100 rows and 4 columns',
    'Validation matrix has 31 rows',
    'Run 1-round of 3-fold cross validation with 131 rows',
    'Train cross validation fold 1',
    'Train cross validation fold 2',
    'Train cross validation fold 3',
    'The metrics of round 1 cross validation',
    `Storing predictions on validation set(s) in ${join(workFolder, 'output/data/predictions.csv')}`,
  ]);
  const rounds = printed.filter(isOfRound);
  expect(rounds.map((line) => line.slice(0, 3)).join()).toBe(
    [...Array(3).fill(['[0]', '[1]', '[2]', '[3]', '[4]', '[5]']), '[6]'].flat().join(),
  );
  // The line with the means is the last line that SageMaker's metric expressions match.
  const means = valuesOf(rounds.at(-1));
  for (const metric of ['train-rmse', 'validation-rmse']) {
    expect(means[metric]).toBeCloseTo(mean(metric, [rounds[5], rounds[11], rounds[17]]), 4);
  }
  const collector = new MetricCollector(
    trainer.metricDefinitions({ trainingImage: IMAGE, hyperparameters: {} }),
  );
  for (const event of log.flatMap(logEvents)) collector.add(event);
  expect(collector.latest().map(({ MetricName, Value }) => [MetricName, Value])).toEqual([
    ['train:rmse', means['train-rmse']],
    ['validation:rmse', means['validation-rmse']],
  ]);
  expect(readdirSync(join(workFolder, 'model')).sort()).toEqual(
    [0, 1, 2].map((fold) => `xgboost-model-${fold}`),
  );
});

/**
 * Checks that the job trained the model of each fold without the rows of that fold. The predictions in predictions.csv
 * show to which fold each row belongs. For each fold, the check trains a model again on the other rows and compares its
 * predictions with those of the job's model.
 */
const CHECK_FOLDS = `
import json, sys, numpy as np, xgboost as xgb
work, train, validation, parameters = sys.argv[1:4] + [json.loads(sys.argv[4])]
rows = np.vstack([np.loadtxt(path, delimiter=",", dtype=np.float32) for path in (train, validation)])
data = xgb.DMatrix(f"{train};{validation}?format=csv&label_column=0")
held_out = np.loadtxt(f"{work}/output/data/predictions.csv", delimiter=",")
assert np.allclose(held_out[:, 0], rows[:, 0], atol=1e-6), "labels"
models = [xgb.Booster(model_file=f"{work}/model/xgboost-model-{fold}") for fold in range(3)]
predicted = np.stack([model.predict(data) for model in models])
if predicted.ndim > 2:
    assert np.isin(held_out[:, 2], [0, 1, 2]).all()
    choice = held_out[:, 2].astype(int)
    predicted = np.where(predicted.argmax(axis=2) == choice, predicted.max(axis=2), np.inf)
fold_of_row = np.argmin(np.abs(predicted - held_out[:, 1]), axis=0)
assert (held_out.shape[1] > 2) == (parameters["objective"] != "reg:squarederror"), "classes"
sizes = np.bincount(fold_of_row, minlength=3)
assert sizes.max() - sizes.min() <= 1, sizes
if held_out.shape[1] > 2:
    for label in range(3):
        own = np.bincount(fold_of_row[held_out[:, 0] == label], minlength=3)
        assert own.max() - own.min() <= 1, own
for fold in range(3):
    rest, held = np.flatnonzero(fold_of_row != fold), np.flatnonzero(fold_of_row == fold)
    again = xgb.train(parameters, data.slice(rest), 6)
    assert np.array_equal(again.predict(data.slice(held)), models[fold].predict(data.slice(held))), fold
print("equal")`;

test.each([
  ['regression', {}, { train, validation }],
  ['classification', CLASSES, classes],
  ['two classes', { objective: 'binary:logistic' }, twoClasses],
])('%s: the model of each fold is trained on the rows of the other folds', async (_, change, channels) => {
  const { workFolder } = await runJob(trainer, { ...BASE, ...change }, channels);
  const { num_round: _rounds, _kfold, ...parameters } = { ...BASE, ...change };
  const args = [workFolder, ...channels.train, ...channels.validation, JSON.stringify(parameters)];
  expect(execFileSync(python, ['-c', CHECK_FOLDS, ...args], { encoding: 'utf8', timeout: 60_000 })).toBe(
    'equal\n',
  );
});

test('several rounds of cross-validation print the means of each round and of all rounds', async () => {
  const { log, workFolder } = await runJob(trainer, { ...BASE, _num_cv_round: '2' }, { train, validation });
  const printed = steps(log);
  const after = (line: string) =>
    valuesOf(printed[printed.indexOf(line) + 1])['validation-rmse'] ?? Number.NaN;
  const [first, second, overall] = [
    'The metrics of round 1 cross validation',
    'The metrics of round 2 cross validation',
    'The overall metrics of 2-round cross validation',
  ].map(after) as [number, number, number];
  expect(first).not.toBe(second);
  expect(overall).toBeCloseTo((first + second) / 2, 4);
  expect(printed.indexOf('The overall metrics of 2-round cross validation')).toBe(printed.length - 2);
  expect(log.join('\n')).not.toContain('_num_cv_round');
  expect(readdirSync(join(workFolder, 'model'))).toHaveLength(6);
  expect(readFileSync(join(workFolder, 'output/data/predictions.csv'), 'utf8').split('\n')).toHaveLength(132);
});

test('without a validation channel, only the metrics of the training rows are printed', async () => {
  const { outcome, log } = await runJob(trainer, { ...BASE, eval_metric: 'mae,rmse' }, { train });
  expect(outcome).toEqual({ status: 'Completed' });
  expect(steps(log).slice(0, 3)).toEqual([
    'Single node training.',
    'Train matrix has 100 rows and 4 columns',
    'Run 1-round of 3-fold cross validation with 100 rows',
  ]);
  expect(Object.keys(valuesOf(steps(log).filter(isOfRound).at(-1))).sort()).toEqual([
    'train-mae',
    'train-rmse',
  ]);
});

test('early stopping uses the rows of the fold, and the means are those of the last rounds', async () => {
  const stopping = { num_round: '300', eta: '1', eval_metric: 'rmse', early_stopping_rounds: '2' };
  const { log } = await runJob(trainer, { ...BASE, ...stopping }, { train, validation });
  const rounds = steps(log).filter(isOfRound);
  const lastOfFolds = rounds.filter((_, at) => /^\[(0|300)\]/.test(rounds[at + 1] ?? ''));
  expect(lastOfFolds).toHaveLength(3);
  expect(rounds.length).toBeLessThan(300);
  expect(valuesOf(rounds.at(-1))['validation-rmse']).toBeCloseTo(mean('validation-rmse', lastOfFolds), 4);
});

test.each<[Record<string, string>, string]>([
  [{ _kfold: '1' }, 'ClientError: Hyperparameter _kfold: 1 is not in [2, +inf)'],
  [{ _num_cv_round: '0' }, 'ClientError: Hyperparameter _num_cv_round: 0 is not in [1, +inf)'],
  [
    { _kfold: '200' },
    'AlgorithmError: XGB train call failed with exception:\n Cannot have number of splits n_splits=200 greater than',
  ],
  [
    { ...CLASSES },
    "AlgorithmError: XGB train call failed with exception:\n Supported target types are: ('binary', 'multiclass'). Got 'continuous' instead.",
  ],
  [
    { objective: '' },
    "AlgorithmError: XGB train call failed with exception:\n 'NoneType' object has no attribute 'startswith'",
  ],
])('%j fails as in the container', async (change, reason) => {
  const hyperparameters = Object.fromEntries(
    Object.entries({ ...BASE, ...change }).filter(([, value]) => value !== ''),
  );
  const { outcome } = await runJob(trainer, hyperparameters, { train, validation });
  expect(failureReason(outcome)).toContain(reason);
});

test.each([
  ['true', 1],
  ['false', 0],
])('a job that is stopped with save_model_on_termination=%s stores %d models', async (keeps, models) => {
  const stop = new AbortController();
  const { outcome, workFolder } = await runJob(
    trainer,
    { ...BASE, num_round: '1000000', save_model_on_termination: keeps },
    { train, validation },
    { signal: stop.signal, onLog: (line) => line.startsWith('[3]') && stop.abort() },
  );
  expect(outcome).toEqual({ status: 'Stopped' });
  const kept = readdirSync(workFolder).includes('model') ? readdirSync(join(workFolder, 'model')) : [];
  expect(kept).toHaveLength(models);
});
