import { join } from 'node:path';
import { compareVersions, type Interpreter } from './python-interpreters';
import { PYTHON_FOLDER } from './python-process';

/** Packages for more than the usual: reading Parquet. */
export type PythonExtra = 'parquet';

interface PinnedRelease {
  readonly xgboost: string;
  /** The first Python that has this release. */
  readonly python: string;
}

/** The XGBoost releases with a pinned list under `python/requirements/`, oldest first. */
const RELEASES: readonly PinnedRelease[] = [
  { xgboost: '1.7.4', python: '3.9' },
  { xgboost: '2.1.4', python: '3.9' },
  { xgboost: '3.0.5', python: '3.10' },
  { xgboost: '3.2.0', python: '3.10' },
];

/** Majors of Optuna whose API the sampler uses. */
const OPTUNA_MAJORS = ['4', '5'];

/** All packages that local mode looks at in an interpreter. */
export const INSPECTED_PACKAGES = ['optuna', 'xgboost', 'xgboost-cpu', 'numpy', 'scipy', 'pyarrow'] as const;

/** The release nearest to the wanted one that a Python version can have. */
export function nearestRelease(wanted: string, pythonVersion: string): string {
  const available = RELEASES.filter((release) => compareVersions(pythonVersion, release.python) >= 0);
  // The newest that is not newer than the wanted one, else the oldest there is.
  const older = available.filter((release) => compareVersions(release.xgboost, wanted) <= 0);
  return (older.at(-1) ?? available[0])?.xgboost ?? wanted;
}

/** The pinned lists to install, for `pip install -r`. */
export function requirementsFiles(xgboost: string, extras: readonly PythonExtra[]): string[] {
  return [`xgboost-${xgboost}`, ...extras].map((name) => join(PYTHON_FOLDER, 'requirements', `${name}.txt`));
}

/** What an interpreter lacks, as a person would name it; empty when it can run everything. */
export function missingPackages(
  interpreter: Interpreter,
  xgboost: string,
  extras: readonly PythonExtra[],
): string[] {
  const { packages } = interpreter;
  const missing: string[] = [];
  const optuna = packages.optuna?.split('.')[0];
  if (optuna === undefined || !OPTUNA_MAJORS.includes(optuna)) {
    missing.push('optuna');
  }
  if (packages.xgboost !== xgboost && packages['xgboost-cpu'] !== xgboost) {
    missing.push(`xgboost ${xgboost}`);
  }
  const others = ['numpy', 'scipy', ...(extras.includes('parquet') ? ['pyarrow'] : [])];
  return [...missing, ...others.filter((name) => !packages[name])];
}
