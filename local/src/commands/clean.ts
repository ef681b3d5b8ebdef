import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { ExecutionStore } from '../executions/executions';
import { othersIn } from '../local-folder/local-modes';
import { formatPath } from '../report/format';
import { UserError } from '../user-error';
import { addExamples } from './help';
import { addRootOptions, existingRoot, type RootOptions } from './root-options';

interface CleanOptions extends RootOptions {
  readonly yes?: true;
}

/**
 * Everything that local mode creates in its root folder, with descriptions for the user. `clean` removes nothing else.
 */
const PARTS: Readonly<Record<string, string>> = {
  executions: 'executions with their histories',
  sagemaker: 'records of jobs',
  logs: 'logs of jobs and functions',
  s3: 'buckets, with ALL objects in them: models, data',
  deployments: 'records of files copied to buckets',
  functions: 'unpacked Lambda functions',
  stacks: 'deployed stacks, needed to resume',
  images: 'working folders of containers',
  reports: 'pages that compare searches',
  work: 'working folders of jobs',
  processes: 'records of running local mode processes',
  '.gitignore': 'the .gitignore of this folder',
};

/** Name of the folder that a killed synthesis leaves behind. */
const SYNTHESIS = /^cdk\.out-\w{6}$/;

/** The `clean` command: deletes everything that local mode has stored. */
export function cleanCommand(): Command {
  const command = new Command('clean').description(
    'Deletes what local mode has stored (executions, jobs, logs, buckets), after asking.',
  );
  addRootOptions(command).option('-y, --yes', 'delete without asking').action(clean);
  return addExamples(command, [
    ['clean', 'lists what it would delete, and asks'],
    ['clean --yes', 'for scripts'],
  ]);
}

async function clean(options: CleanOptions): Promise<void> {
  const root = existingRoot(options);
  refuseWhileRunning(root);
  const parts = readdirSync(root).filter((name) => Object.hasOwn(PARTS, name) || SYNTHESIS.test(name));
  if (parts.length === 0) {
    console.log(`Nothing to delete: ${formatPath(root)} has no files of local mode.`);
    return;
  }
  console.log(`Would delete from ${root}:`);
  for (const name of parts) console.log(`  ${name}: ${PARTS[name] ?? 'an interrupted synthesis'}`);
  if (!options.yes && !(await isConfirmed())) {
    console.log('Nothing was deleted.');
    process.exitCode = 1;
    return;
  }
  refuseWhileRunning(root);
  for (const name of parts) rmSync(join(root, name), { recursive: true, force: true });
  if (readdirSync(root).length === 0) rmdirSync(root);
  else console.log(`Left alone: ${readdirSync(root).join(', ')}`);
  console.log('Removed.');
}

/**
 * Fails if local mode is running in the root folder. Also looks in the records of executions, because older versions
 * stored their process ID only in these records.
 */
function refuseWhileRunning(root: string): void {
  const hasExecutions = existsSync(join(root, 'executions'));
  const running = hasExecutions
    ? new ExecutionStore(root, console.error).list().filter(({ status }) => status === 'RUNNING')
    : [];
  const processes = new Set([...othersIn(root), ...running.map(({ processId }) => processId)]);
  if (processes.size === 0) return;
  const ids = [...processes].join(', ');
  throw new UserError(
    `Local mode (process ${ids}) is running in ${root}: stop it first, with Ctrl-C in its terminal. If that process is ` +
      'another program, an earlier instance of local mode was killed: ' +
      `delete ${formatPath(join(root, 'processes'))} and try again.`,
  );
}

async function isConfirmed(): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new UserError(
      'Standard input is not a terminal, so clean cannot ask for confirmation: use --yes to delete everything.',
    );
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question('Delete all of this? [y/N] ')).trim());
  } finally {
    terminal.close();
  }
}
