import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocks, PROJECT } from '../../../test/docs/pages';
import {
  createTabularTrainer,
  createXGBoostTrainer,
  type Trainer,
  writeModelArchive,
} from '../../src/training';
import {
  defaultEnvironment,
  environments,
  runJob,
  SETUP_TIMEOUT,
  temporaryFolder,
  writeRegressionCsv,
} from '../training/support';

jest.setTimeout(SETUP_TIMEOUT);

const PAGE = 'docs/using-the-model.md';
const FEATURES = 3;
const LIBRARIES = ['xgboost', 'lightgbm', 'catboost'] as const;
type Library = (typeof LIBRARIES)[number];

/**
 * One program: the Python snippets for all libraries, which come first on the page, and the snippets for the given
 * library.
 */
function program(library: Library): string {
  const blocks = codeBlocks(PAGE, 'python').map(({ code }) => code);
  const begins = LIBRARIES.map((name) => blocks.findIndex((code) => code.includes(`${name} `)));
  const at = LIBRARIES.indexOf(library);
  return [...blocks.slice(0, begins[0]), ...blocks.slice(begins[at], begins[at + 1])].join('\n');
}

/** Trains a small model that predicts a logarithm. The folder contains all files that the snippets read. */
async function train(library: Library): Promise<{ folder: string; python: string }> {
  const folder = temporaryFolder();
  const data = writeRegressionCsv(join(folder, 'validation.csv'), 60, FEATURES, 5);
  const columns = ['y', 'a', 'b', 'c'].map((name) => ({ name }));
  writeFileSync(
    join(folder, 'columns.json'),
    JSON.stringify({ label: { column: 'y', transform: 'log1p' }, columns }),
  );
  let python = (await defaultEnvironment()).python;
  const pythonFor = async (wanted: Parameters<typeof environments.forPackages>[0]) => {
    const found = await environments.forPackages(wanted);
    python = found.python;
    return found;
  };
  const trainer: Trainer =
    library === 'xgboost'
      ? createXGBoostTrainer({ pythonFor: (version) => environments.forXGBoost(version), maxWorkers: 1 })
      : createTabularTrainer({ pythonFor, maxWorkers: 1 });
  const rounds = { xgboost: 'num_round', lightgbm: 'num_boost_round', catboost: 'iterations' };
  const script = {
    sagemaker_program: 'transfer_learning.py',
    sagemaker_submit_directory: `s3://b/${library}/transfer_learning/regression/sourcedir.tar.gz`,
  };
  const { outcome, workFolder } = await runJob(
    trainer,
    { [rounds[library]]: '5', ...(library !== 'xgboost' && script) },
    { train: [data] },
  );
  await trainer.close();
  expect(outcome).toEqual({ status: 'Completed' });
  await writeModelArchive(join(workFolder, 'model'), join(folder, 'model.tar.gz'));
  return { folder, python };
}

test.each([
  ['xgboost', 'predicted.shape == (60,) and np.allclose(predicted, np.expm1(predictions))'],
  ['lightgbm', 'np.allclose(contributions.sum(axis=1), predictions)'],
  ['catboost', 'np.allclose(contributions.sum(axis=1), predictions)'],
] as const)(
  'the snippets for %s run, and give the results that the page describes',
  async (library, check) => {
    const { folder, python } = await train(library);
    const checks = [
      `assert ${check}`,
      `assert predictions.shape == (60,) and contributions.shape == (60, ${FEATURES + 1})`,
      "assert importance and set(importance) <= {'a', 'b', 'c'}, importance",
    ];
    execFileSync(python, ['-c', [program(library), ...checks].join('\n')], { cwd: folder, stdio: 'pipe' });
  },
);

test('every snippet of the page is part of one of the programs', () => {
  const all = LIBRARIES.map(program).join('\n');
  const missing = codeBlocks(PAGE, 'python').filter(({ code }) => !all.includes(code));
  expect(missing).toEqual([]);
  expect(readFileSync(join(PROJECT, PAGE), 'utf8')).toContain('pred_contribs=True');
});
