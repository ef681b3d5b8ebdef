import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readSettings, type Settings } from '../bin/settings';
import { prepareData } from '../bin/training-data';
import { TuningStack } from '../bin/tuning-stack';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'model-quality-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function settingsOf(settings: Record<string, unknown>): Settings {
  const given = Object.entries(settings).map(([name, value]) => [`tuning:${name}`, value]);
  return readSettings(new App({ context: Object.fromEntries(given) }).node);
}

/** The lines of each part of the prepared data: train, validation and test. */
function partsOf(settings: Record<string, unknown>): Record<string, string[]> {
  const data = prepareData(settingsOf(settings), { cache: join(folder, 'cache') });
  if (data === undefined) return {};
  const names = readdirSync(data.folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? entry.name : [],
  );
  return Object.fromEntries(
    names.map((name) => {
      const files = readdirSync(join(data.folder, name));
      const text = files.map((file) => readFileSync(join(data.folder, name, file), 'utf8')).join('');
      return [name, text.split('\n').slice(0, -1)];
    }),
  );
}

/** A CSV file with a column of labels and a column with the row number. */
function table(labels: readonly string[], rows: number): string {
  const path = join(folder, 'data.csv');
  const lines = Array.from({ length: rows }, (_, row) => `${labels[row % labels.length]},${row}.5`);
  writeFileSync(path, ['y,x', ...lines, ''].join('\n'));
  return path;
}

/** A folder with data in XGBoost's format. */
function dataFolder(...subfolders: string[]): string {
  const path = join(folder, 'data');
  for (const name of subfolders) {
    mkdirSync(join(path, name), { recursive: true });
    const rows = Array.from({ length: 100 }, (_, row) => `${row},${name.length}`);
    writeFileSync(join(path, name, 'a.csv'), `${rows.join('\n')}\n`);
  }
  return path;
}

const sizes = (parts: Record<string, string[]>) =>
  Object.fromEntries(Object.entries(parts).map(([name, lines]) => [name, lines.length]));

describe('a table', () => {
  test.each<[settings: Record<string, unknown>, rows: Record<string, number>]>([
    [{}, { train: 80, validation: 20 }],
    [{ testFraction: 0.1 }, { train: 70, validation: 20, test: 10 }],
    [{ evaluation: true }, { train: 60, validation: 20, test: 20 }],
    [{ qualityGate: { betterThanBaseline: true } }, { train: 60, validation: 20, test: 20 }],
    [
      { evaluation: false, testFraction: 0.1 },
      { train: 80, validation: 20 },
    ],
  ])('has test data only if the settings ask for it: %j', (settings, rows) => {
    const parts = partsOf({
      data: table(['1', '2', '3', '4'], 100),
      label: 'y',
      problemType: 'Regression',
      ...settings,
    });
    expect(sizes(parts)).toEqual(rows);
    const all = Object.values(parts).flat();
    expect(new Set(all).size).toBe(100);
  });

  test('has each class in each part if there are enough rows', () => {
    const parts = partsOf({ data: table([...'aaaaaaaab'], 45), label: 'y', testFraction: 0.2 });
    const classes = Object.values(parts).map((lines) => new Set(lines.map((line) => line[0])).size);
    expect(classes).toEqual([2, 2, 2]);
  });

  test('has the same validation data, whatever the share of the test data', () => {
    const data = table(['1', '2', '3'], 60);
    const of = (testFraction: number) =>
      partsOf({ data, label: 'y', problemType: 'Regression', testFraction })['validation'];
    expect(of(0.1)).toEqual(of(0.4));
  });
});

describe('a folder', () => {
  test('without test data gets test data from rows of its training data', () => {
    const data = dataFolder('train', 'validation');
    const parts = partsOf({ data, testFraction: 0.25 });
    const { train = [], validation, test: tested = [] } = parts;
    expect(validation).toHaveLength(100);
    expect(new Set([...train, ...tested]).size).toBe(100);
    expect(tested.length).toBeGreaterThan(10);
    expect(tested.length).toBeLessThan(45);
    expect(partsOf({ data, testFraction: 0.25 })).toEqual(parts);
  });

  test('with test data keeps it', () => {
    const data = dataFolder('train', 'validation', 'test');
    const settings = settingsOf({ data, evaluation: true });
    expect(prepareData(settings)).toMatchObject({ folder: data });
    expect(prepareData(settings)?.fingerprint).not.toBe(prepareData(settingsOf({ data }))?.fingerprint);
  });

  test.each<[what: string, subfolders: string[], settings: Record<string, unknown>, message: string]>([
    ['without test data', ['train', 'validation'], { evaluation: true }, 'needs test/ with CSV files'],
    [
      'with test data and a share',
      ['train', 'validation', 'test'],
      { testFraction: 0.2 },
      'tuning:testFraction: the folder',
    ],
  ])('%s is refused', (_what, subfolders, settings, message) => {
    expect(() => partsOf({ data: dataFolder(...subfolders), ...settings })).toThrow(message);
  });
});

test('testFraction is refused for data in S3', () => {
  expect(() => partsOf({ data: 's3://lake/bikes', testFraction: 0.2 })).toThrow(
    'tuning:testFraction is for local data',
  );
});

test.each<[name: string, value: unknown, message: string]>([
  ['testFraction', 0.6, 'tuning:testFraction: must be a number from 0.01 to 0.5, got 0.6'],
  ['qualityGate', '{"above": 1}', 'tuning:qualityGate.above: is not a setting'],
  [
    'qualityGate',
    '{"atLeast": {"r2": "high"}}',
    'tuning:qualityGate.atLeast.r2: must be a number, got "high"',
  ],
  ['registry', 3, 'tuning:registry: must be true, or the name of a group, got 3'],
])('%s: %p is refused', (name, value, message) => {
  expect(() => settingsOf({ [name]: value })).toThrow(message);
});

test('with these settings, the sample data gives an approved model', () => {
  const data = join(folder, 'bikeshare');
  cpSync(resolve(__dirname, '../data/bikeshare'), data, { recursive: true });
  const settings = settingsOf({
    data,
    testFraction: '0.2',
    registry: 'true',
    failOnQualityGate: 'false',
    qualityGate:
      '{"atLeast": {"r2": 0.8}, "betterThanBaseline": true, "noWorseThanApproved": {"tolerance": 0.1}}',
  });
  expect(settings).toMatchObject({ registry: true, testFraction: 0.2 });
  const app = new App();
  const template = Template.fromStack(new TuningStack(app, 'Stack', { settings }));
  template.resourceCountIs('AWS::SageMaker::ModelPackageGroup', 1);
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  const definition = JSON.stringify(machine);
  for (const part of ['AtLeast', 'BetterThanBaseline', 'NoWorseThanApproved', 'RegisterModel', '/test/']) {
    expect(definition).toContain(part);
  }
  expect(definition).not.toContain('IsQualityGatePassed');
});
