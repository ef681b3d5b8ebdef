import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Deployment } from '../assembly';
import type { ExecutionRecord } from '../executions';
import { LocalMode, type RunningExecution } from '../local-mode';
import { explainFailure } from '../report/failure';
import { formatPath } from '../report/format';
import { LiveTable } from '../report/live-table';
import { summarizeJobs } from '../report/summary';
import type { Json } from '../states';
import { UserError } from '../user-error';
import {
  addDeployOptions,
  collect,
  type DeployCommandOptions,
  deployApp,
  localModeOptions,
} from './deploy-options';
import { onInterruption } from './interruption';

interface RunOptions extends DeployCommandOptions {
  readonly stateMachine?: string;
  readonly input: readonly string[];
  readonly json?: true;
}

/** `run`: from an app, or a synthesized one, to the end of an execution. */
export function runCommand(): Command {
  const command = new Command('run')
    .description('Deploys the app to this machine and runs its state machine.')
    .option(
      '-i, --input <json>',
      "the execution's input, or @<file>; several run at once (default: {})",
      collect,
      [],
    );
  return addDeployOptions(command)
    .option('-m, --state-machine <name>', 'the state machine, where the stack has several')
    .option(
      '--json',
      "prints the execution's record, or a list of them with several inputs, and nothing else",
    )
    .action(run);
}

async function run(options: RunOptions): Promise<void> {
  const inputs = (options.input.length > 0 ? options.input : ['{}']).map(parseInput);
  const deployment = await deployApp(options);
  const localMode = await LocalMode.start(localModeOptions(deployment, options));
  const interruption = onInterruption('Stopping: running jobs are stopped, what has finished is kept.');
  const table = new LiveTable(localMode.jobs, options.json ? process.stderr : process.stdout);
  let executions: RunningExecution[] = [];
  let records: ExecutionRecord[] = [];
  try {
    const { stateMachine: stateMachineName } = options;
    executions = inputs.map((input) =>
      localMode.startExecution(input, { stateMachineName, signal: interruption.signal }),
    );
    records = await Promise.all(executions.map((execution) => execution.ended));
  } finally {
    try {
      // Jobs that still run, after Ctrl-C or a failure, are stopped here.
      await localMode.close();
    } finally {
      table.close();
    }
  }
  if (records.some(({ status }) => status !== 'SUCCEEDED')) process.exitCode = 1;
  if (options.json) console.log(JSON.stringify(records.length === 1 ? records[0] : records, undefined, 2));
  else printEnd(localMode, deployment, executions, records);
  process.exitCode = interruption.exitStatus() ?? process.exitCode;
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

function printEnd(
  { jobs }: LocalMode,
  deployment: Deployment,
  executions: readonly RunningExecution[],
  records: readonly ExecutionRecord[],
): void {
  console.log(summarizeJobs(jobs, deployment));
  executions.forEach(({ name, recordFile }, i) => {
    const record = records[i];
    console.log(`Execution ${name}: ${record?.status}`);
    if (record && record.status !== 'SUCCEEDED') console.error(explainFailure(record));
    console.log(`Report: ${formatPath(recordFile)}`);
  });
  if (jobs.training.listOwn().length + jobs.automl.listOwn().length > 0) {
    console.log(`Logs of the jobs: ${formatPath(join(deployment.root, 'logs'))}`);
  }
}
