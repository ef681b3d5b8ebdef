import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { deploy, readAssembly } from '../assembly';
import { LocalMode, type RunningExecution } from '../local-mode';
import { explainFailure } from '../report/failure';
import { formatPath } from '../report/format';
import { LiveTable } from '../report/live-table';
import { summarizeJobs } from '../report/summary';
import type { Json } from '../states';
import { synthesize } from '../synthesize';
import type { ImageCommand } from '../training';
import { UserError } from '../user-error';

interface RunOptions {
  readonly assembly?: string;
  readonly stack?: string;
  readonly stateMachine?: string;
  readonly input: readonly string[];
  readonly context: readonly string[];
  readonly project: string;
  readonly root?: string;
  readonly imageCommand: readonly string[];
  readonly fileSystem: readonly string[];
}

/** Exit statuses of a program that Ctrl-C, or a polite kill, ended. */
const INTERRUPTIONS = { SIGINT: 130, SIGTERM: 143 } as const;

/** `run`: from an app, or a synthesized one, to the end of an execution. */
export function runCommand(): Command {
  const collect = (value: string, values: readonly string[]) => [...values, value];
  return new Command('run')
    .description('Deploys the app to this machine and runs its state machine.')
    .option(
      '-i, --input <json>',
      "the execution's input, or @<file>; several run at once (default: {})",
      collect,
      [],
    )
    .option('-p, --project <folder>', 'the app: the folder of its cdk.json', '.')
    .option('-a, --assembly <folder>', 'a synthesized app (cdk.out) instead of the app in this folder')
    .option('-s, --stack <name>', 'the stack, where the app has several')
    .option('-m, --state-machine <name>', 'the state machine, where the stack has several')
    .option(
      '-c, --context <key=value>',
      'a context value for the synthesis; can be given several times',
      collect,
      [],
    )
    .option(
      '--image-command <image=command>',
      'runs training containers of an image (repository name or whole URI) as a command in the project folder, where ' +
        'there is no Docker; can be given several times',
      collect,
      [],
    )
    .option(
      '--file-system <id=folder>',
      'a folder that stands for a file system of the template; can be given several times',
      collect,
      [],
    )
    .option(
      '--root <folder>',
      'where buckets, jobs, logs and executions are kept (default: .local in the project folder)',
    )
    .action(run);
}

async function run(options: RunOptions): Promise<void> {
  const inputs = (options.input.length > 0 ? options.input : ['{}']).map(parseInput);
  const deployment = await deployApp(options);
  const localMode = await LocalMode.start({
    deployment,
    pythonFolder: resolve('.venv'),
    imageCommands: imageCommands(options),
    fileSystems: pairs('--file-system', options.fileSystem),
    onNotice: console.error,
  });
  const stop = new AbortController();
  let interruption: keyof typeof INTERRUPTIONS | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      console.error('\nStopping: running jobs are stopped, what has finished is kept.');
      interruption = signal;
      stop.abort();
    });
  }
  const table = new LiveTable(localMode.jobs, process.stdout);
  let executions: RunningExecution[] = [];
  try {
    const { stateMachine: stateMachineName } = options;
    executions = inputs.map((input) =>
      localMode.startExecution(input, { stateMachineName, signal: stop.signal }),
    );
    await Promise.all(executions.map((execution) => execution.ended));
  } finally {
    try {
      // Jobs that still run, after Ctrl-C or a failure, are stopped here.
      await localMode.close();
    } finally {
      table.close();
    }
  }
  console.log(summarizeJobs(localMode.jobs, deployment));
  for (const execution of executions) await printEnd(execution);
  if (localMode.jobs.training.listOwn().length + localMode.jobs.automl.listOwn().length > 0) {
    console.log(`Logs of the jobs: ${formatPath(join(deployment.root, 'logs'))}`);
  }
  if (interruption) process.exitCode = INTERRUPTIONS[interruption];
}

async function deployApp(options: RunOptions) {
  const root = resolve(options.root ?? join(options.project, '.local'));
  if (options.assembly === undefined) console.error('Synthesizing the app ...');
  const folder = options.assembly ?? (await synthesize(resolve(options.project), root, options.context));
  try {
    return deploy(readAssembly(folder, options.stack), root, { onWarning: console.error });
  } finally {
    // Everything that is needed of it was copied.
    if (options.assembly === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Commands are texts for the shell, as a person types them. */
function imageCommands({ imageCommand, project }: RunOptions): Map<string, ImageCommand> {
  const cwd = resolve(project);
  return new Map(
    [...pairs('--image-command', imageCommand)].map(([image, command]) => [
      image,
      { command: ['/bin/sh', '-c', `${command} "$@"`, command], cwd },
    ]),
  );
}

/** Options of the form `name=value`. */
function pairs(option: string, values: readonly string[]): Map<string, string> {
  return new Map(
    values.map((text) => {
      const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined) {
        throw new UserError(`${option} ${text}: must be of the form name=value`);
      }
      return [name, value];
    }),
  );
}

function parseInput(text: string): Json {
  const json = text.startsWith('@') ? readInputFile(text.slice(1)) : text;
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UserError(`--input ${text}: is not JSON: ${(error as Error).message}`);
  }
}

function readInputFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`--input @${file}: cannot be read: ${(error as Error).message}`);
  }
}

async function printEnd(execution: RunningExecution): Promise<void> {
  const record = await execution.ended;
  console.log(`Execution ${execution.name}: ${record.status}`);
  if (record.status !== 'SUCCEEDED') {
    console.error(explainFailure(record));
    process.exitCode = 1;
  }
  console.log(`Report: ${formatPath(execution.recordFile)}`);
}
