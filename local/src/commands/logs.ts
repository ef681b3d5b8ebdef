import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { findLogFile, logNames } from '../local-folder/log-files';
import { formatPath } from '../report/format';
import type { Jobs } from '../services';
import { UserError } from '../user-error';
import { addExamples, PROGRAM } from './help';
import { addRootOptions, existingRoot, type RootOptions } from './root-options';
import { readRunRecords } from './run-records';

interface LogsOptions extends RootOptions {
  readonly follow?: true;
}

const POLL_MILLISECONDS = 200;
const CHUNK_BYTES = 64 * 1024;
/** Names that a message lists. */
const MOST_NAMES = 20;

/** `logs`: what a job has printed. */
export function logsCommand(): Command {
  const command = new Command('logs')
    .description('Prints the log of a training job, an AutoML job or a Lambda function.')
    .argument('<name>', 'name of the job or function');
  addRootOptions(command).option('-f, --follow', 'go on until the job has ended, or Ctrl-C').action(logs);
  return addExamples(command, [
    ['logs <training job>', 'what it has printed'],
    ['logs <training job> --follow', 'and what it will'],
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
      // What is printed up to the end is in the file by then: one more turn prints it.
      hasEnded = hasJobEnded(jobs, name);
    }
  } finally {
    closeSync(log);
  }
}

function logFile(root: string, name: string): string {
  const file = findLogFile(root, name);
  if (file !== undefined) return file;
  const names = logNames(root);
  const near = names.filter((each) => each.toLowerCase().startsWith(name.toLowerCase()));
  const hint =
    near.length > 0
      ? `its training jobs have some:\n${namesInLines(near)}`
      : names.length > 0
        ? `there are:\n${namesInLines(names)}`
        : `there is none yet: "${PROGRAM} run" trains`;
  throw new UserError(`There is no log of "${name}" in ${formatPath(join(root, 'logs'))}; ${hint}`);
}

function namesInLines(names: readonly string[]): string {
  const lines = names.slice(0, MOST_NAMES).map((name) => `  ${name}`);
  const more = names.length - lines.length;
  return [...lines, ...(more > 0 ? [`  and ${more} more: "${PROGRAM} list --all" names them`] : [])].join(
    '\n',
  );
}

/** Prints from where it has come to up to the end of the file. */
function printRest(log: number): void {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  for (;;) {
    const size = readSync(log, buffer, 0, CHUNK_BYTES, null);
    if (size === 0) return;
    process.stdout.write(Buffer.from(buffer.subarray(0, size)));
  }
}

/** Whether the job has ended; functions never do. */
function hasJobEnded(jobs: Jobs, name: string): boolean {
  const status =
    jobs.training.get(name)?.description.TrainingJobStatus ??
    jobs.automl.get(name)?.description.AutoMLJobStatus;
  return status !== undefined && !['InProgress', 'Stopping'].includes(status);
}
