import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { ExecutionStore } from '../executions/executions';
import { othersIn } from '../local-folder/local-modes';
import { formatPath } from '../report/format';
import { UserError } from '../user-error';
import { addExamples } from './help';
import { addRootOptions, existingRoot, GITIGNORE, type RootOptions } from './root-options';

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

/** Name of a folder that is incomplete because its process was killed. */
const INCOMPLETE = '\\.new-\\w{6}';

/**
 * Names of the entries that local mode creates in parts whose names are common in projects: one pattern for each level
 * of folders. `clean` keeps all other entries, because a project folder can be the root folder.
 */
const ENTRIES: Readonly<Record<string, readonly RegExp[]>> = {
  functions: [/^[A-Za-z0-9]+$/, new RegExp(`^([0-9a-f]{16}|${INCOMPLETE})$`)],
  stacks: [/^[0-9a-f]{16}\.json$/],
  images: [new RegExp(`([0-9a-f]{32,64}|^${INCOMPLETE})$`)],
  reports: [/^comparison-[0-9a-f]{12}\.html$/],
};

/** Files that show that local mode ran in a root folder: executions, deployed stacks and jobs. */
const RECORDS: Readonly<Record<string, readonly RegExp[]>> = {
  executions: [/./, /^execution\.json$/],
  stacks: ENTRIES['stacks'] ?? [],
  sagemaker: [/^[a-z]+-jobs$/, /\.json$/],
};

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
  const parts = readdirSync(root).filter((name) => entriesToDelete(root, name).length > 0);
  if (parts.length === 0) {
    console.log(`Nothing to delete: ${formatPath(root)} has no files of local mode.`);
    return;
  }
  requireLocalMode(root, options);
  console.log(`Would delete from ${root}:`);
  for (const name of parts) console.log(`  ${name}: ${PARTS[name] ?? 'an interrupted synthesis'}`);
  if (!options.yes && !(await isConfirmed())) {
    console.log('Nothing was deleted.');
    process.exitCode = 1;
    return;
  }
  refuseWhileRunning(root);
  for (const name of parts) remove(root, name);
  if (readdirSync(root).length === 0) rmdirSync(root);
  else console.log(`Left alone: ${readdirSync(root).join(', ')}`);
  console.log('Removed.');
}

/** The paths that `clean` deletes from a part of the root folder. */
function entriesToDelete(root: string, name: string): string[] {
  const path = join(root, name);
  if (name === '.gitignore') return isOwnGitignore(root) ? [path] : [];
  if (!Object.hasOwn(PARTS, name)) return SYNTHESIS.test(name) ? [path] : [];
  return matching(path, ENTRIES[name] ?? []);
}

/** The path if there are no patterns; otherwise the entries of the folder that match the patterns, level by level. */
function matching(path: string, [pattern, ...below]: readonly RegExp[]): string[] {
  if (pattern === undefined) return [path];
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(path)
    .filter((name) => pattern.test(name))
    .flatMap((name) => matching(join(path, name), below));
}

/** Deletes a part, and the folders that are empty then. */
function remove(root: string, name: string): void {
  for (const path of entriesToDelete(root, name)) {
    rmSync(path, { recursive: true, force: true });
    for (
      let folder = dirname(path);
      folder !== root && readdirSync(folder).length === 0;
      folder = dirname(folder)
    ) {
      rmdirSync(folder);
    }
  }
}

function isOwnGitignore(root: string): boolean {
  const file = join(root, '.gitignore');
  return existsSync(file) && readFileSync(file, 'utf8') === GITIGNORE;
}

/** @throws UserError when nothing shows that local mode created the files in a folder */
function requireLocalMode(root: string, options: RootOptions): void {
  const hasRecord = Object.entries(RECORDS).some(
    ([name, names]) => matching(join(root, name), names).length > 0,
  );
  // A first run that failed leaves no record.
  const isDefault = options.root === undefined && isOwnGitignore(root);
  if (hasRecord || isDefault) return;
  throw new UserError(
    `${root} has no execution, job or stack of local mode, so its files may be yours: nothing was deleted. If ` +
      'local mode created this folder, for example in a run that failed, delete the folder yourself.',
  );
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
