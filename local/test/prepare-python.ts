import { resolve } from 'node:path';
import {
  createAutoMLRunner,
  createPythonEnvironments,
  createScriptTrainer,
  createTabularTrainer,
  DEFAULT_XGBOOST_VERSION,
} from '../src/training';
import { boto3Python } from './boto3';
import { inTurns } from './in-turns';
import { fetchSampleTables } from './sample-tables';

const SCRIPT_IMAGES = ['sagemaker-xgboost:3.2-0', 'sagemaker-scikit-learn:1.4-2-cpu-py3'];
const TABULAR_LIBRARIES = ['lightgbm', 'catboost'];

/**
 * Before all tests: installs the Python packages of the tests and examples, two environments at a time. Takes a few
 * seconds if they are already installed.
 */
export default async function preparePython(): Promise<void> {
  const environments = createPythonEnvironments({
    folder: resolve(__dirname, '../../.venv'),
    onNotice: (text) => process.stderr.write(`${text}\n`),
  });
  const script = createScriptTrainer({ environments });
  const tabular = createTabularTrainer({ pythonFor: environments.forPackages, maxWorkers: 1 });
  const steps = [
    () => createAutoMLRunner({ environments, maxWorkers: 1 }).prepare(),
    ...SCRIPT_IMAGES.map((image) => () => script.prepare?.({ trainingImage: image, hyperparameters: {} }, 0)),
    ...TABULAR_LIBRARIES.map((library) => () => tabular.prepare?.(jumpStartModel(library), 0)),
    () => environments.forXGBoost(DEFAULT_XGBOOST_VERSION, ['parquet']),
    () => boto3Python(environments),
    () => fetchSampleTables(environments),
  ];
  try {
    // Installs the environment that all others extend or need first, so that the others find pip's downloads.
    await environments.forXGBoost(DEFAULT_XGBOOST_VERSION);
    const inTurn = inTurns(2);
    await Promise.all(steps.map((step) => inTurn<unknown>(async () => step())));
  } finally {
    await Promise.all([script.close(), tabular.close()]);
  }
}

function jumpStartModel(library: string) {
  return {
    trainingImage: 'pytorch-training',
    hyperparameters: {
      sagemaker_program: 'transfer_learning.py',
      sagemaker_submit_directory: `s3://models/${library}/transfer_learning/regression/sourcedir.tar.gz`,
    },
  };
}
