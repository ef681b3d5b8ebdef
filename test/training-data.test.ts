import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import type { Manifest } from '../bin/data';
import { describeBaseline, describeTask, learningTaskOf } from '../bin/learning-task';
import { readSettings, type Settings } from '../bin/settings';
import { prepareData, type TrainingData } from '../bin/training-data';
import { uploadResources } from '../bin/upload';

const GIB = 2 ** 30;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'training-data-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function settingsOf(settings: Record<string, unknown>): Settings {
  const given = Object.entries(settings).map(([name, value]) => [`tuning:${name}`, value]);
  return readSettings(new App({ context: Object.fromEntries(given) }).node);
}

/** Writes a file whose label column repeats the given values. */
function table(values: readonly string[]): string {
  const path = join(folder, 'data.csv');
  const rows = Array.from({ length: 30 }, (_, i) => `${values[i % values.length]},${i / 7}`);
  writeFileSync(path, ['y,x', ...rows, ''].join('\n'));
  return path;
}

/** The learning task for a table with the given label values. */
function taskOf(values: readonly string[], settings: Record<string, unknown> = {}) {
  const all = settingsOf({ data: table(values), label: 'y', ...settings });
  return learningTaskOf(all, prepareData(all, { cache: join(folder, 'cache') })?.manifest);
}

/** Settings with the given fixed hyperparameters. */
const fixed = (hyperparameters: Record<string, string>) => ({ hyperparameters });

const NUMBERS = ['1.5', '2', '4'];
const TWO = ['no', 'yes'];
const THREE = ['a', 'b', 'c'];

describe('objective and metric', () => {
  test.each<[string, readonly string[], Record<string, unknown>, Record<string, string>, string, string]>([
    ['numbers', NUMBERS, {}, { objective: 'reg:squarederror' }, 'validation:rmse', 'Minimize'],
    ['two classes', TWO, {}, { objective: 'binary:logistic' }, 'validation:logloss', 'Minimize'],
    [
      'three classes',
      THREE,
      {},
      { objective: 'multi:softprob', num_class: '3' },
      'validation:mlogloss',
      'Minimize',
    ],
    [
      'another metric',
      TWO,
      { objective: 'validation:auc' },
      { objective: 'binary:logistic' },
      'validation:auc',
      'Maximize',
    ],
    [
      'another objective',
      THREE,
      fixed({ objective: 'multi:softmax' }),
      { objective: 'multi:softmax', num_class: '3' },
      'validation:mlogloss',
      'Minimize',
    ],
    [
      'more classes than there are',
      THREE,
      fixed({ num_class: '5' }),
      { objective: 'multi:softprob', num_class: '5' },
      'validation:mlogloss',
      'Minimize',
    ],
    [
      'an objective that treats classes as numbers',
      ['0', '1', '2'],
      fixed({ objective: 'count:poisson' }),
      { objective: 'count:poisson' },
      'validation:rmse',
      'Minimize',
    ],
    [
      'a fixed hyperparameter',
      NUMBERS,
      fixed({ seed: '7' }),
      { objective: 'reg:squarederror', seed: '7' },
      'validation:rmse',
      'Minimize',
    ],
    [
      'a type of problem',
      ['0', '1', '2'],
      { problemType: 'Regression' },
      { objective: 'reg:squarederror' },
      'validation:rmse',
      'Minimize',
    ],
    [
      'a tuned objective',
      TWO,
      {
        parameterRanges: { objective: { type: 'categorical', values: ['binary:logistic', 'binary:hinge'] } },
      },
      {},
      'validation:logloss',
      'Minimize',
    ],
  ])('fit %s', (_name, values, settings, hyperparameters, metric, direction) => {
    expect(taskOf(values, settings)).toEqual({ hyperparameters, metric, direction });
  });

  test.each<[string, readonly string[], Record<string, unknown>, RegExp]>([
    [
      'an objective for numbers, with words as labels',
      TWO,
      fixed({ objective: 'reg:squarederror' }),
      /column y is text \("no", line 2\), not a number/,
    ],
    [
      'an objective for two classes, with three classes',
      THREE,
      fixed({ objective: 'binary:logistic' }),
      /has 3 values, and BinaryClassification needs 2/,
    ],
    [
      'too few classes',
      THREE,
      fixed({ num_class: '2' }),
      /num_class is 2, but the label y has 3 classes: leave num_class out, or set 3/,
    ],
    [
      'a problem type and an objective',
      TWO,
      { problemType: 'Regression', ...fixed({ objective: 'binary:logistic' }) },
      /tuning:problemType is Regression, but the objective binary:logistic is for BinaryClassification: .* such as reg:squarederror/,
    ],
    [
      'tuned objectives',
      TWO,
      {
        parameterRanges: {
          objective: { type: 'categorical', values: ['binary:logistic', 'reg:squarederror'] },
        },
      },
      /tune objectives of one type of problem/,
    ],
  ])('that contradict each other are rejected: %s', (_name, values, settings, message) => {
    expect(() => taskOf(values, settings)).toThrow(
      expect.objectContaining({ name: 'SettingsError', message: expect.stringMatching(message) }),
    );
  });

  test.each<[string, readonly string[] | undefined, Record<string, unknown>, RegExp]>([
    [
      'of a folder',
      undefined,
      { objective: 'validation:auc' },
      /^tuning:objective is validation:auc, but training uses the objective reg:squarederror \(the default\): metric auc needs .* Name another metric in tuning:objective, or set the objective of training in tuning:hyperparameters, such as \{"objective":"binary:logistic"\}$/,
    ],
    [
      'of classes and a folder',
      undefined,
      { objective: 'validation:mlogloss' },
      /tuning:hyperparameters, such as \{"objective":"multi:softprob"\}$/,
    ],
    [
      'of a table',
      NUMBERS,
      { objective: 'validation:auc' },
      /reg:squarederror \(the default\): metric auc needs .* Name another metric in tuning:objective$/,
    ],
    [
      'for two classes, with a table of three classes',
      THREE,
      { objective: 'validation:precision' },
      /multi:softprob \(the default\): precision is for two classes, got num_class 3: /,
    ],
    [
      'that the given objective does not support',
      undefined,
      { objective: 'validation:auc', ...fixed({ objective: 'reg:logistic' }) },
      /reg:logistic \(from tuning:hyperparameters\): metric auc needs /,
    ],
  ])('that do not fit are reported as wrong settings: a metric %s', (_name, values, settings, message) => {
    const action = () => (values ? taskOf(values, settings) : learningTaskOf(settingsOf(settings)));
    expect(action).toThrow(
      expect.objectContaining({ name: 'SettingsError', message: expect.stringMatching(message) }),
    );
  });

  test('default to regression for a folder, because its label is not read', () => {
    expect(learningTaskOf(settingsOf({}))).toEqual({
      hyperparameters: { objective: 'reg:squarederror' },
      metric: 'validation:rmse',
      direction: 'Minimize',
    });
  });

  test('are printed', () => {
    expect(describeTask(taskOf(THREE))).toBe(
      '  training: multi:softprob, num_class 3. The search minimizes validation:mlogloss',
    );
  });
});

describe('the baseline', () => {
  test.each<[readonly string[], Record<string, unknown>, string[]]>([
    [NUMBERS, {}, ['  baseline: validation:rmse 0.7526 for a model that always predicts the mean']],
    [TWO, {}, ['  baseline: validation:logloss 0.6931 for a model that always predicts the class shares']],
    [THREE, {}, ['  baseline: validation:mlogloss 1.099 for a model that always predicts the class shares']],
    [TWO, { objective: 'validation:auc' }, []],
  ])('for %p with %p is printed if it is known', (values, settings, told) => {
    const all = settingsOf({ data: table(values), label: 'y', ...settings });
    const manifest = prepareData(all, { cache: join(folder, 'cache') })?.manifest as Manifest;
    expect(describeBaseline(learningTaskOf(all, manifest), manifest)).toEqual(told);
  });
});

describe('a folder', () => {
  test('has train/ and validation/', () => {
    mkdirSync(join(folder, 'train'));
    writeFileSync(join(folder, 'train', 'a.csv'), '1,2\n');
    expect(() => prepareData(settingsOf({ data: folder }))).toThrow(
      /must have train\/ and validation\/ with CSV files .*, but validation\/ has none$/,
    );
    mkdirSync(join(folder, 'validation'));
    writeFileSync(join(folder, 'validation', 'b.csv'), '1,2,3\n');
    expect(prepareData(settingsOf({ data: folder }))).toMatchObject({ folder, bytes: 10 });
  });

  test.each([
    ['label', 'y'],
    ['categories', 'ordinal'],
    ['excludeColumns', ['x']],
  ])('rejects the setting %s', (name, value) => {
    const message = new RegExp(`^tuning:${name} is for a CSV file with a header`);
    expect(() => prepareData(settingsOf({ [name]: value }))).toThrow(message);
    expect(() => prepareData(settingsOf({ data: 's3://bucket/folder', [name]: value }))).toThrow(message);
  });
});

describe('the function that uploads the data', () => {
  const resourcesFor = (bytes: number, context = {}) => {
    const data: TrainingData = { folder: '/prepared', exclude: [], bytes, fingerprint: '' };
    const settings = settingsOf({ data: table(THREE), label: 'y' });
    const { memoryLimit, ephemeralStorageSize } = uploadResources(
      new Stack(new App({ context })),
      data,
      settings,
      taskOf(THREE),
    );
    return [memoryLimit, ephemeralStorageSize.toMebibytes()];
  };

  test.each([
    [1000, 1024, 512],
    [0.2 * GIB, 1024, 1024],
    [0.6 * GIB, 2048, 1536],
    [4.9 * GIB, 3008, 10_240],
  ])('gets memory and storage for %p bytes: %p and %p MiB', (bytes, memory, storage) => {
    expect(resourcesFor(bytes)).toEqual([memory, storage]);
  });

  test('is not created for more data than it can store; the error then lists commands for the upload', () => {
    expect(() => resourcesFor(5 * GIB)).toThrow(
      expect.objectContaining({
        name: 'SettingsError',
        message: expect.stringContaining(
          'has 5.0 GiB to upload, and a deployment can upload at most 4.9 GiB',
        ),
      }),
    );
    const [, , sync, deploy, , , start, last] = messageOf(() => resourcesFor(5 * GIB)).split('\n');
    expect(sync).toBe(
      "  aws s3 sync '/prepared' s3://<bucket>/<folder>/ --exclude '*' --include 'train/*' --include 'validation/*'",
    );
    expect(deploy).toBe(
      `  npx cdk deploy --context tuning:data=s3://<bucket>/<folder>/ --context 'tuning:hyperparameters={"objective":"multi:softprob","num_class":"3"}' --context 'tuning:objective=validation:mlogloss' --context 'tuning:direction=Minimize'`,
    );
    expect(start).toMatch(/^ {2}aws stepfunctions start-execution .* --input '\{"train": "s3:/);
    expect(last).toBe('npm run local has no such limit.');
  });

  test('has no limit in local mode, because local mode copies the data itself', () => {
    expect(resourcesFor(50 * GIB, { 'cdk-sagemaker-tuning-local': 'true' })).toEqual([3008, 10_240]);
  });
});

function messageOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
