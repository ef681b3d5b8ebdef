import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pseudoRandom } from '../../../test/pseudo-random';
import { parseJsonPath } from '../../src/services/sagemaker/transform/json-path';
import {
  type BatchSettings,
  createXGBoostTrainer,
  type Trainer,
  writeModelArchive,
} from '../../src/training';
import { type Transformed, transformFiles } from './serving-support';
import { defaultEnvironment, environments, IMAGE, runJob, SETUP_TIMEOUT, temporaryFolder } from './support';

let python: string;
let trainer: Trainer;
const folder = temporaryFolder();

beforeAll(async () => {
  ({ python } = await defaultEnvironment());
  trainer = createXGBoostTrainer({ pythonFor: environments.forXGBoost, maxWorkers: 1 });
  for (const [name, hyperparameters] of Object.entries(MODELS)) await train(name, hyperparameters);
  predicted = predict();
}, SETUP_TIMEOUT);
afterAll(() => trainer.close());

/** Rows of three features, some of them missing. */
const ROWS = (() => {
  const random = pseudoRandom(7);
  const cell = () => (random() < 0.1 ? '' : (random() * 4 - 2).toFixed(4));
  return Array.from({ length: 40 }, () => [cell(), cell(), (random() * 2).toFixed(4)].join(','));
})();

/** The hyperparameters of the models, by name. */
const MODELS: Readonly<Record<string, Record<string, string>>> = {
  ...Object.fromEntries(
    [
      'reg:squarederror',
      'reg:tweedie',
      'count:poisson',
      'binary:logistic',
      'binary:logitraw',
      'binary:hinge',
    ].map((objective) => [objective, { objective }]),
  ),
  'multi:softmax': { objective: 'multi:softmax', num_class: '3' },
  'multi:softprob': { objective: 'multi:softprob', num_class: '3' },
  gblinear: { objective: 'reg:squarederror', booster: 'gblinear' },
  dart: { objective: 'reg:squarederror', booster: 'dart', rate_drop: '0.5' },
};

const archiveOf = (model: string) => join(folder, `${model}.tar.gz`);

/** Trains a model and writes its archive. */
async function train(name: string, hyperparameters: Record<string, string>): Promise<void> {
  const classes = Number(hyperparameters['num_class'] ?? (name.startsWith('binary:') ? 2 : 0));
  const label = (row: string, at: number) => (classes > 0 ? at % classes : 1 + Number(row.split(',')[2]));
  const file = join(folder, 'train.csv');
  writeFileSync(file, ROWS.map((row, at) => `${label(row, at)},${row}\n`).join(''));
  const job = await runJob(trainer, { num_round: '4', ...hyperparameters }, { train: [file] });
  expect(job.outcome).toEqual({ status: 'Completed' });
  await writeModelArchive(join(job.workFolder, 'model'), archiveOf(name));
}

/** For each model, XGBoost's own predictions for the rows, as Python prints them. */
let predicted: Readonly<Record<string, string[]>>;

function predict(): Record<string, string[]> {
  const code = `
import json, sys, tarfile, numpy as np, xgboost as xgb
rows = xgb.DMatrix(np.array([[float(cell or "nan") for cell in row.split(",")] for row in json.load(sys.stdin)]))
predicted = {}
for archive, name in zip(sys.argv[1::2], sys.argv[2::2]):
    model = xgb.Booster(model_file=bytearray(tarfile.open(archive).extractfile("xgboost-model").read()))
    predicted[name] = list(map(str, model.predict(rows).tolist()))
print(json.dumps(predicted))`;
  const names = Object.keys(MODELS).flatMap((name) => [archiveOf(name), name]);
  const options: ExecFileSyncOptionsWithStringEncoding = {
    encoding: 'utf8',
    input: JSON.stringify(ROWS),
    stdio: ['pipe', 'pipe', 'ignore'],
  };
  return JSON.parse(execFileSync(python, ['-c', code, ...names], options));
}

function transform(
  model: string,
  batch: Partial<BatchSettings>,
  contents: readonly (string | Buffer)[] = [`${ROWS.join('\n')}\n`],
  environment: Record<string, string> = {},
): Promise<Transformed> {
  const task = { image: IMAGE, environment, modelArchive: archiveOf(model), batch };
  return transformFiles(trainer.serving, contents, task);
}

const lines = (text = '') => text.split('\n').slice(0, -1);
const filters = (input: string, output = '$') => ({
  inputFilter: parseJsonPath(input, 'InputFilter'),
  outputFilter: parseJsonPath(output, 'OutputFilter'),
});

test.each(Object.keys(MODELS))(
  '%s: the output equals the predictions of XGBoost, however the rows are split into requests',
  async (model) => {
    for (const batch of [{}, { isSingleRecord: true }, { maxPayloadBytes: 100 }, { splitsLines: false }]) {
      const { outputs, reason } = await transform(model, batch);
      expect([reason, lines(outputs[0])]).toEqual(['', predicted[model]]);
    }
  },
);

test('LIBSVM, gzip files, several files and blank lines are read', async () => {
  const model = 'reg:squarederror';
  const libsvm = ROWS.map((row) => {
    const cells = row.split(',').flatMap((cell, at) => (cell === '' ? [] : `${at}:${cell}`));
    return `0 ${cells.join(' ')}`;
  });
  const expected = predicted[model];
  const inputs = [libsvm.slice(0, 15), [...libsvm.slice(15), '', '']].map((part) =>
    gzipSync(part.join('\n')),
  );
  for (const contentType of ['text/libsvm', 'text/x-libsvm', undefined]) {
    const { outputs } = await transform(
      model,
      { isGzip: true, ...(contentType === undefined ? { contentType: '' } : { contentType }) },
      inputs,
    );
    expect(outputs.flatMap(lines)).toEqual(expected);
  }
});

describe('data processing', () => {
  const withIds = ROWS.map((row, at) => `"id, ${at}",${row},${at % 2}`);
  const content = [`${withIds.join('\r\n')}\r\n`];

  test('an input filter hides columns from the model, which the output keeps next to the predictions', async () => {
    const model = 'binary:logistic';
    const expected = predicted[model];
    const batch = { joinsInput: true, ...filters('$[1:-1]', '$[0,-2,-1]') };
    const { outputs } = await transform(model, { ...batch, maxPayloadBytes: 200 }, content);
    expect(lines(outputs[0])).toEqual(expected?.map((score, at) => `"id, ${at}",${at % 2},${score}`));
  });

  test('without an output filter, the whole row is joined; without a join, the filter selects from the prediction', async () => {
    const model = 'binary:logistic';
    const joined = await transform(model, { joinsInput: true, ...filters('$[1,2,3]') }, content);
    expect(lines(joined.outputs[0])).toEqual(predicted[model]?.map((score, at) => `${withIds[at]},${score}`));
    const selection = { SAGEMAKER_INFERENCE_OUTPUT: 'predicted_label,probabilities' };
    const picked = await transform(model, filters('$[1:4]', '$[1]'), content, selection);
    expect(lines(picked.outputs[0])).toEqual(
      predicted[model]?.map((score) => `"[${1 - Number(score)}, ${score}]"`),
    );
  });

  test.each([
    [
      { joinsInput: true, ...filters('$[1:4]', '$[9]') },
      /OutputFilter: the index 9 is not within the 6 columns/,
    ],
    [filters('$.features'), /InputFilter: there is no attribute 'features'/],
    [
      { ...filters('$[1:]'), contentType: 'text/libsvm' },
      /need input in CSV or JSON: the ContentType is text.libsvm/,
    ],
    [{ joinsInput: true, accept: 'application/json', ...filters('$[1:4]') }, /the output is JSON|as JSON/],
  ])('%j fails the job with a clear reason', async (batch, reason) => {
    const transformed = await transform('binary:logistic', batch, content);
    expect(transformed.reason).toMatch(/^ClientError: See job logs for more information \(/);
    expect(transformed.reason).toMatch(reason);
    expect(transformed.outputs).toEqual([undefined]);
  });
});

describe('selectable inference', () => {
  const selection = (keys: string) => ({ SAGEMAKER_INFERENCE_OUTPUT: keys });

  test('JSON Lines contain the selected keys, with NaN for keys that the objective does not have', async () => {
    const model = 'multi:softprob';
    const { outputs, log } = await transform(
      model,
      { accept: 'application/jsonlines' },
      undefined,
      selection('predicted_label, labels,raw_score,predicted_score'),
    );
    const first = JSON.parse(predicted[model]?.[0] ?? '[]') as number[];
    const score = Math.max(...first);
    expect(lines(outputs[0])[0]).toBe(
      `{"predicted_label": ${first.indexOf(score)}, "labels": [0, 1, 2], "raw_score": ${score}, "predicted_score": NaN}`,
    );
    expect(log).toContain("Selected key(s) {'predicted_score'} incompatible for objective 'multi:softprob'.");
  });

  test.each<[model: string, lowest: number]>([
    ['binary:logistic', 0.5],
    ['binary:logitraw', 0],
  ])('with %s, the predicted label is 1 above %p', async (model, lowest) => {
    const { outputs } = await transform(model, {}, undefined, selection('predicted_label'));
    const labels = predicted[model]?.map((score) => (Number(score) > lowest ? '1' : '0'));
    expect(new Set(labels).size).toBe(2);
    expect(lines(outputs[0])).toEqual(labels);
  });

  test('RecordIO is refused', async () => {
    const batch = { accept: 'application/x-recordio-protobuf' };
    const { reason } = await transform('binary:logistic', batch, undefined, selection('predicted_label'));
    expect(reason).toMatch(
      /into accept type 'application.x-recordio-protobuf'. \(Local mode has no RecordIO/,
    );
  });

  test('an objective that does not support it fails the job', async () => {
    const { reason } = await transform('count:poisson', {}, undefined, selection('probability'));
    expect(reason).toBe(
      'AlgorithmError: See job logs for more information (Objective `count:poisson` unsupported for selectable inference predictions.)',
    );
  });
});

test.each([
  [
    {},
    'a,b,c\n',
    /^ClientError: .*Loading csv data failed with Exception.*could not convert string to float: 'a'/s,
  ],
  [{}, '1,2,3,4\n', /^ClientError: .*Unable to evaluate payload provided: .*/s],
  [{}, '1,2,3\n4,5\n', /line 2 has 2 columns, the first line has 3/],
  [{ contentType: 'image/png' }, '1,2,3\n', /Content-type image.png not supported/],
  [{ accept: 'image/png' }, '1,2,3\n', /Accept type image.png is not supported/],
  [
    { maxPayloadBytes: 1 << 20 },
    `1,2,${'3'.repeat(1 << 20)}\n`,
    /Too much data for max payload size \(1 MB\)/,
  ],
])('%j: %# fails the job, but the other file is transformed', async (batch, content, reason) => {
  const model = 'reg:squarederror';
  const good = `${ROWS[0]}\n`;
  const transformed = await transform(model, batch, [content, good]);
  expect(transformed.reason).toMatch(reason);
  const isOfJob = 'contentType' in batch || 'accept' in batch;
  expect(transformed.outputs).toEqual([undefined, isOfJob ? undefined : `${predicted[model]?.[0]}\n`]);
  expect(transformed.log).toMatch(/\[sagemaker logs\]: part\/0\.csv: ClientError: 4\d\d\n/);
});

test('a model that cannot be loaded or unpacked fails the job', async () => {
  const bad = join(folder, 'bad');
  mkdirSync(bad);
  writeFileSync(join(bad, 'xgboost-model'), 'no model');
  await writeModelArchive(bad, join(folder, 'bad.tar.gz'));
  expect((await transform('bad', {})).reason).toMatch(
    /^AlgorithmError: Model container failed to respond to ping\. .* \(Unable to load model: Model at .* cannot be loaded/,
  );
  writeFileSync(join(folder, 'text.tar.gz'), 'no archive');
  expect((await transform('text', {})).reason).toMatch(/^ClientError: Failed to extract model data archive/);
});

test('for a pickled model, rows with more columns than the training data are refused', async () => {
  const pickled = join(folder, 'pickled');
  mkdirSync(pickled);
  const code = `
import pickle, sys, tarfile, xgboost as xgb
model = xgb.Booster(model_file=bytearray(tarfile.open(sys.argv[1]).extractfile("xgboost-model").read()))
pickle.dump(model, open(sys.argv[2], "wb"))`;
  const model = 'reg:squarederror';
  execFileSync(python, ['-c', code, archiveOf(model), join(pickled, 'xgboost-model')], { stdio: 'ignore' });
  await writeModelArchive(pickled, archiveOf('pickled'));
  expect(lines((await transform('pickled', {})).outputs[0])).toEqual(predicted[model]);
  const wider = ROWS.map((row) => `${row},9,9\n`).join('');
  expect((await transform('pickled', {}, [wider])).reason).toMatch(
    /Feature size of csv inference data 5 is not consistent with feature size of trained model 3\./,
  );
});

test('the predictions of several models in an archive are averaged', async () => {
  const both = join(folder, 'both');
  mkdirSync(both);
  for (const [name, archive] of Object.entries({ a: 'reg:squarederror', b: 'gblinear' })) {
    execFileSync('tar', ['-xzf', archiveOf(archive), '-C', both]);
    execFileSync('mv', [join(both, 'xgboost-model'), join(both, name)]);
  }
  await writeModelArchive(both, join(folder, 'both.tar.gz'));
  const { outputs } = await transform('both', {});
  const [first, second] = ['reg:squarederror', 'gblinear'].map((name) => predicted[name]?.map(Number));
  lines(outputs[0]).forEach((text, at) => {
    expect(Number(text)).toBeCloseTo(((first?.[at] ?? 0) + (second?.[at] ?? 0)) / 2, 5);
  });
});

test.each([
  [
    'multi:softmax',
    'the most frequent class',
    'np.argmax([(each == c).sum(axis=0) for c in range(3)], axis=0) * 1.0',
  ],
  ['multi:softprob', 'the means', 'each.mean(axis=0)'],
])('the models of a cross-validation with %s return %s', async (objective, _, combined) => {
  await train('folds', { objective, num_class: '3', _kfold: '3' });
  const code = `
import json, sys, tarfile, numpy as np, xgboost as xgb
rows = xgb.DMatrix(np.array([[float(cell or "nan") for cell in row.split(",")] for row in json.load(sys.stdin)]))
archive = tarfile.open(sys.argv[1])
files = [archive.extractfile(f"xgboost-model-{fold}") for fold in range(3)]
each = np.stack([xgb.Booster(model_file=bytearray(file.read())).predict(rows) for file in files])
print(json.dumps([(${combined}).tolist(), each[0].tolist()]))`;
  const input = JSON.stringify(ROWS);
  const expected = JSON.parse(
    execFileSync(python, ['-c', code, archiveOf('folds')], {
      encoding: 'utf8',
      input,
      stdio: ['pipe', 'pipe', 'ignore'],
    }),
  );
  const first = { SAGEMAKER_INFERENCE_ENSEMBLE: 'false' };
  const answers = [await transform('folds', {}), await transform('folds', {}, undefined, first)];
  expect(answers.map(({ outputs }) => lines(outputs[0]).map((line) => JSON.parse(line)))).toEqual(expected);
});
