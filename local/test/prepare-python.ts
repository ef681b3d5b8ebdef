import { resolve } from 'node:path';
import { createPythonEnvironments, DEFAULT_XGBOOST_VERSION } from '../src/training';

/** Before all tests: what they need of Python is installed once, and not by several of them at a time. */
export default async function preparePython(): Promise<void> {
  const environments = createPythonEnvironments({
    folder: resolve(__dirname, '../../.venv'),
    onNotice: (text) => process.stderr.write(`${text}\n`),
  });
  await environments.forXGBoost(DEFAULT_XGBOOST_VERSION);
}
