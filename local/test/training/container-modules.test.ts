import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createScriptTrainer } from '../../src/training/script/script-trainer';
import type { Trainer, TrainingTask } from '../../src/training/trainer';
import {
  channel,
  instances,
  newFolder,
  PYTORCH_IMAGE,
  packSource,
  projectEnvironments,
  SCIKIT_LEARN_IMAGE,
  SUBMIT_DIRECTORY,
  train,
  XGBOOST_IMAGE,
} from './script-support';
import { SETUP_TIMEOUT, writeRegressionCsv } from './support';

const SCRIPT = readFileSync(join(__dirname, 'scripts', 'xgboost_container.py'), 'utf8');
const ROUNDS = '8';

let trainer: Trainer;
let python: string;
let parts: string[];
let validation: string;

beforeAll(async () => {
  trainer = createScriptTrainer({ environments: projectEnvironments });
  await trainer.prepare?.({ trainingImage: XGBOOST_IMAGE, hyperparameters: {} }, 0);
  ({ python } = await projectEnvironments.forXGBoost('3.2.0'));
  const folder = newFolder();
  parts = [1, 2].map((seed) => writeRegressionCsv(join(folder, `part ${seed}.csv`), 300, 4, seed));
  validation = writeRegressionCsv(join(folder, 'validation.csv'), 100, 4, 9);
}, SETUP_TIMEOUT);
afterAll(() => trainer.close());

async function run(source: string, changes: Partial<TrainingTask> = {}) {
  const { hyperparameters, channels = [], ...others } = changes;
  return train(trainer, {
    trainingImage: XGBOOST_IMAGE,
    hyperparameters: {
      sagemaker_program: 'train.py',
      sagemaker_submit_directory: SUBMIT_DIRECTORY,
      ...hyperparameters,
    },
    channels: [channel('code', [await packSource({ 'train.py': source })]), ...channels],
    ...others,
  });
}

const data = (changes = {}) => [channel('train', parts, changes), channel('validation', [validation])];
const rounds = (log: readonly string[]) => log.filter((line) => /^\[\d+\]\t/.test(line));

test("a script for the XGBoost image trains and prints lines that SageMaker's metric regexes match", async () => {
  const { outcome, log, workFolder } = await run(SCRIPT, {
    hyperparameters: { num_round: ROUNDS },
    channels: data(),
  });
  expect({ outcome, log: outcome.status === 'Completed' ? [] : log }).toMatchObject({
    outcome: { status: 'Completed' },
  });
  expect(rounds(log)).toHaveLength(8);
  expect(rounds(log)[0]).toMatch(/^\[0\]\ttrain-rmse:\d+\.\d+\tvalidation-rmse:\d+\.\d+$/);
  expect(log).toContain('rounds: 8, master: True');
  expect(log.join('\n')).toMatch(/rows: 600 of \d+ bytes/);
  expect(readdirSync(join(workFolder, 'model'))).toEqual(['xgboost-model']);
});

test('several hosts train one model with rabit_run; a host without data does not participate', async () => {
  const { outcome, log, workFolder } = await run(SCRIPT, {
    hyperparameters: { num_round: ROUNDS },
    instances: instances(3),
    channels: data({ distribution: 'ShardedByS3Key' }), // in two files
  });
  expect({ outcome, log: outcome.status === 'Completed' ? [] : log }).toEqual({
    outcome: { status: 'Completed' },
    log: [],
  });
  // XGBoost's tracker and the script write to the same stream, so a line can contain output of both.
  expect(log.flatMap((line) => line.match(/rounds: 8, master: \w+/) ?? []).sort()).toEqual([
    'rounds: 8, master: False',
    'rounds: 8, master: True',
  ]);
  expect(log).toContain('WARNING:root:Host algo-3 not being used for distributed training.');
  expect(readdirSync(join(workFolder, 'model'))).toEqual(['xgboost-model']);
});

test('a failed host ends the job', async () => {
  const source = SCRIPT.replace(
    '    booster =',
    '    if not is_master: raise ValueError("bad share")\n    booster =',
  );
  const { reason, log } = await run(source, {
    hyperparameters: { num_round: ROUNDS },
    instances: instances(2),
    channels: data({ distribution: 'ShardedByS3Key' }),
  });
  expect(reason).toMatch(/^AlgorithmError: ExecuteUserScriptError:\nExitCode 1\n/);
  expect(log).toContain('ValueError: bad share');
});

test('checkpointing.train resumes from the last checkpoint and keeps the last five checkpoints', async () => {
  const checkpoints = { folder: newFolder(), localPath: '/opt/ml/checkpoints' };
  const job = (num_round: string) =>
    run(SCRIPT, {
      hyperparameters: { num_round, checkpoints: '/opt/ml/checkpoints' },
      channels: data(),
      checkpoints,
    });
  const first = await job('7');
  expect(first.outcome).toEqual({ status: 'Completed' });
  expect(readdirSync(checkpoints.folder).sort()).toEqual(
    [2, 3, 4, 5, 6].map((round) => `xgboost-checkpoint.${round}`),
  );
  // The script has a hard-coded path, as in AWS's notebook.
  const written = SCRIPT.replace('checkpoints=args.checkpoints', 'checkpoints="/opt/ml/checkpoints"');
  const second = await run(written, { hyperparameters: { num_round: '10' }, channels: data(), checkpoints });
  expect(second.log.join('\n')).toMatch(/Checkpoint loaded from .*xgboost-checkpoint\.6/);
  expect(rounds(second.log).map((line) => line.split('\t')[0])).toEqual(['[7]', '[8]', '[9]']);
  expect(second.log).toContain('rounds: 10, master: True');
  const whole = await run(SCRIPT, { hyperparameters: { num_round: '10' }, channels: data() });
  expect(rounds(second.log)[2]).toBe(rounds(whole.log)[9]);
  const done = await job('10');
  expect([done.outcome.status, rounds(done.log)]).toEqual(['Completed', []]);
});

test.each<[string, string, string, number]>([
  ['csv', 'rows.csv', '1,2,3\n4,5,6\n', 2],
  ['csv', 'tabs', '1\t2\t3\n4\t5\t6\n', 2],
  ['libsvm', 'rows', '1 0:2 1:3\n4 0:5\n7 1:1\n', 3],
])('get_dmatrix reads %s (%s)', async (kind, name, text, rows) => {
  const file = join(newFolder(), name);
  writeFileSync(file, text);
  const source = `import os
from sagemaker_xgboost_container.data_utils import get_content_type, get_dmatrix
folder = os.environ["SM_CHANNEL_TRAIN"]
for path in (folder, os.path.join(folder, ${JSON.stringify(name)}), [folder, folder]):
    print(get_dmatrix(path, "${kind}").num_row())
print(get_content_type("text/${kind}; label_size=1"), get_dmatrix(folder + "/none", "${kind}"))`;
  const { log } = await run(source, { channels: [channel('train', [file])] });
  expect(log.slice(-4)).toEqual([`${rows}`, `${rows}`, `${2 * rows}`, `${kind} None`]);
});

test.each<[string, string, RegExp]>([
  ['', 'csv', /Could not determine delimiter/],
  ['1,2', 'text/csv', /UserError: text\/csv is not one of csv, libsvm, parquet/],
  ['1,2', 'recordio-protobuf', /Local mode does not support recordio-protobuf/],
  ['PAR1', 'parquet', /pyarrow|Failed to load parquet/],
])('get_dmatrix explains why it cannot read %j as %s', async (text, kind, words) => {
  const file = join(newFolder(), 'rows');
  writeFileSync(file, text);
  const source = `import os
from sagemaker_xgboost_container import data_utils
data_utils.get_dmatrix(os.environ["SM_CHANNEL_TRAIN"], "${kind}")`;
  expect((await run(source, { channels: [channel('train', [file])] })).log.join('\n')).toMatch(words);
});

test.each<[string, string, string | undefined]>([
  [
    'a module without a stand-in',
    'from sagemaker_xgboost_container.algorithm_mode import metrics',
    'sagemaker_xgboost_container.algorithm_mode.metrics',
  ],
  [
    'one of several names',
    'from sagemaker_xgboost_container import distributed, serving',
    'sagemaker_xgboost_container.serving',
  ],
  [
    'a submodule',
    'import sagemaker_containers.beta.framework, sagemaker_containers.cli.train',
    'sagemaker_containers.cli.train',
  ],
  ['mlio', 'import mlio', 'mlio'],
  ['in try', 'try:\n    import mlio\nexcept ImportError:\n    print("without")', undefined],
  ['in a function', 'def input_fn():\n    import mlio', undefined],
  ['nothing of the kind', 'import json', undefined],
])('an unsupported import is refused before the script starts: %s', async (_, source, missing) => {
  const { reason, started, outcome } = await run(source);
  if (missing === undefined) {
    expect(outcome).toEqual({ status: 'Completed' });
  } else {
    expect(started).toBe(0);
    expect(reason).toContain(
      `ClientError: the script imports ${missing}, for which local mode has no stand-in`,
    );
    expect(reason).toContain(XGBOOST_IMAGE);
  }
});

test.each<[string, string, string, RegExp]>([
  [
    'scikit-learn',
    SCIKIT_LEARN_IMAGE,
    'from sagemaker_containers.beta.framework import worker',
    /^not failed: Completed$/,
  ],
  [
    'scikit-learn',
    SCIKIT_LEARN_IMAGE,
    'import sagemaker_xgboost_container',
    /imports sagemaker_xgboost_container, for which/,
  ],
  [
    'PyTorch',
    PYTORCH_IMAGE,
    'import sagemaker_containers',
    /ModuleNotFoundError: No module named 'sagemaker_containers'/,
  ],
])('each image has its own modules: %s', async (_, trainingImage, source, outcome) => {
  const anyPython = createScriptTrainer({
    environments: {
      ...projectEnvironments,
      forPackages: async (has) => ({ python, pythonVersion: '3', has }),
    },
  });
  const { reason } = await train(anyPython, {
    trainingImage,
    hyperparameters: { sagemaker_program: 'train.py', sagemaker_submit_directory: SUBMIT_DIRECTORY },
    channels: [channel('code', [await packSource({ 'train.py': source })])],
  });
  expect(reason).toMatch(outcome);
});

test('modules of the model server can be imported, and raise an error when they are used', async () => {
  const { log } = await run('from sagemaker_containers.beta.framework import env, server\nserver.start(env)');
  expect(log.join('\n')).toMatch(/beta\.framework\.server\.start belongs to the container's server/);
  const read = await run(
    `${SCRIPT.split('if __name__')[0]}\nprint(input_fn("1,2\\n,4", "text/csv").num_row())`,
  );
  expect(read.log.at(-1)).toBe('2');
  const written = await run(
    `${SCRIPT.split('if __name__')[0]}\nprint(output_fn([1], "text/csv").response.strip())`,
  );
  expect(written.log.at(-1)).toBe('1');
});
