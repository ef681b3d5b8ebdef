import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { findLogFile, logNames } from '../local-folder/log-files';
import { formatPath } from '../report/format';
import { type Jobs, transformLogName } from '../services';
import { UserError } from '../user-error';
import { addExamples, PROGRAM } from './help';
import { addRootOptions, existingRoot, type RootOptions } from './root-options';
import { readRunRecords } from './run-records';

interface LogsOptions extends RootOptions {
  readonly follow?: true;
}

const POLL_MILLISECONDS = 200;
const CHUNK_BYTES = 64 * 1024;
/** Maximum number of names in a message. */
const MOST_NAMES = 20;

/** The `logs` command: the output of a job or function. */
export function logsCommand(): Command {
  const command = new Command('logs')
    .description('Prints the log of a training job, an AutoML job, a transform job or a Lambda function.')
    .argument('<name>', 'name of the job or function');
  addRootOptions(command).option('-f, --follow', 'keep printing until the job ends or Ctrl-C').action(logs);
  return addExamples(command, [
    ['logs <training job>', 'its output so far'],
    ['logs <training job> --follow', 'its output until it ends'],
  ]);
}

async function logs(name: string, options: LogsOptions): Promise<void> {
  const root = existingRoot(options);
  const log = openSync(logFile(root, name), 'r');
  const { jobs } = readRunRecords(root);
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

function logFile(root: string, name: string): string {
  const file = findLogFile(root, name) ?? findLogFile(root, transformLogName(name));
  if (file !== undefined) return file;
  const names = logNames(root);
  const near = names.filter((each) => each.toLowerCase().startsWith(name.toLowerCase()));
  const hint =
    near.length > 0
      ? `its training jobs have logs:\n${namesInLines(near)}`
      : names.length > 0
        ? `these exist:\n${namesInLines(names)}`
        : `nothing has run yet: start with "${PROGRAM} run"`;
  throw new UserError(`No log of "${name}" in ${formatPath(join(root, 'logs'))}; ${hint}`);
}

function namesInLines(names: readonly string[]): string {
  const lines = names.slice(0, MOST_NAMES).map((name) => `  ${name}`);
  const more = names.length - lines.length;
  return [...lines, ...(more > 0 ? [`  and ${more} more: "${PROGRAM} list --all" lists them`] : [])].join(
    '\n',
  );
}

/** Prints from the current position to the end of the file. */
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
