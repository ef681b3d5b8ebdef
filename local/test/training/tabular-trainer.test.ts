import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pseudoRandom } from '../../../test/pseudo-random';
import { type ChannelData, MetricCollector, type Trainer } from '../../src/training';
import { createTabularTrainer, tabularModelOf } from '../../src/training/tabular-trainer';
import { channelOf, environments, failureReason, runJob, SETUP_TIMEOUT, temporaryFolder } from './support';

type Library = 'lightgbm' | 'catboost';
type Kind = 'regression' | 'binary' | 'multiclass';

const pythons: Record<string, string> = {};
let trainer: Trainer;
let folder: string;

beforeAll(async () => {
  trainer = createTabularTrainer({
    pythonFor: async (wanted) => {
      const found = await environments.forPackages(wanted);
      pythons[wanted.name.split('-')[0] ?? ''] = found.python;
      return found;
    },
    maxWorkers: 2,
  });
  await trainer.prepare?.({ trainingImage: IMAGE, hyperparameters: script('lightgbm', 'regression') }, 1);
  await trainer.prepare?.({ trainingImage: IMAGE, hyperparameters: script('catboost', 'regression') }, 1);
  folder = temporaryFolder();
  for (const [index, kind] of (['regression', 'binary', 'multiclass'] as const).entries()) {
    mkdirSync(join(folder, kind));
    writeCsv(join(folder, kind, 'train.csv'), kind, 400, 2 * index + 1);
    writeCsv(join(folder, kind, 'validation.csv'), kind, 120, 2 * index + 2);
  }
}, 2 * SETUP_TIMEOUT);
afterAll(() => trainer.close());

const IMAGE = '763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:1.9.0-cpu-py38';

/** The metric regexes of the developer guide ("Tune a LightGBM model", "Tune a CatBoost model"). */
const LIGHTGBM_REGEX = (metric: string) => ({
  Name: metric,
  Regex: `${metric}: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)`,
});
const CATBOOST_REGEX = { Name: 'best', Regex: 'bestTest = ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' };

const TARBALLS = 's3://jumpstart-cache-prod-us-east-1/source-directory-tarballs';

/** The hyperparameters that identify a JumpStart job. */
function script(library: Library, task: 'regression' | 'classification'): Record<string, string> {
  return {
    sagemaker_program: 'transfer_learning.py',
    sagemaker_submit_directory: `${TARBALLS}/${library}/transfer_learning/${task}/v1.0.0/sourcedir.tar.gz`,
  };
}

/** Writes rows of a label and four features. The last feature is a category: 0, 1 or 2. */
function writeCsv(path: string, kind: Kind, rows: number, seed: number): void {
  const random = pseudoRandom(seed);
  const lines = Array.from({ length: rows }, () => {
    const [a, b, c] = [random(), random(), random()];
    const category = Math.floor(random() * 3);
    const value = 3 * a - b ** 2 + (category === 1 ? 2 : 0) + 0.1 * random();
    const label = {
      regression: value,
      binary: value > 2 ? 1 : 0,
      multiclass: Math.min(2, Math.floor(value)),
    };
    return [Math.max(0, label[kind]), a, b, c, category].join(',');
  });
  writeFileSync(path, `${lines.join('\n')}\n`);
}

function train(
  library: Library,
  kind: Kind,
  hyperparameters: Record<string, string> = {},
  channels?: Record<string, string[]>,
  changes: Parameters<typeof runJob>[3] = {},
) {
  const rounds: Record<string, string> =
    library === 'lightgbm' ? { num_boost_round: '40' } : { iterations: '40', learning_rate: '0.1' };
  return runJob(
    trainer,
    {
      ...script(library, kind === 'regression' ? 'regression' : 'classification'),
      ...rounds,
      ...hyperparameters,
    },
    channels ?? {
      train: [join(folder, kind, 'train.csv')],
      validation: [join(folder, kind, 'validation.csv')],
    },
    changes,
  );
}

/** A channel of files with the given paths, relative to the channel's folder. */
function tree(name: string, files: Record<string, string>): ChannelData {
  const root = temporaryFolder();
  const paths = Object.entries(files).map(([file, content], index) => {
    const path = join(root, `${index}`);
    writeFileSync(path, content);
    return { path, name: file };
  });
  return { ...channelOf(name, [], 'text/csv'), files: paths };
}

function csv(kind: Kind, file: 'train' | 'validation'): string {
  return readFileSync(join(folder, kind, `${file}.csv`), 'utf8');
}

function metricOf(log: string[], definition: { Name: string; Regex: string }): number | undefined {
  const collector = new MetricCollector([definition]);
  for (const line of log) collector.add(line);
  return collector.latest()[0]?.Value;
}

function runPython(library: Library, code: string, ...args: string[]): string {
  return execFileSync(pythons[library] ?? '', ['-c', code, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

test('the name and the location of the script identify the model', () => {
  const of = (hyperparameters: Record<string, string>, channels?: { name: string; s3Uri: string }[]) =>
    tabularModelOf({ trainingImage: IMAGE, hyperparameters, ...(channels && { channels }) });
  expect(of(script('lightgbm', 'regression'))).toEqual({ library: 'lightgbm', task: 'regression' });
  expect(of(script('catboost', 'classification'))).toEqual({ library: 'catboost', task: 'classification' });
  const inChannels = {
    sagemaker_program: '"transfer_learning.py"',
    sagemaker_submit_directory: '/opt/ml/input/data/code/sourcedir.tar.gz',
  };
  const bucket = 's3://jumpstart-cache-prod-eu-west-1';
  const model = `${bucket}/catboost-training/train-catboost-regression-model.tar.gz`;
  expect(of(inChannels, [{ name: 'model', s3Uri: model }])).toEqual({
    library: 'catboost',
    task: 'regression',
  });
  // User data or a user's script with a similar name does not identify a JumpStart model.
  expect(of(inChannels, [{ name: 'train', s3Uri: 's3://mine/lightgbm/regression/' }])).toBeUndefined();
  expect(of({ ...script('lightgbm', 'regression'), sagemaker_program: 'train.py' })).toBeUndefined();
});

test('unsupported models are refused with the reason', () => {
  const refusal = (submitDirectory: string) =>
    trainer.refusal?.({
      trainingImage: IMAGE,
      hyperparameters: {
        sagemaker_program: 'transfer_learning.py',
        sagemaker_submit_directory: submitDirectory,
      },
    });
  expect(refusal(`${TARBALLS}/autogluon/transfer_learning/regression/v1/sourcedir.tar.gz`)).toMatch(
    /cannot train AutoGluon-Tabular: .* needs AutoGluon/,
  );
  expect(refusal(`${TARBALLS}/pytorch/transfer_learning/tabtransformerregression/v1/s.tar.gz`)).toMatch(
    /cannot train TabTransformer: .* needs PyTorch/,
  );
  expect(refusal(`${TARBALLS}/huggingface/transfer_learning/spc/v1/s.tar.gz`)).toMatch(
    /cannot run this JumpStart model/,
  );
  expect(refusal('s3://mine/sourcedir.tar.gz')).toBeUndefined();
  expect(refusal(script('lightgbm', 'regression').sagemaker_submit_directory ?? '')).toBeUndefined();
});

const READ = `
import sys, numpy as np
rows = np.loadtxt(sys.argv[2], delimiter=",")
X, y = rows[:, 1:], rows[:, 0]
def auc(p):
    d = p[y == 1][:, None] - p[y == 0][None, :]
    return ((d > 0) + 0.5 * (d == 0)).mean()
def logloss(p):
    return -np.log(p[np.arange(len(y)), y.astype(int)]).mean()
rmse = lambda p: np.sqrt(((p - y) ** 2).mean())
`;

test.each([
  ['regression', 'rmse', 'rmse(model.predict(X))'],
  ['binary', 'binary_logloss', 'logloss(np.column_stack([1 - model.predict(X), model.predict(X)]))'],
  ['multiclass', 'multi_logloss', 'logloss(model.predict(X))'],
] as const)(
  'LightGBM, %s: the library itself can load the model, which gives the metric in the log',
  async (kind, metric, code) => {
    const { outcome, log, workFolder } = await train('lightgbm', kind);
    expect(outcome).toEqual({ status: 'Completed' });
    expect(log.join('\n')).toContain('Training data has 400 rows and 4 features.');
    const printed = metricOf(log, LIGHTGBM_REGEX(metric)) ?? Number.NaN;
    const model = join(workFolder, 'model');
    expect(readdirSync(model).sort()).toEqual(['model.pkl', 'model.txt']);
    const validation = join(folder, kind, 'validation.csv');
    const text = `import lightgbm${READ}model = lightgbm.Booster(model_file=sys.argv[1])\nprint(${code})`;
    expect(Number(runPython('lightgbm', text, join(model, 'model.txt'), validation))).toBeCloseTo(printed, 5);
    const pickled = `import pickle${READ}model = pickle.load(open(sys.argv[1], "rb"))\nprint(${code})`;
    expect(Number(runPython('lightgbm', pickled, join(model, 'model.pkl'), validation))).toBeCloseTo(
      printed,
      5,
    );
    expect(printed).toBeLessThan(0.5);
  },
);

test.each([
  ['regression', 'CatBoostRegressor', 'rmse(model.predict(X))'],
  ['binary', 'CatBoostClassifier', 'auc(model.predict_proba(X)[:, 1])'],
  ['multiclass', 'CatBoostClassifier', 'logloss(model.predict_proba(X))'],
] as const)(
  'CatBoost, %s: the library itself can load the model, which gives the metric in the log',
  async (kind, type, code) => {
    const { outcome, log, workFolder } = await train('catboost', kind);
    expect(outcome).toEqual({ status: 'Completed' });
    const printed = metricOf(log, CATBOOST_REGEX) ?? Number.NaN;
    expect(readdirSync(join(workFolder, 'model'))).toEqual(['model']);
    const plain = `import catboost${READ}model = catboost.${type}()\nmodel.load_model(sys.argv[1])\nprint(${code})`;
    const value = runPython(
      'catboost',
      plain,
      join(workFolder, 'model', 'model'),
      join(folder, kind, 'validation.csv'),
    );
    expect(Number(value)).toBeCloseTo(printed, 5);
  },
);

test('LightGBM stops early, and the last printed metric belongs to the saved model', async () => {
  const hyperparameters = { num_boost_round: '2000', learning_rate: '0.5', early_stopping_rounds: '3' };
  const { log, workFolder } = await train('lightgbm', 'regression', hyperparameters);
  const values = log.flatMap((line) => /^\[\d+\]\tvalid_0's rmse: (\S+)$/.exec(line)?.[1] ?? []).map(Number);
  expect(values.length).toBeLessThan(1000);
  expect(values.at(-1)).toBe(Math.min(...values));
  const code = 'import sys, lightgbm; print(lightgbm.Booster(model_file=sys.argv[1]).num_trees())';
  const trees = Number(runPython('lightgbm', code, join(workFolder, 'model', 'model.txt')));
  expect(values[trees - 1]).toBe(values.at(-1));
  expect(trees).toBe(values.length - 1 - 3);
});

test.each(['lightgbm', 'catboost'] as const)(
  '%s: one channel can have folders for training and validation data, and a list of categorical columns',
  async (library) => {
    const channel = tree('training', {
      'categorical_index.json': '{"cat_index_list": [4]}',
      'train/a.csv': csv('regression', 'train'),
      'train/b.csv': csv('regression', 'train'),
      'validation/data.csv': csv('regression', 'validation'),
    });
    const { outcome, log, workFolder } = await train(library, 'regression', {}, {}, { channels: [channel] });
    expect(outcome).toEqual({ status: 'Completed' });
    expect(log.join('\n')).toContain('Training data has 800 rows and 4 features.');
    expect(log.join('\n')).toContain('Validation data has 120 rows.');
    const categories =
      library === 'lightgbm'
        ? 'import lightgbm; m = lightgbm.Booster(model_file=sys.argv[1] + ".txt"); ' +
          'print([f for f in m.trees_to_dataframe().query("decision_type == \'==\'").split_feature.unique()])'
        : 'import catboost; m = catboost.CatBoostRegressor(); m.load_model(sys.argv[1]); ' +
          'print([m.feature_names_[i] for i in m.get_cat_feature_indices()])';
    const model = join(workFolder, 'model', 'model');
    expect(runPython(library, `import sys; ${categories}`, model)).toBe("['feature_3']");
  },
);

test('without validation data, every job uses the same random fifth of the rows for validation', async () => {
  const channels = { train: [join(folder, 'binary', 'train.csv')] };
  // The jobs run in parallel, so two processes train them without sharing data.
  const [first, second] = await Promise.all([
    train('lightgbm', 'binary', {}, channels),
    train('lightgbm', 'binary', {}, channels),
  ]);
  expect(first.log.join('\n')).toContain('Training data has 320 rows');
  expect(first.log.join('\n')).toContain('Validation data has 80 rows (a random 20% of the training data).');
  const metric = LIGHTGBM_REGEX('binary_logloss');
  expect(metricOf(first.log, metric)).toBeLessThan(0.5);
  expect(metricOf(second.log, metric)).toBe(metricOf(first.log, metric));
});

test("hyperparameters can be JSON strings, as from the SageMaker Python SDK, and JumpStart's defaults are accepted", async () => {
  const { outcome, log } = await train('lightgbm', 'binary', {
    num_boost_round: '"7"',
    metric: '"auc"',
    is_unbalance: '"True"',
    _tuning_objective_metric: 'auc',
  });
  expect(outcome).toEqual({ status: 'Completed' });
  expect(log.filter((line) => /^\[\d+\]\tvalid_0's auc: /.test(line))).toHaveLength(8); // 7 rounds, and then the best round again.
  const defaults = {
    eval_metric: 'auto',
    max_leaves: '31',
    min_data_in_leaf: '1',
    sampling_frequency: 'PerTreeLevel',
    boosting_type: 'Auto',
    bagging_temperature: '1.0',
    scale_pos_weight: '1.0',
    max_bin: 'Auto',
    thread_count: '-1',
  };
  for (const [kind, policy] of [
    ['regression', 'SymmetricTree'],
    ['multiclass', 'Lossguide'],
  ] as const) {
    const result = await train('catboost', kind, { ...defaults, grow_policy: policy });
    expect(result.outcome).toEqual({ status: 'Completed' });
  }
});

test.each([
  ['lightgbm', { learning_rate: '1.5' }, 'Hyperparameter learning_rate: 1.5 is not in (0, 1]'],
  ['lightgbm', { num_leaves: '1' }, 'Hyperparameter num_leaves: 1 is not in (1, 131072]'],
  ['lightgbm', { num_leaves: '7.5' }, "Hyperparameter num_leaves: could not parse value '7.5' as integer"],
  ['lightgbm', { bagging_fraction: 'nan' }, 'Hyperparameter bagging_fraction: nan is not in (0, 1]'],
  ['lightgbm', { metric: 'mae' }, "Hyperparameter metric: mae is not in ['auto', 'rmse'"],
  ['lightgbm', { metric: 'auc_mu' }, "Multiclass objective and metrics don't match"],
  [
    'lightgbm',
    { eta: '0.1' },
    'Extraneous hyperparameter found: eta. The documented hyperparameters of LightGBM',
  ],
  [
    'lightgbm',
    { is_unbalance: 'True', scale_pos_weight: '2' },
    'scale_pos_weight cannot be used if is_unbal',
  ],
  [
    'lightgbm',
    { boosting: 'goss' },
    'Hyperparameter boosting: goss excludes bagging. Set bagging_freq to 0.',
  ],
  ['catboost', { depth: '17' }, 'Hyperparameter depth: 17 is not in [1, 16]'],
  ['catboost', { max_bin: '70000' }, 'Hyperparameter max_bin: 70000 is not in [1, 65535]'],
  ['catboost', { thread_count: '0' }, 'Hyperparameter thread_count: 0 is not in [1, +inf) or -1'],
  ['catboost', { eval_metric: 'Foo' }, "Key 'Foo' not found in enum ELossFunction"],
  ['catboost', { num_boost_round: '5' }, 'Extraneous hyperparameter found: num_boost_round.'],
] as const)('%s with %j fails as a client error', async (library, hyperparameters, reason) => {
  const { outcome, log, workFolder } = await train(library, 'binary', { ...hyperparameters });
  expect(failureReason(outcome)).toMatch(/^ClientError: /);
  expect(failureReason(outcome)).toContain(reason);
  expect(log.join('\n')).toContain(reason);
  expect(readdirSync(join(workFolder, 'model'))).toEqual([]);
});

test.each<[string, Kind, ChannelData[], string | RegExp]>([
  ['no training channel', 'binary', [], 'Missing required channel: train (or training)'],
  [
    'both names',
    'binary',
    ['train', 'training'].map((name) => tree(name, { a: '0,1\n' })),
    'Both train and training',
  ],
  ['a misspelt channel', 'binary', [tree('validate', { a: '0,1\n' })], 'Extraneous channel found: validate.'],
  ['no files', 'binary', [tree('train', {})], 'No data in train channel'],
  [
    'a header',
    'binary',
    [tree('train', { a: 'y,x\n0,1\n' })],
    'The LightGBM algorithm expects CSV without a header',
  ],
  ['a word', 'binary', [tree('train', { a: '0,1\n1,red\n' })], /line 2, column 2: 'red' is not a number/],
  ['only labels', 'binary', [tree('train', { a: '0\n1\n' })], 'has one column'],
  ['a fraction as class', 'binary', [tree('train', { a: '0,1\n1.5,2\n' })], 'The label 1.5 is not a class.'],
  [
    'a gap in the classes',
    'binary',
    [tree('train', { a: '0,1\n2,2\n' })],
    'but no training row has 1. Number the 2',
  ],
  ['one class', 'binary', [tree('train', { a: '1,1\n1,2\n' })], 'All training rows have the label 1'],
  [
    'an unknown class',
    'binary',
    [tree('train', { a: '0,1\n1,2\n' }), tree('validation', { a: '2,1\n' })],
    'The validation data has the label 2, which the training data does not have.',
  ],
  [
    'another width',
    'regression',
    [tree('train', { a: '0,1\n1,2\n' }), tree('validation', { a: '2,1,3\n' })],
    'line 1 has 3 columns where 2 are expected',
  ],
  [
    'a list of no column',
    'regression',
    [tree('train', { a: '0,1\n', 'categorical_index.json': '{"cat_index_list": [2]}' })],
    '2 is not the number of a feature column. Columns are numbered from 1 to 1',
  ],
  [
    'a broken list',
    'regression',
    [tree('train', { a: '0,1\n', 'categorical_index.json': '{"columns": [1]}' })],
    'must be {"cat_index_list": [column, ...]}',
  ],
  [
    'a category that is none',
    'regression',
    [tree('train', { a: '0,1\n1,0.5\n', 'categorical_index.json': '{"cat_index_list": [1]}' })],
    'Categorical column 1 has the value 0.5.',
  ],
  [
    'files next to the folder',
    'regression',
    [tree('train', { 'train/a.csv': '0,1\n', 'b.csv': '0,1\n' })],
    'Channel train has a folder train/ and files next to it, such as b.csv',
  ],
])('%s: the data is refused with the reason', async (_, kind, channels, reason) => {
  const { outcome } = await train('lightgbm', kind, {}, {}, { channels });
  expect(failureReason(outcome)).toMatch(/^ClientError: /);
  expect(failureReason(outcome)).toMatch(
    typeof reason === 'string' ? new RegExp(reason.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : reason,
  );
});

test('several instances train one model on the data of all instances', async () => {
  const instances = ['algo-1', 'algo-2'].map((name) => ({ name, instanceType: 'ml.m5.large' }));
  const { outcome, log } = await train('lightgbm', 'regression', {}, undefined, { instances });
  expect(outcome).toEqual({ status: 'Completed' });
  expect(log.join('\n')).toContain('Local mode trains in one process, on the data of all 2 instances.');
});

test('a warm worker reads a changed file again', async () => {
  const channels = { train: [join(temporaryFolder(), 'data.csv')] };
  for (const rows of [50, 100]) {
    writeCsv(channels.train[0] ?? '', 'regression', rows, 5);
    const { log } = await train('catboost', 'regression', {}, channels);
    expect(log.join('\n')).toContain(`Training data has ${rows * 0.8} rows`);
  }
});

test.each([
  ['lightgbm', { num_boost_round: '1000000', early_stopping_rounds: '0' }, /^\[5\]/],
  ['catboost', { iterations: '1000000', early_stopping_rounds: '0' }, /^5:/],
] as const)(
  '%s: a stopped job ends at once, and the next job can run',
  async (library, hyperparameters, line) => {
    const controller = new AbortController();
    let stopped = 0;
    const { outcome, workFolder } = await train(library, 'regression', hyperparameters, undefined, {
      signal: controller.signal,
      onLog: (text) => {
        if (!line.test(text)) return;
        stopped ||= performance.now();
        controller.abort();
      },
    });
    expect(performance.now() - stopped).toBeLessThan(30_000);
    expect(outcome).toEqual({ status: 'Stopped' });
    expect(readdirSync(join(workFolder, 'model'))).toEqual([]);
    expect((await train(library, 'regression')).outcome).toEqual({ status: 'Completed' });
  },
);
