// The Python of the peers: an environment of its own with bench/requirements.txt, made by local mode's own installer.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './local-mode.mjs';

const require = createRequire(import.meta.url);
const run = promisify(execFile);

let environment;

/** Runs a script of bench/peers/ and returns what it printed, as JSON, and the seconds of the whole process. */
export async function runPeer(script, ...args) {
  environment ??= install();
  const { python } = await environment;
  const started = performance.now();
  const { stdout } = await run(python, [join(ROOT, 'bench', 'peers', script), ...args.map(String)], {
    maxBuffer: 1 << 26,
  });
  return { seconds: (performance.now() - started) / 1000, result: JSON.parse(stdout) };
}

async function install() {
  require('ts-node/register');
  const { createPythonEnvironments } = require('../local/src/training');
  const environments = createPythonEnvironments({
    folder: join(ROOT, '.venv'),
    onNotice: (text) => console.error(text),
  });
  return environments.forPackages({
    name: 'bench',
    title: 'the packages of the benchmarks',
    requirements: [join(ROOT, 'bench', 'requirements.txt')],
    python: { min: '3.10' },
    packages: { optuna: '5.0.0', 'xgboost|xgboost-cpu': '3.2.0', 'scikit-learn': '1.7.2' },
  });
}
