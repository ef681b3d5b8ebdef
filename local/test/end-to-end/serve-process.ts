import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../services/helpers';
import { temporaryFolder } from './support';

const PROJECT = resolve(__dirname, '../../..');
const CLI = ['--require', './scripts/typescript.cjs', 'local/src/cli.ts'];

/** The `serve` command, as a user runs it. */
export interface ServeProcess {
  readonly child: ChildProcess;
  readonly root: string;
  /** The environment of a terminal into which a user pasted only the lines that `serve` printed. */
  readonly variables: Readonly<Record<string, string>>;
  readonly ended: Promise<number | null>;
}

/** Starts `serve` on an app and waits for the printed lines. The caller must end the process. */
export function serve(assembly: string, ...args: string[]): Promise<ServeProcess> {
  return serveIn(temporaryFolder(), '--assembly', assembly, ...args);
}

/** Starts `serve` with a root folder, by default on the app of this project. The caller must end the process. */
export async function serveIn(root: string, ...args: string[]): Promise<ServeProcess> {
  const command = [...CLI, 'serve', '--root', root, ...args];
  const child = spawn(process.execPath, command, { cwd: PROJECT, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  await until(
    () => stderr,
    (text) => text.includes('Press Ctrl-C to stop') || child.exitCode !== null,
  );
  if (child.exitCode !== null) throw new Error(`serve has ended: ${stderr}`);
  // Runs the printed lines in a shell.
  const { stdout: printed } = await promisify(execFile)('/bin/sh', ['-c', `${stdout}\nenv`], { env: {} });
  const variables = Object.fromEntries(printed.split('\n').map((line) => line.split(/=(.*)/).slice(0, 2)));
  return { child, root, variables, ended };
}
