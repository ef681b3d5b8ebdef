import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import type { ExecutionRecord } from '../../src/executions';
import type { TrainingJobRecord, TuningJobRecord } from '../../src/services';
import { writeRegressionCsv } from '../training/support';

const PROJECT = resolve(__dirname, '../../..');

/** A run of the command line, with what it printed. */
export interface CliRun {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs local mode as a user does, on a synthesized app or else on the project's own. */
export function runLocalMode(assembly: string | undefined, root: string, ...args: string[]): Promise<CliRun> {
  const command = [
    '--require',
    'ts-node/register',
    'local/src/cli.ts',
    'run',
    '--root',
    root,
    ...(assembly === undefined ? [] : ['--assembly', assembly]),
  ];
  return new Promise((done) => {
    execFile(process.execPath, [...command, ...args], { cwd: PROJECT }, (error, stdout, stderr) => {
      done({ exitCode: error ? Number(error.code) : 0, output: stdout + stderr });
    });
  });
}

/** A new folder for one test. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'local-mode-'));
}

/** Synthesizes an app of one stack. */
export function synthesize(build: (stack: Stack) => void): string {
  const app = new App({ outdir: temporaryFolder() });
  build(new Stack(app, 'Test'));
  return app.synth().directory;
}

/** A folder with `train/` and `validation/`, small enough to be trained on at once. */
export function writeTrainingData(): string {
  const folder = temporaryFolder();
  for (const [index, channel] of ['train', 'validation'].entries()) {
    mkdirSync(join(folder, channel));
    writeRegressionCsv(join(folder, channel, `${channel}.csv`), 300 - 200 * index, 4, index + 1);
  }
  return folder;
}

/** The executions that are kept below a root. */
export function executionsIn(root: string): ExecutionRecord[] {
  return filesIn(join(root, 'executions')).map((name) =>
    readJson(join(root, 'executions', name, 'execution.json')),
  );
}

export function trainingJobsIn(root: string): TrainingJobRecord[] {
  const folder = join(root, 'sagemaker', 'training-jobs');
  return filesIn(folder).map((name) => readJson(join(folder, name)));
}

export function tuningJobsIn(root: string): TuningJobRecord[] {
  const folder = join(root, 'sagemaker', 'tuning-jobs');
  return filesIn(folder).map((name) => readJson(join(folder, name)));
}

/** Changes the only template of an assembly, as a person with an editor would. */
export function editTemplate(assembly: string, change: (text: string) => string): void {
  const name = filesIn(assembly).find((file) => file.endsWith('.template.json'));
  if (name === undefined) throw new Error(`no template in ${assembly}`);
  const file = join(assembly, name);
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  if (after === before) throw new Error('the change of the template changed nothing');
  writeFileSync(file, after);
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
