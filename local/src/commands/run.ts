import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Deployment } from '../assembly';
import type { ExecutionRecord } from '../executions';
import type { LocalExecution } from '../local-execution';
import { explainFailure } from '../report/failure';
import { formatPath } from '../report/format';
import { showJobs, showNothing } from '../report/live-table';
import { summarizeJobs } from '../report/summary';
import type { Jobs } from '../services';
import type { Json } from '../states';
import { UserError } from '../user-error';
import { addDeployOptions, collect, type DeployCommandOptions, deployApp } from './deploy-options';
import { addExamples } from './help';
import { onInterruption } from './interruption';

interface RunOptions extends DeployCommandOptions {
  readonly stateMachine?: string;
  readonly input?: readonly string[];
  readonly json?: true;
}

/** `run`: from an app, or a synthesized one, to the end of an execution. */
export function runCommand(): Command {
  const command = new Command('run')
    .description('Deploys the app to this machine and runs its state machine.')
    .option(
      '-i, --input <json>',
      "the execution's input, or @<file>; may be repeated, for executions side by side (default: {})",
      collect,
    )
    .option('-m, --state-machine <name>', 'the state machine, where the stack has several');
  addDeployOptions(command)
    .option('--json', "print only the execution's record; a list of them where --input is repeated")
    .option('-q, --quiet', 'print only how it ended')
    .addHelpText('after', EXIT_STATUSES)
    .action(run);
  return addExamples(command, [
    ['run', 'the app of this folder'],
    ['run --input \'{"maxTrainingJobs": 5}\'', 'with an input'],
    ['run --project examples/script', 'the app of another folder'],
    ['run --json > result.json', 'for scripts'],
  ]);
}

const EXIT_STATUSES = `
Exit status:
  0    every execution succeeded
  1    one did not, or nothing could be started
  130  Ctrl-C, 143 SIGTERM: running jobs were stopped as StopExecution stops them`;

async function run(options: RunOptions): Promise<void> {
  const inputs = (options.input ?? ['{}']).map(parseInput);
  const localMode = await deployApp(options);
  const view = options.quiet
    ? showNothing()
    : showJobs(localMode.jobs, options.json ? process.stderr : process.stdout);
  const interruption = onInterruption(() =>
    view.print('\nStopping: running jobs are stopped, what has finished is kept.'),
  );
  let executions: LocalExecution[] = [];
  let records: ExecutionRecord[] = [];
  try {
    const { stateMachine } = options;
    executions = inputs.map((input) =>
      localMode.startExecution({
        input,
        ...(stateMachine !== undefined && { stateMachine }),
        signal: interruption.signal,
      }),
    );
    records = await Promise.all(executions.map((execution) => execution.ended));
  } finally {
    try {
      // Jobs that still run, after Ctrl-C or a failure, are stopped here.
      await localMode.close();
    } finally {
      view.close();
    }
  }
  if (records.some(({ status }) => status !== 'SUCCEEDED')) process.exitCode = 1;
  if (options.json) console.log(JSON.stringify(records.length === 1 ? records[0] : records, undefined, 2));
  else printEnd(options.quiet ? undefined : localMode.jobs, localMode.deployment, executions, records);
  process.exitCode = interruption.exitStatus() ?? process.exitCode;
}

function parseInput(text: string): Json {
  const json = text.startsWith('@') ? readInputFile(text.slice(1)) : text;
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UserError(
      `--input ${text}: is not JSON: ${(error as Error).message}. Give a JSON value in quotes, '{"a": 1}', or @<file>`,
    );
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
  jobs: Jobs | undefined,
  deployment: Deployment,
  executions: readonly LocalExecution[],
  records: readonly ExecutionRecord[],
): void {
  if (jobs) console.log(summarizeJobs(jobs, deployment));
  executions.forEach(({ name, recordFile }, i) => {
    const record = records[i];
    console.log(`Execution ${name}: ${record?.status}`);
    if (record && record.status !== 'SUCCEEDED') console.error(explainFailure(record));
    console.log(`Report: ${formatPath(recordFile)}`);
  });
  if (jobs && jobs.training.listOwn().length + jobs.automl.listOwn().length > 0) {
    console.log(`Logs of the jobs: ${formatPath(join(deployment.root, 'logs'))}`);
  }
}
