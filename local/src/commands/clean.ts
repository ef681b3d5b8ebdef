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

/** What local mode makes in a root, with what a person is told of it. Nothing else is removed. */
const PARTS: Readonly<Record<string, string>> = {
  executions: 'executions with their histories',
  sagemaker: 'records of jobs',
  logs: 'logs of jobs and functions',
  s3: 'buckets, with ALL objects in them: models, data',
  deployments: 'notes on what was copied to buckets',
  functions: 'unpacked Lambda functions',
  stacks: 'the stacks that were run, to go on in',
  images: 'folders of container images',
  reports: 'comparisons of searches',
  work: 'work folders of jobs',
  processes: 'notes on running local modes',
  '.gitignore': 'a note for Git to leave all this alone',
};

/** A synthesis that was killed leaves its folder. */
const SYNTHESIS = /^cdk\.out-\w{6}$/;

/** `clean`: makes it as if nothing had run. */
export function cleanCommand(): Command {
  const command = new Command('clean').description(
    'Removes what local mode has kept (executions, jobs, logs, buckets), after asking.',
  );
  addRootOptions(command).option('-y, --yes', 'do not ask').action(clean);
  return addExamples(command, [
    ['clean', 'tells what there is, and asks'],
    ['clean --yes', 'for scripts'],
  ]);
}

async function clean(options: CleanOptions): Promise<void> {
  const root = existingRoot(options);
  refuseWhileRunning(root);
  const parts = readdirSync(root).filter((name) => Object.hasOwn(PARTS, name) || SYNTHESIS.test(name));
  if (parts.length === 0) {
    console.log(`There is nothing of local mode in ${formatPath(root)}.`);
    return;
  }
  console.log(`To be removed from ${root}:`);
  for (const name of parts) console.log(`  ${name}: ${PARTS[name] ?? 'a synthesis that was broken off'}`);
  if (!options.yes && !(await isConfirmed())) {
    console.log('Nothing was removed.');
    process.exitCode = 1;
    return;
  }
  refuseWhileRunning(root);
  for (const name of parts) rmSync(join(root, name), { recursive: true, force: true });
  if (readdirSync(root).length === 0) rmdirSync(root);
  else console.log(`Left alone: ${readdirSync(root).join(', ')}`);
  console.log('Removed.');
}

/** Local modes say that they are there; older ones only in the records of their executions. */
function refuseWhileRunning(root: string): void {
  const hasExecutions = existsSync(join(root, 'executions'));
  const running = hasExecutions
    ? new ExecutionStore(root, console.error).list().filter(({ status }) => status === 'RUNNING')
    : [];
  const processes = new Set([...othersIn(root), ...running.map(({ processId }) => processId)]);
  if (processes.size === 0) return;
  const ids = [...processes].join(', ');
  throw new UserError(
    `Local mode (process ${ids}) works in ${root}: end it first, with Ctrl-C where it runs. If that process is ` +
      `something else, an old local mode was killed there: remove ${formatPath(join(root, 'processes'))} and try again.`,
  );
}

async function isConfirmed(): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new UserError('There is no terminal to ask at: say --yes to remove it all.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question('Remove all of it? [y/N] ')).trim());
  } finally {
    terminal.close();
  }
}
