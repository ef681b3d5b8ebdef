import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { createPythonEnvironments } from '../../src/training/python-environment';
import type { ChannelData, Trainer, TrainingOutcome, TrainingTask } from '../../src/training/trainer';

const REGISTRY = '683313688378.dkr.ecr.us-east-1.amazonaws.com';

export const SCIKIT_LEARN_IMAGE = `${REGISTRY}/sagemaker-scikit-learn:1.4-2-cpu-py3`;
export const PYTORCH_IMAGE = '763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.8.0-cpu-py312';
export const XGBOOST_IMAGE = `${REGISTRY}/sagemaker-xgboost:3.2-0`;

/** The hyperparameters with which the construct library tells the container where the code is. */
export const SUBMIT_DIRECTORY = '/opt/ml/input/data/code/sourcedir.tar.gz';

export const projectEnvironments = createPythonEnvironments({
  folder: resolve(__dirname, '../../../.venv'),
  onNotice: (text) => process.stderr.write(`${text}\n`),
});

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'script-test-'));
}

/** Packs files and symbolic links as `sourcedir.tar.gz` and returns its path. */
export async function packSource(
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
): Promise<string> {
  const tar = pack();
  for (const [name, text] of Object.entries(files)) tar.entry({ name }, text);
  for (const [name, linkname] of Object.entries(links)) tar.entry({ name, type: 'symlink', linkname });
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  const path = join(newFolder(), 'sourcedir.tar.gz');
  writeFileSync(path, gzipSync(Buffer.concat(chunks)));
  return path;
}

/** A channel with the given files, named as on disk. */
export function channel(
  name: string,
  paths: readonly string[],
  changes: Partial<ChannelData> = {},
): ChannelData {
  return {
    name,
    compressionType: 'None',
    inputMode: 'File',
    distribution: 'FullyReplicated',
    files: paths.map((path) => ({ path, name: basename(path) })),
    ...changes,
  };
}

export function instances(count: number): TrainingTask['instances'] {
  return Array.from({ length: count }, (_, i) => ({ name: `algo-${i + 1}`, instanceType: 'ml.m5.xlarge' }));
}

/** Runs a job and returns its outcome, log and folder. */
export async function train(
  trainer: Trainer,
  changes: Partial<TrainingTask> & Pick<TrainingTask, 'trainingImage'>,
): Promise<{ outcome: TrainingOutcome; log: string[]; workFolder: string; reason: string; started: number }> {
  const log: string[] = [];
  let started = 0;
  const workFolder = newFolder();
  mkdirSync(workFolder, { recursive: true });
  const outcome = await trainer.train({
    trainingJobName: 'job-1',
    trainingJobArn: 'arn:aws:sagemaker:us-east-1:111122223333:training-job/job-1',
    hyperparameters: {},
    environment: {},
    channels: [],
    instances: instances(1),
    region: 'us-east-1',
    workFolder,
    threads: 2,
    signal: new AbortController().signal,
    onStart: () => {
      started += 1;
    },
    ...changes,
    onLog: (line) => {
      log.push(line);
      changes.onLog?.(line);
    },
  });
  const reason = outcome.status === 'Failed' ? outcome.failureReason : `not failed: ${outcome.status}`;
  return { outcome, log, workFolder, reason, started };
}
