import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { findLogFile, logNames } from '../local-folder/log-files';
import { formatPath } from '../report/format';
import { type Jobs, transformLogName } from '../services';
import { UserError } from '../user-error';
import { addExamples, hint } from './help';
import { addRootOptions, existingRoot, type RootOptions } from './root-options';
import { findRunRecord, isItem, type RunRecords, readRunRecords, runsOfItem } from './run-records';

interface LogsOptions extends RootOptions {
  readonly follow?: true;
  readonly execution?: string;
}

const POLL_MILLISECONDS = 200;
const CHUNK_BYTES = 64 * 1024;
/** Maximum number of names in a message. */
const MOST_NAMES = 20;

/** The `logs` command: the output of a job or function. */
export function logsCommand(): Command {
  const command = new Command('logs')
    .description(
      "Prints the log of a training job, an AutoML job, a transform job or a Lambda function, or the logs of a Map item's jobs.",
    )
    .argument('<name>', 'name of the job or function, or ID or index of the item');
  addRootOptions(command)
    .option('-f, --follow', 'keep printing until the job ends or Ctrl-C; not for items')
    .option(
      '--execution <name>',
      'the execution of the item (default: the most recent one that has jobs of the item)',
    )
    .action(logs);
  return addExamples(command, [
    ['logs <training job>', 'the output of a training job so far'],
    ['logs <training job> --follow', 'the output until the job ends'],
    ['logs <item>', 'the output of all jobs of an item of a fleet'],
    ['logs <item> --execution <execution>', 'the output of these jobs in an earlier execution'],
  ]);
}

async function logs(name: string, options: LogsOptions): Promise<void> {
  const root = existingRoot(options);
  const records = readRunRecords(root);
  const { jobs } = records;
  const file = options.execution === undefined ? findJobLog(root, name) : undefined;
  if (file === undefined) return printItem(root, records, name, options);
  const log = openSync(file, 'r');
  try {
    let hasEnded = !options.follow || hasJobEnded(jobs, name);
    for (;;) {
      printRest(log);
      if (hasEnded) return;
      await sleep(POLL_MILLISECONDS);
      // Once the job has ended, its log is complete, so one more pass prints the rest.
      hasEnded = hasJobEnded(jobs, name);
    }
  } finally {
    closeSync(log);
  }
}

/** Prints the logs of all jobs of a Map item, oldest first. */
function printItem(
  root: string,
  records: RunRecords,
  name: string,
  { execution, follow }: LogsOptions,
): void {
  const arn = execution === undefined ? undefined : executionArnOf(records, execution);
  const withId = runsOfItem(records, isItem(name), arn);
  const runs = withId.length > 0 ? withId : runsOfItem(records, ({ index }) => String(index) === name, arn);
  const names = runs.map(({ record }) => record.name).reverse();
  if (names.length === 0) {
    throw arn === undefined
      ? noLog(root, name)
      : new UserError(`${execution} has no jobs for an item "${name}".`);
  }
  if (follow) {
    throw new UserError(
      `--follow follows one job, and ${name} is an item. Its jobs:\n${namesInLines(names.reverse())}`,
    );
  }
  printLogs(root, names);
}

function executionArnOf(records: RunRecords, name: string): string {
  const run = findRunRecord(records, name);
  if (run.kind === 'execution') return run.record.arn;
  throw new UserError(`--execution ${name}: this is a ${run.kind}, not an execution.`);
}

/** Prints the logs of several jobs, each after its name. */
function printLogs(root: string, names: readonly string[]): void {
  for (const name of names) {
    const file = findJobLog(root, name);
    if (file === undefined) continue;
    process.stdout.write(`==> ${name} <==\n`);
    const log = openSync(file, 'r');
    printRest(log);
    closeSync(log);
  }
}

function findJobLog(root: string, name: string): string | undefined {
  return findLogFile(root, name) ?? findLogFile(root, transformLogName(name));
}

function noLog(root: string, name: string): UserError {
  const names = logNames(root);
  const near = names.filter((each) => each.toLowerCase().startsWith(name.toLowerCase()));
  const others =
    near.length > 0
      ? `its training jobs have logs:\n${namesInLines(near)}`
      : names.length > 0
        ? `these exist:\n${namesInLines(names)}`
        : `nothing has run yet: start with "${hint('run')}"`;
  return new UserError(`No log of "${name}" in ${formatPath(join(root, 'logs'))}; ${others}`);
}

function namesInLines(names: readonly string[]): string {
  const lines = names.slice(0, MOST_NAMES).map((name) => `  ${name}`);
  const more = names.length - lines.length;
  return [...lines, ...(more > 0 ? [`  and ${more} more: "${hint('list --all')}" lists them`] : [])].join(
    '\n',
  );
}

/** Prints the rest of a log file, from the current position of its descriptor. */
function printRest(log: number): void {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  for (;;) {
    const size = readSync(log, buffer, 0, CHUNK_BYTES, null);
    if (size === 0) return;
    process.stdout.write(Buffer.from(buffer.subarray(0, size)));
  }
}

/** Whether the job has ended. A function never ends. */
function hasJobEnded(jobs: Jobs, name: string): boolean {
  const status =
    jobs.training.get(name)?.description.TrainingJobStatus ??
    jobs.automl.get(name)?.description.AutoMLJobStatus ??
    jobs.transform.get(name)?.description.TransformJobStatus;
  return status !== undefined && !['InProgress', 'Stopping'].includes(status);
}
