import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createXGBoostTrainer, MetricCollector, type Trainer } from '../../src/training';
import { logEvents } from '../../src/training/log-events';
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
let train: string[];
let validation: string[];
let classes: { train: string[]; validation: string[] };

beforeAll(async () => {
  ({ python } = await defaultEnvironment());
  trainer = createXGBoostTrainer({ pythonFor: environments.forXGBoost, maxWorkers: 2 });
  await trainer.prepare?.({ trainingImage: IMAGE, hyperparameters: {} }, 2);
  const folder = temporaryFolder();
  train = [writeRegressionCsv(join(folder, 'train.csv'), 800, 5, 1)];
  validation = [writeRegressionCsv(join(folder, 'validation.csv'), 200, 5, 2)];
  classes = { train: train.map(withClasses), validation: validation.map(withClasses) };
}, SETUP_TIMEOUT);
afterAll(() => trainer.close());

const BASE = { num_round: '20', objective: 'reg:squarederror', max_depth: '3', eta: '0.3' };
const rounds = (log: string[]) => log.filter((line) => /^\[\d+\]/.test(line));

/** Runs Python code in the trainer's environment with the given arguments. */
function runPython(code: string, ...args: string[]): string {
  return execFileSync(python, ['-c', code, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    // The call is synchronous, so without a timeout, a script that waits forever would block all tests.
    timeout: 60_000,
  }).trim();
}

test("jobs are accepted if they use an XGBoost image without a user's program", () => {
  const accepts = (trainingImage: string, hyperparameters = {}) =>
    trainer.accepts({ trainingImage, hyperparameters });
  expect(accepts(IMAGE)).toBe(true);
  expect(accepts('111122223333.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost@sha256:00')).toBe(true);
  expect(accepts('111122223333.dkr.ecr.eu-west-1.amazonaws.com/my-sagemaker-xgboost:1')).toBe(false);
  expect(accepts('811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:1')).toBe(false);
  expect(accepts(IMAGE, { sagemaker_program: 'train.py' })).toBe(false);
});

test('a job prints the log of the container, and its model equals a model that XGBoost itself trains', async () => {
  const { outcome, log, workFolder } = await runJob(trainer, BASE, { train, validation });
  expect(outcome).toEqual({ status: 'Completed' });
  expect(log.slice(0, 3).map((line) => line.slice(line.indexOf('INFO]')))).toEqual([
    'INFO] Single node training.',
    'INFO] Train matrix has 800 rows and 5 columns',
    'INFO] Validation matrix has 200 rows',
  ]);
  expect(rounds(log)).toHaveLength(20);
  const script = `
import sys, numpy as np, xgboost as xgb
read = lambda path: xgb.DMatrix(path + "?format=csv&label_column=0")
train, validation = read(sys.argv[2]), read(sys.argv[3])
history = {}
plain = xgb.train({"objective": "reg:squarederror", "max_depth": 3, "eta": 0.3}, train, 20,
                  evals=[(train, "train"), (validation, "validation")], evals_result=history, verbose_eval=False)
model = xgb.Booster()
model.load_model(sys.argv[1])
assert np.array_equal(model.predict(validation), plain.predict(validation)), "predictions differ"
for i in (0, 19):
    print(f"[{i}]\\ttrain-rmse:{history['train']['rmse'][i]:.5f}\\tvalidation-rmse:{history['validation']['rmse'][i]:.5f}")`;
  const model = join(workFolder, 'model', 'xgboost-model');
  const expected = runPython(script, model, train[0] ?? '', validation[0] ?? '').split('\n');
  expect([rounds(log)[0], rounds(log)[19]]).toEqual(expected);
  expect(readdirSync(join(workFolder, 'model'))).toEqual(['xgboost-model']);
});

test("the objective metric of the tuning job is printed too, and SageMaker's metric expressions find it", async () => {
  const { log } = await runJob(
    trainer,
    { ...BASE, eval_metric: 'mae,rmse,mape', _tuning_objective_metric: 'validation:r2' },
    { train, validation },
  );
  const collector = new MetricCollector(
    trainer.metricDefinitions({ trainingImage: IMAGE, hyperparameters: {} }),
  );
  for (const event of log.flatMap(logEvents)) {
    collector.add(event);
  }
  const found = Object.fromEntries(collector.latest().map((metric) => [metric.MetricName, metric.Value]));
  expect(Object.keys(found).sort()).toEqual(
    ['mae', 'mape', 'r2', 'rmse'].flatMap((metric) => [`train:${metric}`, `validation:${metric}`]).sort(),
  );
  expect(found['validation:r2']).toBeGreaterThan(0.9);
});

test('early stopping ends the job before the last round and keeps the best model', async () => {
  const { log, workFolder } = await runJob(
    trainer,
    { ...BASE, num_round: '500', eta: '1', eval_metric: 'rmse', early_stopping_rounds: '3' },
    { train, validation },
  );
  const printed = rounds(log);
  expect(printed.length).toBeLessThan(200);
  const code =
    'import sys, xgboost; b = xgboost.Booster(model_file=sys.argv[1]); print(b.num_boosted_rounds())';
  const kept = runPython(code, join(workFolder, 'model', 'xgboost-model'));
  expect(Number(kept)).toBe(printed.length - 3);
});

test.each<[Record<string, string>]>([
  [{ eval_metric: 'mae,r2' }],
  [{ _tuning_objective_metric: 'validation:r2' }],
  [{ eval_metric: 'r2,mae', _tuning_objective_metric: 'validation:r2' }],
  [{ eval_metric: 'r2,mae' }],
])('early stopping for %j continues while the metric improves', async (metrics) => {
  const hyperparameters = { ...BASE, num_round: '10', early_stopping_rounds: '2', ...metrics };
  const { log } = await runJob(trainer, hyperparameters, { train, validation });
  expect(rounds(log)).toHaveLength(10);
});

test.each<[needs: string, metrics: Record<string, string>, hasValidation: boolean]>([
  ['a validation channel', { eval_metric: 'rmse' }, false],
  ['eval_metric', {}, true],
])(
  'early stopping without %s has no effect, with a note in the log',
  async (needs, metrics, hasValidation) => {
    const hyperparameters = { ...BASE, eta: '1', early_stopping_rounds: '1', ...metrics };
    const { log, outcome } = await runJob(trainer, hyperparameters, {
      train,
      ...(hasValidation && { validation }),
    });
    expect(outcome).toEqual({ status: 'Completed' });
    expect(rounds(log)).toHaveLength(20);
    expect(log.join('\n')).toContain(`INFO] early_stopping_rounds has no effect: it needs ${needs}`);
  },
);

describe('CheckpointConfig', () => {
  const checkpointsIn = (folder: string) => ({ checkpoints: { folder, localPath: '/opt/ml/checkpoints' } });
  const metrics = (line: string | undefined) => line?.replace(/^\[\d+\]/, '');

  test('saves a checkpoint after the first round, from which no job resumes, as in the container', async () => {
    const folder = temporaryFolder();
    const { log: expected } = await runJob(trainer, BASE, { train, validation });
    for (let attempt = 1; attempt <= 2; attempt++) {
      const { outcome, log } = await runJob(trainer, BASE, { train, validation }, checkpointsIn(folder));
      expect(outcome).toEqual({ status: 'Completed' });
      expect(rounds(log)).toEqual(rounds(expected));
      expect(log.join('\n')).toContain('INFO] CheckpointConfig has no effect: the container does not resume');
      expect(readdirSync(folder)).toEqual(['xgboost-checkpoint_0.ubj']);
    }
    expect(expected.join('\n')).not.toContain('CheckpointConfig');
    expect(trainer.resumes?.({ trainingImage: IMAGE, hyperparameters: {} })).toBe(false);
  });

  test('trains the remaining rounds if there are checkpoints with the names of old images', async () => {
    const folder = temporaryFolder();
    for (const num_round of ['9', '10']) {
      const { workFolder } = await runJob(trainer, { ...BASE, num_round }, { train });
      const checkpoint = `xgboost-checkpoint.${Number(num_round) - 1}`;
      copyFileSync(join(workFolder, 'model', 'xgboost-model'), join(folder, checkpoint));
    }
    const { log: expected } = await runJob(trainer, BASE, { train, validation });
    const { outcome, log } = await runJob(trainer, BASE, { train, validation }, checkpointsIn(folder));
    expect(outcome).toEqual({ status: 'Completed' });
    expect(log.join('\n')).toMatch(
      /Checkpoint loaded from .*xgboost-checkpoint\.9\n.* Resuming from iteration 10\n/,
    );
    // The container counts the rounds from 0 again.
    expect(rounds(log).map((line) => line.split('\t')[0])).toEqual(
      Array.from({ length: 10 }, (_, i) => `[${i}]`),
    );
    expect(rounds(log).map(metrics)).toEqual(rounds(expected).slice(10).map(metrics));
  });

  test('fails a cross-validation, because the container saves to a folder that does not exist', async () => {
    const hyperparameters = { ...BASE, _kfold: '3' };
    const { outcome } = await runJob(trainer, hyperparameters, { train }, checkpointsIn(temporaryFolder()));
    expect(failureReason(outcome)).toMatch(
      /^AlgorithmError: XGB train call failed with exception:\n .*model-0.*No such file or directory/,
    );
  });
});

test('several updaters are passed to XGBoost', async () => {
  const hyperparameters = { ...BASE, tree_method: 'exact', updater: 'grow_colmaker,prune' };
  const { outcome, log } = await runJob(trainer, hyperparameters, { train });
  expect(outcome).toEqual({ status: 'Completed' });
  expect(log.at(-1)).toMatch(/:INFO\] Training took \d+\.\d{3} seconds\.$/);
});

test.each([
  [{ num_round: undefined }, 'Missing required hyperparameter: num_round'],
  [{ max_dept: '3' }, 'Extraneous hyperparameter found: max_dept'],
  [{ num_round: '10.0' }, "Hyperparameter num_round: could not parse value '10.0' as integer"],
  [{ objective: '"reg:squarederror"' }, 'Hyperparameter objective: "reg:squarederror" is not in ['],
  [{ eta: '1.5' }, 'Hyperparameter eta: 1.5 is not in [0, 1]'],
  [{ subsample: '0' }, 'Hyperparameter subsample: 0.0 is not in (0, 1]'],
  [{ max_depth: '-1' }, 'Hyperparameter max_depth: -1 is not in [0, +inf)'],
  [{ objective: 'multi:softmax' }, "Require input for parameter 'num_class' for multi-classification"],
  [{ eval_metric: 'auc' }, "Metric 'auc' can only be applied for classification and ranking problems."],
  [{ eval_metric: 'rmse,foo' }, 'Hyperparameter eval_metric: value ['],
  [{ eval_metric: 'rmse@2' }, "Metric 'rmse@2' is not supported."],
  [{ _tuning_objective_metric: 'validation:foo' }, 'Hyperparameter _tuning_objective_metric: validation:foo'],
  [{ monotone_constraints: '(1,0)' }, 'monotone_constraints can be used only when the tree_method'],
  [{ learning_rate: '2' }, 'Hyperparameter eta: 2.0 is not in [0, 1]'],
  [
    { interaction_constraints: 'x', tree_method: 'hist' },
    'Hyperparameter interaction_constraints: could not parse',
  ],
  [{ eval_metric: 'mlogloss' }, 'label must be in [0, num_class)'],
  [{ booster: 'gblinear', updater: 'prune' }, 'Linear updater should be one of these options'],
  [
    { use_dask_gpu_training: 'true' },
    'Hyperparameter use_dask_gpu_training: Dask GPU training is not supported',
  ],
])('%j fails the job with a client error', async (change, reason) => {
  const hyperparameters = Object.fromEntries(
    Object.entries({ ...BASE, ...change }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
  const { outcome, log, workFolder } = await runJob(trainer, hyperparameters, { train, validation });
  expect(failureReason(outcome)).toMatch(/^ClientError: /);
  expect(failureReason(outcome)).toContain(reason);
  expect(log.join('\n')).toContain(failureReason(outcome));
  expect(readdirSync(join(workFolder, 'model'))).toEqual([]);
});

test.each([
  [{ tree_method: 'gpu_hist' }, 'gpu_hist'],
  [{ objective: 'binary:logistic' }, 'base_score must be in (0,1)'],
  [{ eval_metric: 'f1' }, "Classification metrics can't handle a mix of continuous and binary targets"],
  [
    { eval_metric: 'accuracy,rmse' },
    "Classification metrics can't handle a mix of continuous and binary targets",
  ],
  [{ eval_metric: 'r2', eta: 'nan' }, 'Input contains NaN.'],
  [{ eval_metric: 'rmse', eta: 'nan' }, 'Input contains NaN.'],
  [{ eval_metric: 'tweedie-nloglik' }, 'tweedie-nloglik must be in format tweedie-nloglik@rho'],
  [{ eval_metric: 'error@0.5', early_stopping_rounds: '2' }, 'error@0.5'],
])(
  '%j, which XGBoost or scikit-learn refuses, fails the job with an algorithm error without a stack trace',
  async (change, reason) => {
    const { outcome } = await runJob(trainer, { ...BASE, ...change }, { train, validation });
    expect(failureReason(outcome)).toMatch(/^AlgorithmError: XGB train call failed .*, exit code: 1$/s);
    expect(failureReason(outcome)).toContain(reason);
    expect(failureReason(outcome)).not.toContain('bt]');
  },
);

test.each([
  [{ monotone_constraints: 'x', tree_method: 'hist' }],
  [{ monotone_constraints: '1', tree_method: 'hist' }],
  [{ interaction_constraints: '[[1,', tree_method: 'hist' }],
  [{ interaction_constraints: '[1,2]', tree_method: 'hist' }],
  [{ objective: undefined, eval_metric: 'rmse' }],
])(
  "%j, for which the container's own validation raises an exception, fails the job with an algorithm error",
  async (change) => {
    const hyperparameters = JSON.parse(JSON.stringify({ ...BASE, ...change })) as Record<string, string>;
    const { outcome } = await runJob(trainer, hyperparameters, { train });
    expect(failureReason(outcome)).toMatch(/^AlgorithmError: (?!XGB train call)/);
  },
);

/** The metrics of the validation data in the last round. */
async function lastRound(change: Record<string, string>): Promise<Record<string, number>> {
  const { log, outcome } = await runJob(trainer, { ...BASE, ...change }, { train, validation });
  expect(outcome).toEqual({ status: 'Completed' });
  const fields = (rounds(log).pop() ?? '').split('\tvalidation-').slice(1);
  return Object.fromEntries(
    fields.map((field) => field.split(':')).map(([name, value]) => [name, Number(value)]),
  );
}

test.each([
  [{}, ['rmse']],
  [{ eval_metric: 'mae' }, ['rmse', 'mae']],
  [{ eval_metric: 'mse,r2', objective: 'reg:pseudohubererror' }, ['mphe', 'mse', 'r2']],
  [{ eval_metric: 'mape,mae' }, ['mape', 'mae']],
  [{ _tuning_objective_metric: 'validation:rmse', objective: 'reg:absoluteerror' }, ['mae', 'rmse']],
  [{ _tuning_objective_metric: 'validation:logloss' }, ['logloss']],
])(
  '%j prints the metrics of the container in addition to the default metric of the objective',
  async (change, expected) => {
    expect(Object.keys(await lastRound(change))).toEqual(expected);
  },
);

test.each([
  [{ learning_rate: '0.1', eta: '0.9' }, { eta: '0.1' }],
  [{ min_split_loss: '5' }, { gamma: '5' }],
  [{ reg_lambda: '50' }, { lambda: '50' }],
  [{ reg_alpha: '50' }, { alpha: '50' }],
  [{ _num_cv_round: '3' }, {}],
])('%j has the same effect as %j', async (given, same) => {
  expect(await lastRound(given as Record<string, string>)).toEqual(
    await lastRound(same as Record<string, string>),
  );
});

/** The metric of each round on the validation data, for labels 0, 1 and 2. */
async function metricOfClasses(metric: string, more: Record<string, string>): Promise<string[]> {
  const hyperparameters = { ...BASE, num_round: '5', eval_metric: metric, ...more };
  const { log, outcome } = await runJob(trainer, hyperparameters, classes);
  expect(outcome).toEqual({ status: 'Completed' });
  return rounds(log).map((line) => line.split(`validation-${metric}:`)[1] ?? '');
}

test('version 3.x treats transformed predictions as margins, so the accuracy of probabilities never changes', async () => {
  const rows = readFileSync(classes.validation[0] ?? '', 'utf8')
    .trim()
    .split('\n');
  const above0 = rows.filter((row) => row.startsWith('1')).length / rows.length;
  const poisson = await metricOfClasses('accuracy', { objective: 'count:poisson' });
  expect(poisson).toEqual(Array(5).fill(above0.toFixed(5)));
  // With multi:softmax, the metric counts a predicted class 2 as class 1. With multi:softprob, the metric is
  // correct, because there is a column for each class.
  const softmax = await metricOfClasses('accuracy', { objective: 'multi:softmax', num_class: '3' });
  const softprob = await metricOfClasses('accuracy', { objective: 'multi:softprob', num_class: '3' });
  const merror = await metricOfClasses('merror', { objective: 'multi:softprob', num_class: '3' });
  expect(softprob).toEqual(merror.map((error) => (1 - Number(error)).toFixed(5)));
  expect(Number(softmax[4])).toBeLessThan(Number(softprob[4]));
  const stopped = await metricOfClasses('accuracy', {
    objective: 'count:poisson',
    early_stopping_rounds: '2',
  });
  expect(stopped).toHaveLength(3);
});

test('a metric for two classes fails with a client error if there are more classes', async () => {
  const hyperparameters = { ...BASE, objective: 'count:poisson', eval_metric: 'precision' };
  const { outcome } = await runJob(trainer, hyperparameters, classes);
  expect(failureReason(outcome)).toMatch(/^ClientError: Target is multiclass but average='binary'/);
});

test('NaN is within every range', async () => {
  expect(await lastRound({ eta: 'nan' })).toEqual({ rmse: Number.NaN });
});

test('a tuple is passed to XGBoost', async () => {
  const { log, outcome } = await runJob(
    trainer,
    {
      ...BASE,
      tree_method: 'hist',
      monotone_constraints: '(1,-1,0,0,0)',
      save_model_on_termination: 'false',
    },
    { train },
  );
  expect(outcome).toEqual({ status: 'Completed' });
  expect(log.join('\n')).not.toContain('not used');
});
