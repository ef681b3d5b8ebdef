import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pseudoRandom } from '../../../test/pseudo-random';
import {
  type ChannelData,
  createPythonEnvironments,
  DEFAULT_XGBOOST_VERSION,
  type PythonEnvironment,
  type Trainer,
  type TrainingOutcome,
  type TrainingTask,
} from '../../src/training';

/** A timeout in milliseconds, long enough for the first run on a machine, which installs Python packages. */
export const SETUP_TIMEOUT = 300_000;

export const IMAGE = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0';

/** The project's Python environments, shared by all tests. */
export const environments = createPythonEnvironments({
  folder: resolve(__dirname, '../../../.venv'),
  onNotice: (text) => process.stderr.write(`${text}\n`),
});

export function defaultEnvironment(): Promise<PythonEnvironment> {
  return environments.forXGBoost(DEFAULT_XGBOOST_VERSION);
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'training-test-'));
}

/** A fake interpreter that reports these packages. Its processes run the shell command `body`. */
export function fakePython(version: string, packages: Record<string, string>, body = 'exit 1'): string {
  const path = join(temporaryFolder(), 'python');
  const answer = JSON.stringify({ executable: path, version, packages });
  writeFileSync(
    path,
    `#!/bin/sh\ncase "$1" in *check_environment.py) echo '${answer}';; *) ${body};; esac\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

/**
 * An interpreter whose processes can be killed in two ways. `kill` kills the latest process. `beforeStart`, a shell
 * command that runs before Python starts, can kill each process.
 */
export function killablePython(python: string, beforeStart = ''): { python: string; kill(): void } {
  const folder = temporaryFolder();
  const wrapper = join(folder, 'python');
  writeFileSync(wrapper, `#!/bin/sh\ncd '${folder}'\necho $$ > pid\n${beforeStart}\nexec '${python}' "$@"\n`);
  chmodSync(wrapper, 0o755);
  return {
    python: wrapper,
    kill: () => process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL'),
  };
}

/** Writes CSV rows in which the label depends on the first two features. */
export function writeRegressionCsv(path: string, rows: number, features: number, seed: number): string {
  const random = pseudoRandom(seed);
  const lines = Array.from({ length: rows }, () => {
    const values = Array.from({ length: features }, () => random());
    const label = 3 * (values[0] ?? 0) - (values[1] ?? 0) ** 2 + 0.1 * random();
    return [label, ...values].map((value) => value.toFixed(6)).join(',');
  });
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** Writes a copy of a CSV file with the label replaced by 0, 1 or 2. */
export function withClasses(path: string): string {
  const copy = path.replace('.csv', '-classes.csv');
  const rows = readFileSync(path, 'utf8').replace(/^[^,]+/gm, (label) =>
    Number(label) < 1 ? '0' : label < '2' ? '1' : '2',
  );
  writeFileSync(copy, rows);
  return copy;
}

/** A channel with these files, in which all other settings are SageMaker's defaults. */
export function channelOf(name: string, files: readonly string[], contentType?: string): ChannelData {
  return {
    name,
    contentType,
    compressionType: 'None',
    inputMode: 'File',
    distribution: 'FullyReplicated',
    files: files.map((path) => ({ path, name: basename(path) })),
  };
}

/** Runs a job with the given files as CSV channels and returns its outcome, log and folder. */
export async function runJob(
  trainer: Trainer,
  hyperparameters: Record<string, string>,
  channels: Record<string, string[]>,
  changes: Partial<TrainingTask> = {},
): Promise<{ outcome: TrainingOutcome; log: string[]; workFolder: string }> {
  const log: string[] = [];
  const workFolder = temporaryFolder();
  const outcome = await trainer.train({
    trainingJobName: 'job',
    trainingJobArn: 'arn:aws:sagemaker:us-east-1:111122223333:training-job/job',
    trainingImage: IMAGE,
    hyperparameters,
    environment: {},
    instances: [{ name: 'algo-1', instanceType: 'ml.m5.large' }],
    region: 'us-east-1',
    channels: Object.entries(channels).map(([name, files]) => channelOf(name, files, 'text/csv')),
    workFolder,
    threads: 1,
    signal: new AbortController().signal,
    onStart: () => undefined,
    onLog: (line) => log.push(line),
    ...changes,
  });
  return { outcome, log, workFolder };
}

export function failureReason(outcome: TrainingOutcome): string {
  return outcome.status === 'Failed' ? outcome.failureReason : `not failed: ${outcome.status}`;
}
