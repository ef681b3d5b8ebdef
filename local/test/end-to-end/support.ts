import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import type { ExecutionRecord } from '../../src/executions/executions';
import type { TrainingJobRecord, TuningJobRecord } from '../../src/services';
import {
  createAutoMLRunner,
  createScriptTrainer,
  createTabularTrainer,
  type PythonEnvironments,
} from '../../src/training';
import { environments, writeRegressionCsv } from '../training/support';
import { untilEnded } from '../until-ended';

/** The folder of this repository. */
export const PROJECT = resolve(__dirname, '../../..');
const CLI = ['--require', './scripts/typescript.cjs', 'local/src/cli.ts'];

/** The result of a command that has ended. */
export interface CliRun {
  readonly exitCode: number;
  readonly output: string;
}

/** A running command. */
export interface RunningCli {
  readonly processId: number;
  /** Sends the signal to the whole process group, as a terminal does for Ctrl-C. @default 'SIGINT' */
  interrupt(signal?: 'SIGINT' | 'SIGTERM'): void;
  /** Ends only the process itself, with kill -9. */
  kill(): void;
  /** Resolves when no process of the group is running. */
  allEnded(): Promise<void>;
  readonly ended: Promise<CliRun>;
}

/** Runs local mode as a user does, on a synthesized app or, by default, on the project's app. */
export function runLocalMode(assembly: string | undefined, root: string, ...args: string[]): Promise<CliRun> {
  return startLocalMode(assembly, root, ...args).ended;
}

export function startLocalMode(assembly: string | undefined, root: string, ...args: string[]): RunningCli {
  const app = assembly === undefined ? [] : ['--assembly', assembly];
  return start(process.execPath, [...CLI, 'run', '--root', root, ...app, ...args]);
}

/** Resumes the interrupted executions of a root folder. */
export function startResume(root: string, ...args: string[]): RunningCli {
  return start(process.execPath, [...CLI, 'resume', '--root', root, ...args]);
}

/** Runs `show` for an execution or a job. */
export async function runShow(root: string, name: string, ...args: string[]): Promise<string> {
  return (await start(process.execPath, [...CLI, 'show', name, '--root', root, ...args]).ended).output;
}

/** Starts a command of local mode with variables added to its environment. */
export function startCommand(words: readonly string[], variables: NodeJS.ProcessEnv = {}): RunningCli {
  return start(process.execPath, [...CLI, ...words], variables);
}

/** Runs a TypeScript file in a separate process. */
export function startScript(file: string, ...args: string[]): RunningCli {
  return start(process.execPath, ['--require', './scripts/typescript.cjs', file, ...args]);
}

/** Runs a command as a user types it in the project folder. */
export function runInShell(command: string): Promise<CliRun> {
  return start('/bin/sh', ['-c', command]).ended;
}

function start(program: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}): RunningCli {
  const child = spawn(program, args, {
    cwd: PROJECT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...variables },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} cannot be started`);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<CliRun>((done) => {
    child.once('close', (code) => done({ exitCode: code ?? Number.NaN, output }));
  });
  return {
    processId: pid,
    ended,
    interrupt: (signal = 'SIGINT') => void process.kill(-pid, signal),
    kill: () => void child.kill('SIGKILL'),
    allEnded: () => untilEnded(-pid),
  };
}

/** Unpacks the `model.tar.gz` at an S3 URI into a new folder. */
export function unpackModel(root: string, uri: string): string {
  const folder = temporaryFolder();
  execFileSync('tar', ['-xzf', uri.replace('s3:/', join(root, 's3')), '-C', folder]);
  return folder;
}

/** The only execution in a root folder. */
export function onlyExecutionIn(root: string): ExecutionRecord {
  const [execution, ...others] = executionsIn(root);
  if (execution === undefined || others.length > 0) throw new Error(`expected one execution in ${root}`);
  return execution;
}

/** Creates a folder for one test. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'local-mode-'));
}

/** Synthesizes an app with one stack. */
export function synthesize(build: (stack: Stack) => void): string {
  const app = new App({ outdir: temporaryFolder() });
  build(new Stack(app, 'Test'));
  return app.synth().directory;
}

/** Creates a folder with `train/` and `validation/` data small enough for an almost instant training. */
export function writeTrainingData(): string {
  const folder = temporaryFolder();
  for (const [index, channel] of ['train', 'validation'].entries()) {
    mkdirSync(join(folder, channel));
    writeRegressionCsv(join(folder, channel, `${channel}.csv`), 300 - 200 * index, 4, index + 1);
  }
  return folder;
}

/** The recorded executions in a root folder. */
export function executionsIn(root: string): ExecutionRecord[] {
  return filesIn(join(root, 'executions')).map((name) =>
    readJson(join(root, 'executions', name, 'execution.json')),
  );
}

export function trainingJobsIn(root: string): TrainingJobRecord[] {
  return recordsIn(join(root, 'sagemaker', 'training-jobs'));
}

export function tuningJobsIn(root: string): TuningJobRecord[] {
  return recordsIn(join(root, 'sagemaker', 'tuning-jobs'));
}

/** The records in a folder, without incomplete records from a killed process. */
function recordsIn<T>(folder: string): T[] {
  return filesIn(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readJson(join(folder, name)));
}

/** Edits the only template of an assembly. */
export function editTemplate(assembly: string, change: (text: string) => string): void {
  const name = filesIn(assembly).find((file) => file.endsWith('.template.json'));
  if (name === undefined) throw new Error(`no template in ${assembly}`);
  const file = join(assembly, name);
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  if (after === before) throw new Error('the edit did not change the template');
  writeFileSync(file, after);
}

/** Names of the files in a folder; empty if the folder does not exist. */
export function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

/** The Python interpreter that runs AutoML jobs. */
export function automlPython(): Promise<string> {
  return pythonOf((options) => createAutoMLRunner({ environments: options, maxWorkers: 1 }).prepare());
}

/** The Python interpreter that runs an image's scripts. */
export function scriptPython(trainingImage: string): Promise<string> {
  return pythonOf(async (options) => {
    await createScriptTrainer({ environments: options }).prepare?.({ trainingImage, hyperparameters: {} }, 0);
  });
}

/** The Python interpreter in which LightGBM trains. */
export function lightgbmPython(): Promise<string> {
  return pythonOf(async ({ forPackages }) => {
    const trainer = createTabularTrainer({ pythonFor: forPackages, maxWorkers: 1 });
    const sagemaker_submit_directory = 'lightgbm/transfer_learning/regression/sourcedir.tar.gz';
    const hyperparameters = { sagemaker_program: 'transfer_learning.py', sagemaker_submit_directory };
    await trainer.prepare?.({ trainingImage: 'pytorch-training', hyperparameters }, 0);
    await trainer.close();
  });
}

/** The interpreter of the environment that `prepare` creates. */
async function pythonOf(prepare: (environments: PythonEnvironments) => Promise<void>): Promise<string> {
  let python = '';
  await prepare({
    ...environments,
    forPackages: async (wanted, alternatives) => {
      const found = await environments.forPackages(wanted, alternatives);
      python = found.python;
      return found;
    },
  });
  return python;
}
