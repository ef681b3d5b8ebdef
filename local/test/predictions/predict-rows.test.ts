import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareTable } from '../../../bin/data';
import type { TrainedModel } from '../../src/predictions';
import { readColumnsFile } from '../../src/tables';
import { createXGBoostTrainer, type Trainer, writeModelArchive } from '../../src/training';
import {
  defaultEnvironment,
  environments,
  IMAGE,
  runJob,
  SETUP_TIMEOUT,
  temporaryFolder,
} from '../training/support';
import { csv, type Predicted, predicted } from './support';

jest.setTimeout(SETUP_TIMEOUT);

const ROWS = Array.from({ length: 80 }, (_, i) => ({
  id: `row ${i}`,
  x: `${(i * 37) % 80}.25`,
  sex: ['male', 'FEMALE', 'Male', ''][i % 4] ?? '',
  city: ['Rome', 'Oslo', 'Lima'][(i >> 1) % 3] ?? '',
  grade: `g${i % 12}`,
  born: `20${10 + (i % 9)}-0${1 + (i % 7)}-11 1${i % 3}:00`,
}));

/** The labels of each kind of problem. */
const LABELS: Readonly<Record<string, (row: number) => string>> = {
  amount: (i) => (Math.log1p((i * 37) % 80) + (i % 3)).toFixed(4),
  bought: (i) => (((i * 37) % 80) + 30 * (i % 2) > 50 ? 'yes' : 'no'),
  color: (i) => ['red', 'green', 'blue'][(((i * 37) % 80) + (i % 5)) % 3] ?? '',
};

/**
 * A script that predicts with XGBoost directly. It reads `[model, data]` pairs and prints a list of predictions for
 * each pair.
 */
const OWN_PREDICTION = `
import json, sys
import numpy as np, xgboost as xgb
answers = []
for model, data in json.loads(sys.argv[1]):
    booster = xgb.Booster(model_file=model)
    rows = np.genfromtxt(data, delimiter=",")
    answers.append(booster.predict(xgb.DMatrix(rows[:, 1:])).tolist())
print(json.dumps(answers))
`;

interface Case {
  readonly label: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly transform?: 'log1p';
  /** Converts a prediction from XGBoost to the fields that `predictRows` must write. */
  readonly read: (own: number | number[]) => Readonly<Record<string, string | number>>;
}

const COLORS = ['blue', 'green', 'red'];
const value = (own: number | number[]) => Number(own);
const name = (own: number | number[], classes = ['no', 'yes']) => classes[value(own)] ?? '';
const answer = (probability: number) => ({
  prediction: probability > 0.5 ? 'yes' : 'no',
  probability_no: 1 - probability,
  probability_yes: probability,
});

const CASES: Readonly<Record<string, Case>> = {
  'a regression': {
    label: 'amount',
    hyperparameters: { objective: 'reg:squarederror' },
    read: (own) => ({ prediction: value(own) }),
  },
  'a regression of a logarithm': {
    label: 'amount',
    hyperparameters: { objective: 'reg:squarederror' },
    transform: 'log1p',
    read: (own) => ({ prediction: Math.expm1(value(own)) }),
  },
  counts: {
    label: 'amount',
    hyperparameters: { objective: 'count:poisson' },
    read: (own) => ({ prediction: value(own) }),
  },
  'two classes': {
    label: 'bought',
    hyperparameters: { objective: 'binary:logistic' },
    read: (own) => answer(value(own)),
  },
  'two classes, with a model that predicts log odds': {
    label: 'bought',
    hyperparameters: { objective: 'binary:logitraw' },
    read: (own) => answer(1 / (1 + Math.exp(-value(own)))),
  },
  'two classes without probabilities': {
    label: 'bought',
    hyperparameters: { objective: 'binary:hinge' },
    read: (own) => ({ prediction: name(own) }),
  },
  'three classes': {
    label: 'color',
    hyperparameters: { objective: 'multi:softprob', num_class: '3' },
    read: (own) => {
      const [blue = 0, green = 0, red = 0] = own as number[];
      const highest = [blue, green, red].indexOf(Math.max(blue, green, red));
      return {
        prediction: COLORS[highest] ?? '',
        probability_blue: blue,
        probability_green: green,
        probability_red: red,
      };
    },
  },
  'three classes without probabilities': {
    label: 'color',
    hyperparameters: { objective: 'multi:softmax', num_class: '3' },
    read: (own) => ({ prediction: name(own, COLORS) }),
  },
};

describe('predictions equal those of XGBoost for the data that the app prepared', () => {
  const trainer: Trainer = createXGBoostTrainer({
    pythonFor: (version) => environments.forXGBoost(version),
    maxWorkers: 1,
  });
  const results = new Map<string, { expected: Map<string, object>; actual: Predicted }>();

  beforeAll(async () => {
    const trained: { case: Case; model: TrainedModel; prepared: string; modelFile: string }[] = [];
    for (const each of Object.values(CASES)) trained.push({ case: each, ...(await train(trainer, each)) });
    const { python } = await defaultEnvironment();
    const pairs = JSON.stringify(trained.map(({ modelFile, prepared }) => [modelFile, prepared]));
    const own: (number | number[])[][] = JSON.parse(
      execFileSync(python, ['-c', OWN_PREDICTION, pairs], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    );
    for (const [at, { case: each, model, prepared }] of trained.entries()) {
      const x = model.data.prepared?.columns.findIndex((column) => column.name === 'x') ?? -1;
      const keys = linesOf(prepared).map((line) => String(line.split(',')[x + 1]));
      results.set(Object.keys(CASES)[at] ?? '', {
        expected: new Map(keys.map((key, row) => [key, each.read(own[at]?.[row] ?? [])])),
        actual: await predicted(
          tableOf(each.label, ['born', 'id', 'grade', 'sex', each.label, 'city', 'x']),
          {
            model,
            server: trainer.serving as NonNullable<Trainer['serving']>,
          },
        ),
      });
    }
  });

  afterAll(() => trainer.close());

  test.each(Object.keys(CASES))('%s', (each) => {
    const { expected, actual } = results.get(each) ?? {};
    expect(actual?.rows).toHaveLength(ROWS.length);
    for (const row of actual?.rows ?? []) {
      for (const [column, wanted] of Object.entries(expected?.get(String(row['x'])) ?? { none: '' })) {
        if (typeof wanted === 'string') expect([row['id'], row[column]]).toEqual([row['id'], wanted]);
        else expect(Number(row[column]) / wanted).toBeCloseTo(1, 5);
      }
    }
  });

  test('the result keeps the rows and columns in their order, and a notice lists the ignored columns', () => {
    const { rows = [], notices } = results.get('two classes')?.actual ?? {};
    expect(rows.map(({ id }) => id)).toEqual(ROWS.map(({ id }) => id));
    expect(Object.keys(rows[0] ?? {})).toEqual([
      ...['born', 'id', 'grade', 'sex', 'bought', 'city', 'x'],
      ...['prediction', 'probability_no', 'probability_yes'],
    ]);
    expect(notices).toEqual(['Ignored, because the model was not trained with them: id, bought (the label)']);
  });
});

/** A CSV table with the rows of the test. The columns are in the given order. */
function tableOf(label: string, columns: readonly string[]): string {
  const lines = ROWS.map((row, index) =>
    columns
      .map((column) => (column === label ? LABELS[label]?.(index) : row[column as keyof typeof row]))
      .join(','),
  );
  return csv(columns.join(','), ...lines);
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').trimEnd().split('\n');
}

/** Prepares the table as the app does, and trains a small model. */
async function train(trainer: Trainer, { label, hyperparameters, transform }: Case) {
  const folder = temporaryFolder();
  const table = prepareTable(
    tableOf(label, ['id', 'x', 'sex', 'city', 'grade', 'born', label]),
    { label, categories: 'auto', excludeColumns: [] },
    join(folder, 'cache'),
  );
  const prepared = join(folder, 'all.csv');
  const parts = ['train', 'validation'].map((part) =>
    readFileSync(join(table.folder, part, `${part}.csv`), 'utf8'),
  );
  writeFileSync(prepared, parts.join(''));
  const settings = { num_round: '6', max_depth: '4', min_child_weight: '0', ...hyperparameters };
  const { outcome, workFolder } = await runJob(trainer, settings, { train: [prepared] });
  expect(outcome).toEqual({ status: 'Completed' });
  const archive = join(folder, 'model.tar.gz');
  await writeModelArchive(join(workFolder, 'model'), archive);
  const known = readColumnsFile(join(table.folder, 'columns.json'));
  const model: TrainedModel = {
    title: 'training job t',
    image: IMAGE,
    environment: {},
    archive,
    hyperparameters: settings,
    data: {
      uri: 's3://bucket/train/',
      leading: ['label'],
      features: known.columns.length,
      prepared: { ...known, label: { ...known.label, ...(transform && { transform }) } },
    },
  };
  return { model, prepared, modelFile: join(workFolder, 'model', 'xgboost-model') };
}
